import { createMinHeap, type MinHeap, popMin, pushMin } from "#server/core/collections/min-heap.ts";
import type { Hierarchy } from "./contraction-hierarchy.ts";
import { UNREACHED } from "./cost.ts";
import type { Seeds } from "./seeds.ts";

/** The vertices one upward search settled, cheapest first, and how it came to them. */
export interface Climb {
  count: number;
  readonly vertex: Int32Array;
  readonly heap: MinHeap;
  /** Per vertex of the graph; {@link UNREACHED} wherever the last search did not come. */
  readonly cost: Float64Array;
  /** Per vertex: the arc over which it was reached, −1 at a seed; of use only where `cost` is set. */
  readonly arc: Int32Array;
  /** Per vertex: where that arc came from. */
  readonly parent: Int32Array;
  touchedCount: number;
  readonly touched: Int32Array;
}

export function createClimb(vertexCount: number): Climb {
  return {
    count: 0,
    vertex: new Int32Array(vertexCount),
    heap: createMinHeap(),
    cost: new Float64Array(vertexCount).fill(UNREACHED),
    arc: new Int32Array(vertexCount),
    parent: new Int32Array(vertexCount),
    touchedCount: 0,
    touched: new Int32Array(vertexCount),
  };
}

/** Arcs of one direction of a hierarchy, from a vertex to more important ones. */
export interface Slope {
  readonly start: Int32Array;
  readonly other: Int32Array;
  readonly cost: Float64Array;
}

export function upSlope(hierarchy: Hierarchy): Slope {
  return { start: hierarchy.upStart, other: hierarchy.upHead, cost: hierarchy.upCost };
}

export function downSlope(hierarchy: Hierarchy): Slope {
  return { start: hierarchy.downStart, other: hierarchy.downTail, cost: hierarchy.downCost };
}

/**
 * Searches upward from the seeds over `slope`. A vertex that can be had cheaper by coming down on `counterSlope` from
 * one already reached lies on no fastest path over this summit: it is left out and not searched on from (stalling on
 * demand, Geisberger et al. 2008), which leaves about a third of the vertices.
 */
export function climbFrom(climb: Climb, seeds: Seeds, slope: Slope, counterSlope: Slope): void {
  const { heap, cost, arc, parent, touched, vertex } = climb;
  for (let i = 0; i < climb.touchedCount; i++) cost[touched[i]!] = UNREACHED;
  let touchedCount = 0;
  let count = 0;
  heap.size = 0;
  for (let i = 0; i < seeds.count; i++) {
    const v = seeds.vertex[i]!;
    if (seeds.cost[i]! >= cost[v]!) continue;
    if (cost[v] === UNREACHED) touched[touchedCount++] = v;
    cost[v] = seeds.cost[i]!;
    arc[v] = -1;
    pushMin(heap, cost[v]!, v);
  }
  while (heap.size > 0) {
    const key = heap.keys[0]!;
    const v = heap.values[0]!;
    popMin(heap);
    if (key > cost[v]!) continue;
    let stalled = false;
    for (let a = counterSlope.start[v]!; a < counterSlope.start[v + 1]!; a++) {
      if (cost[counterSlope.other[a]!]! + counterSlope.cost[a]! < key) {
        stalled = true;
        break;
      }
    }
    if (stalled) continue;
    vertex[count++] = v;
    for (let a = slope.start[v]!; a < slope.start[v + 1]!; a++) {
      const u = slope.other[a]!;
      const through = key + slope.cost[a]!;
      if (through >= cost[u]!) continue;
      if (cost[u] === UNREACHED) touched[touchedCount++] = u;
      cost[u] = through;
      arc[u] = a;
      parent[u] = v;
      pushMin(heap, through, u);
    }
  }
  climb.count = count;
  climb.touchedCount = touchedCount;
}

/** Where a climb from a source and a climb from a target meet at the least cost: −1 and {@link UNREACHED} if nowhere. */
export function meetingOf(forward: Climb, backward: Climb): { summit: number; cost: number } {
  let cost = UNREACHED;
  let summit = -1;
  for (let i = 0; i < backward.count; i++) {
    const v = backward.vertex[i]!;
    const over = forward.cost[v]! + backward.cost[v]!;
    if (over < cost) {
      cost = over;
      summit = v;
    }
  }
  return { summit, cost };
}
