import type { StreetNet } from "./street-net.ts";

/**
 * Removes what no van could both reach and leave: first one-way rules are lifted from streets that trap or shut out a
 * place, then whatever still hangs apart is taken off the map.
 */
export function keepReachable(net: StreetNet, isOneway: boolean[]): void {
  for (let round = 0; round < 6; round++) {
    const main = mainComponent(net, isOneway);
    let lifted = 0;
    for (let edge = 0; edge < net.from.length; edge++) {
      if (!net.alive[edge] || (main[net.from[edge]!] === 1 && main[net.to[edge]!] === 1)) continue;
      const street = net.streetOf[edge]!;
      if (!isOneway[street] || net.streets[street]!.oneway) continue;
      isOneway[street] = false;
      lifted++;
    }
    if (lifted === 0) break;
  }
  const main = mainComponent(net, isOneway);
  for (let edge = 0; edge < net.from.length; edge++)
    if (net.alive[edge] && (main[net.from[edge]!] === 0 || main[net.to[edge]!] === 0)) net.remove(edge);
}

/** Marks the nodes of the largest strongly connected component (Tarjan 1972, with its own stack). */
function mainComponent(net: StreetNet, isOneway: readonly boolean[]): Uint8Array {
  const count = net.x.length;
  const order = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const onStack = new Uint8Array(count);
  const component = new Int32Array(count).fill(-1);
  const sizes: number[] = [];
  const stack: number[] = [];
  const path: { node: number; next: number }[] = [];
  let clock = 0;
  const enter = (node: number) => {
    order[node] = low[node] = clock++;
    stack.push(node);
    onStack[node] = 1;
    path.push({ node, next: 0 });
  };
  for (let root = 0; root < count; root++) {
    if (order[root] !== -1) continue;
    enter(root);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const edge = net.at[top.node]![top.next++];
      if (edge === undefined) {
        path.pop();
        const parent = path.at(-1);
        if (parent !== undefined) low[parent.node] = Math.min(low[parent.node]!, low[top.node]!);
        if (low[top.node] === order[top.node]) {
          let size = 0;
          for (let node = -1; node !== top.node; size++) {
            node = stack.pop()!;
            onStack[node] = 0;
            component[node] = sizes.length;
          }
          sizes.push(size);
        }
        continue;
      }
      const isAlong = net.from[edge] === top.node;
      if (!isAlong && isOneway[net.streetOf[edge]!]) continue;
      const neighbour = isAlong ? net.to[edge]! : net.from[edge]!;
      if (order[neighbour] === -1) enter(neighbour);
      else if (onStack[neighbour] === 1) low[top.node] = Math.min(low[top.node]!, order[neighbour]!);
    }
  }
  const largest = sizes.indexOf(sizes.reduce((best, size) => Math.max(best, size), 0));
  return Uint8Array.from(component, (c) => (c === largest ? 1 : 0));
}
