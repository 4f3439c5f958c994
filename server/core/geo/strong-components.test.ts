import fc from "fast-check";
import { expect, test } from "vitest";
import { groupArcs } from "./dijkstra.ts";
import { largestStrongComponent } from "./strong-components.ts";

// The oracle closes the relation "can reach" by brute force.
function reachability(vertexCount: number, arcs: readonly (readonly [number, number])[]): boolean[][] {
  const reach = Array.from({ length: vertexCount }, (_, a) => Array.from({ length: vertexCount }, (_, b) => a === b));
  for (const [a, b] of arcs) reach[a]![b] = true;
  for (let k = 0; k < vertexCount; k++)
    for (let a = 0; a < vertexCount; a++)
      for (let b = 0; b < vertexCount; b++) reach[a]![b] ||= reach[a]![k]! && reach[k]![b]!;
  return reach;
}

test("the marked vertices all reach each other, nothing else does with them, and no such set is larger", () => {
  const graph = fc.integer({ min: 1, max: 12 }).chain((vertexCount) => {
    const vertex = fc.integer({ min: 0, max: vertexCount - 1 });
    return fc.tuple(fc.constant(vertexCount), fc.array(fc.tuple(vertex, vertex), { maxLength: 30 }));
  });
  fc.assert(
    fc.property(graph, ([vertexCount, arcs]) => {
      const { start, head } = groupArcs(
        vertexCount,
        Int32Array.from(arcs, ([a]) => a),
        Int32Array.from(arcs, ([, b]) => b),
        new Float64Array(arcs.length),
      );
      const marked = largestStrongComponent(vertexCount, start, head);
      const reach = reachability(vertexCount, arcs);
      const mutual = (a: number) => reach.map((row, b) => reach[a]![b]! && row[a]!);
      const member = marked.indexOf(1);
      expect(Array.from(marked, (m) => m === 1)).toEqual(mutual(member));
      const sizes = reach.map((_, a) => mutual(a).filter(Boolean).length);
      expect(mutual(member).filter(Boolean).length).toBe(Math.max(...sizes));
    }),
    { numRuns: 500 },
  );
});
