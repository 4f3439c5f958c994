import { createMinHeap, popMin, pushMin } from "#server/core/collections/min-heap.ts";
import { UNREACHED } from "./cost.ts";

/** A directed graph as arcs grouped by where they start: those of vertex v are `start[v]` up to `start[v + 1]`. */
export interface Adjacency {
  readonly start: Int32Array;
  readonly head: Int32Array;
  readonly cost: Float64Array;
}

/** Groups arcs by tail. Arcs keep their relative order, so `arc[k]` tells which one stands at k. */
export function groupArcs(
  vertexCount: number,
  tail: Int32Array,
  head: Int32Array,
  cost: Float64Array,
): Adjacency & { readonly arc: Int32Array } {
  const start = new Int32Array(vertexCount + 1);
  for (const v of tail) start[v + 1]!++;
  for (let v = 0; v < vertexCount; v++) start[v + 1]! += start[v]!;
  const next = start.slice(0, vertexCount);
  const grouped = {
    start,
    head: new Int32Array(tail.length),
    cost: new Float64Array(tail.length),
    arc: new Int32Array(tail.length),
  };
  for (let a = 0; a < tail.length; a++) {
    const at = next[tail[a]!]!++;
    grouped.head[at] = head[a]!;
    grouped.cost[at] = cost[a]!;
    grouped.arc[at] = a;
  }
  return grouped;
}

/**
 * Cost of the cheapest path from `source` to every vertex, {@link UNREACHED} where there is none (Dijkstra 1959).
 * The yardstick for everything faster: tests and benchmarks compare with it, nothing else uses it.
 */
export function dijkstra(graph: Adjacency, source: number): Float64Array {
  const costs = new Float64Array(graph.start.length - 1).fill(UNREACHED);
  const heap = createMinHeap();
  costs[source] = 0;
  pushMin(heap, 0, source);
  while (heap.size > 0) {
    const key = heap.keys[0]!;
    const v = heap.values[0]!;
    popMin(heap);
    if (key > costs[v]!) continue;
    for (let a = graph.start[v]!; a < graph.start[v + 1]!; a++) {
      const u = graph.head[a]!;
      const through = key + graph.cost[a]!;
      if (through < costs[u]!) {
        costs[u] = through;
        pushMin(heap, through, u);
      }
    }
  }
  return costs;
}
