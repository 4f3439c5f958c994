import fc from "fast-check";
import { expect, test } from "vitest";
import { dijkstra, groupArcs } from "./dijkstra.ts";
import { AGAINST, ALONG, buildRoadGraph, type RoadGraph, type Ways } from "./road-graph.ts";

const POINTS = 12;

interface DrawnWay {
  readonly points: readonly number[];
  readonly oneway: -1 | 0 | 1;
  readonly kind: number;
}

function waysOf(drawn: readonly DrawnWay[], pointCount = POINTS): Ways {
  const start = new Int32Array(drawn.length + 1);
  drawn.forEach((way, w) => {
    start[w + 1] = start[w]! + way.points.length;
  });
  return {
    pointCount,
    start,
    points: Int32Array.from(drawn.flatMap((way) => way.points)),
    oneway: Int8Array.from(drawn, (way) => way.oneway),
    kind: Int32Array.from(drawn, (way) => way.kind),
  };
}

/** Some length for a segment, different for nearly every pair, the same from both sides. */
const lengthOf = (a: number, b: number) => 1 + ((Math.min(a, b) * 31 + Math.max(a, b) * 17) % 23);

/** The oracle's graph: every drawn point is a vertex, every segment an arc or two. */
function pointGraph(drawn: readonly DrawnWay[]) {
  const arcs = drawn.flatMap(({ points, oneway }) =>
    points.slice(1).flatMap((b, i) => {
      const a = points[i]!;
      return [...(oneway >= 0 ? [[a, b] as const] : []), ...(oneway <= 0 ? [[b, a] as const] : [])];
    }),
  );
  return groupArcs(
    POINTS,
    Int32Array.from(arcs, ([a]) => a),
    Int32Array.from(arcs, ([, b]) => b),
    Float64Array.from(arcs, ([a, b]) => lengthOf(a, b)),
  );
}

function edgeGraph(graph: RoadGraph) {
  const arcs: [number, number, number][] = [];
  for (let e = 0; e < graph.edgeCount; e++) {
    const points = graph.shape.subarray(graph.shapeStart[e]!, graph.shapeStart[e + 1]!);
    let length = 0;
    for (let i = 1; i < points.length; i++) length += lengthOf(points[i - 1]!, points[i]!);
    if (graph.direction[e]! & ALONG) arcs.push([graph.from[e]!, graph.to[e]!, length]);
    if (graph.direction[e]! & AGAINST) arcs.push([graph.to[e]!, graph.from[e]!, length]);
  }
  return groupArcs(
    graph.vertexCount,
    Int32Array.from(arcs, ([a]) => a),
    Int32Array.from(arcs, ([, b]) => b),
    Float64Array.from(arcs, ([, , length]) => length),
  );
}

const drawnWay: fc.Arbitrary<DrawnWay> = fc.record({
  points: fc
    .array(fc.integer({ min: 0, max: POINTS - 1 }), { minLength: 2, maxLength: 6 })
    .map((points) => points.filter((p, i) => p !== points[i - 1]))
    .filter((points) => points.length >= 2),
  oneway: fc.constantFrom(0 as const, 0 as const, 1 as const, -1 as const),
  kind: fc.integer({ min: 0, max: 1 }),
});

test("distances between vertices are those of the roads as drawn, within their largest connected part", () => {
  fc.assert(
    fc.property(fc.array(drawnWay, { maxLength: 10 }), (drawn) => {
      const graph = buildRoadGraph(waysOf(drawn));
      const drawnCosts = Array.from({ length: POINTS }, (_, p) => dijkstra(pointGraph(drawn), p));
      const edges = edgeGraph(graph);
      for (let v = 0; v < graph.vertexCount; v++) {
        const costs = dijkstra(edges, v);
        for (let u = 0; u < graph.vertexCount; u++)
          expect(costs[u]).toBe(drawnCosts[graph.vertexPoint[v]!]![graph.vertexPoint[u]!]);
      }
      for (let e = 0; e < graph.edgeCount; e++) {
        expect(graph.shape[graph.shapeStart[e]!]).toBe(graph.vertexPoint[graph.from[e]!]);
        expect(graph.shape[graph.shapeStart[e + 1]! - 1]).toBe(graph.vertexPoint[graph.to[e]!]);
      }
    }),
    { numRuns: 1000 },
  );
});

test("an edge runs on over ways that are alike, and a one-way edge is turned to its direction", () => {
  //  0 → 1 → 2, drawn as 0–1 and, against its direction, 2–1; then 2 – 3 and 3 – 0 of another kind close the circle.
  const graph = buildRoadGraph(
    waysOf([
      { points: [0, 1], oneway: 1, kind: 0 },
      { points: [2, 1], oneway: -1, kind: 0 },
      { points: [2, 3], oneway: 0, kind: 1 },
      { points: [3, 0], oneway: 0, kind: 1 },
    ]),
  );
  expect(graph.vertexCount).toBe(2);
  expect(graph.edgeCount).toBe(2);
  expect(Array.from(graph.shape)).toEqual([0, 1, 2, 2, 3, 0]);
  expect(Array.from(graph.direction)).toEqual([ALONG, ALONG | AGAINST]);
});

test("a road into which nothing leads back out is left away, and so is an island", () => {
  const graph = buildRoadGraph(
    waysOf([
      { points: [0, 1, 2, 0, 4], oneway: 0, kind: 0 },
      { points: [1, 5], oneway: 1, kind: 0 },
      { points: [7, 8], oneway: 0, kind: 0 },
    ]),
  );
  expect(Array.from(graph.vertexPoint).sort()).toEqual([0, 1, 4]);
  expect(Array.from(graph.shape)).toEqual([0, 1, 1, 2, 0, 0, 4]);
});
