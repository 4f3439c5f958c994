import { type MinHeap, popMin, pushMin } from "#server/core/collections/min-heap.ts";
import type { Hierarchy } from "./contraction-hierarchy.ts";
import { UNREACHED } from "./cost.ts";
import type { Seeds } from "./seeds.ts";

/**
 * Cost from the seeds to every vertex, written over all of `costs` (PHAST: Delling, Goldberg, Nowatzyk, Werneck 2011).
 *
 * A short search climbs from the seeds; then one pass over all vertices, from the top down, lets each look at the
 * arcs that come down to it, whose tails are final by then. The pass reads the hierarchy from front to back, which is
 * what makes it several times faster than Dijkstra: memory in order instead of a heap. `heap` is scratch.
 */
export function sweepFrom(hierarchy: Hierarchy, seeds: Seeds, costs: Float64Array, heap: MinHeap): void {
  const { upStart, upHead, upCost, downStart, downTail, downCost, vertexCount } = hierarchy;
  climb(seeds, costs, upStart, upHead, upCost, heap);
  descend(vertexCount, costs, downStart, downTail, downCost);
}

/** Cost from every vertex to the seeds. */
export function sweepTo(hierarchy: Hierarchy, seeds: Seeds, costs: Float64Array, heap: MinHeap): void {
  const { upStart, upHead, upCost, downStart, downTail, downCost, vertexCount } = hierarchy;
  climb(seeds, costs, downStart, downTail, downCost, heap);
  descend(vertexCount, costs, upStart, upHead, upCost);
}

function climb(
  seeds: Seeds,
  costs: Float64Array,
  start: Int32Array,
  other: Int32Array,
  cost: Float64Array,
  heap: MinHeap,
): void {
  costs.fill(UNREACHED);
  heap.size = 0;
  for (let i = 0; i < seeds.count; i++) {
    const v = seeds.vertex[i]!;
    if (seeds.cost[i]! >= costs[v]!) continue;
    costs[v] = seeds.cost[i]!;
    pushMin(heap, costs[v]!, v);
  }
  while (heap.size > 0) {
    const key = heap.keys[0]!;
    const v = heap.values[0]!;
    popMin(heap);
    if (key > costs[v]!) continue;
    const end = start[v + 1]!;
    for (let a = start[v]!; a < end; a++) {
      const u = other[a]!;
      const through = key + cost[a]!;
      if (through < costs[u]!) {
        costs[u] = through;
        pushMin(heap, through, u);
      }
    }
  }
}

function descend(
  vertexCount: number,
  costs: Float64Array,
  start: Int32Array,
  other: Int32Array,
  cost: Float64Array,
): void {
  let a = 0;
  for (let v = 0; v < vertexCount; v++) {
    let best = costs[v]!;
    for (const end = start[v + 1]!; a < end; a++) {
      const through = costs[other[a]!]! + cost[a]!;
      if (through < best) best = through;
    }
    costs[v] = best;
  }
}
