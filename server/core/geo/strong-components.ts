/**
 * Marks the largest set of vertices that can all reach each other; of equally large ones, the first found.
 * Arcs of v are `head[start[v]]` up to `head[start[v + 1]]`. Tarjan 1972 with its own stack: a recursion as deep as a
 * country has junctions would overflow.
 */
export function largestStrongComponent(vertexCount: number, start: Int32Array, head: Int32Array): Uint8Array {
  const found = new Int32Array(vertexCount).fill(-1);
  const low = new Int32Array(vertexCount);
  const component = new Int32Array(vertexCount).fill(-1);
  const next = start.slice(0, vertexCount);
  const path = new Int32Array(vertexCount);
  const open = new Int32Array(vertexCount);
  let clock = 0;
  let openCount = 0;
  let componentCount = 0;
  let largest = -1;
  let largestSize = 0;
  for (let root = 0; root < vertexCount; root++) {
    if (found[root]! >= 0) continue;
    let depth = 0;
    path[depth++] = root;
    while (depth > 0) {
      const v = path[depth - 1]!;
      if (found[v]! < 0) {
        found[v] = clock;
        low[v] = clock++;
        open[openCount++] = v;
      }
      let descended = false;
      while (next[v]! < start[v + 1]!) {
        const u = head[next[v]!++]!;
        if (found[u]! < 0) {
          path[depth++] = u;
          descended = true;
          break;
        }
        if (component[u]! < 0) low[v] = Math.min(low[v]!, found[u]!);
      }
      if (descended) continue;
      depth--;
      if (depth > 0) {
        const parent = path[depth - 1]!;
        low[parent] = Math.min(low[parent]!, low[v]!);
      }
      if (low[v] !== found[v]) continue;
      let size = 0;
      let member: number;
      do {
        member = open[--openCount]!;
        component[member] = componentCount;
        size++;
      } while (member !== v);
      if (size > largestSize) {
        largest = componentCount;
        largestSize = size;
      }
      componentCount++;
    }
  }
  return Uint8Array.from(component, (c) => (c === largest ? 1 : 0));
}
