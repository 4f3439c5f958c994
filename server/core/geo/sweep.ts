import { type Climb, climbFrom, type Slope } from "./climb.ts";
import type { Seeds } from "./seeds.ts";

/**
 * The part of one slope of a hierarchy over which a sweep comes to all vertices it is wanted for: position i stands
 * for `vertex[i]`, and its arcs are those from start[i] up to start[i + 1], `other` being positions below i.
 */
export interface SweepPlan {
  readonly vertex: Int32Array;
  readonly start: Int32Array;
  readonly other: Int32Array;
  readonly cost: Float64Array;
}

/**
 * Sweeps over the wanted vertices and what lies above them only (Delling, Goldberg, Werneck 2011, "Faster batched
 * shortest paths in road networks"). Pays off when the same vertices are wanted for many seeds. `positionOf` is filled
 * with the position of each vertex in the plan, −1 for those not in it.
 */
export function planSweep(slope: Slope, wanted: Int32Array, positionOf: Int32Array): SweepPlan {
  const { start, other, cost } = slope;
  positionOf.fill(-1);
  for (const v of wanted) positionOf[v] = 0;
  let vertexCount = 0;
  let arcCount = 0;
  // Arcs lead to smaller numbers, so whatever a vertex needs is still to come.
  for (let v = positionOf.length - 1; v >= 0; v--) {
    if (positionOf[v]! < 0) continue;
    vertexCount++;
    arcCount += start[v + 1]! - start[v]!;
    for (let a = start[v]!; a < start[v + 1]!; a++) positionOf[other[a]!] = 0;
  }
  const plan = {
    vertex: new Int32Array(vertexCount),
    start: new Int32Array(vertexCount + 1),
    other: new Int32Array(arcCount),
    cost: new Float64Array(arcCount),
  };
  let position = 0;
  let arc = 0;
  for (let v = 0; v < positionOf.length; v++) {
    if (positionOf[v]! < 0) continue;
    for (let a = start[v]!; a < start[v + 1]!; a++, arc++) {
      plan.other[arc] = positionOf[other[a]!]!;
      plan.cost[arc] = cost[a]!;
    }
    plan.vertex[position] = v;
    positionOf[v] = position++;
    plan.start[position] = arc;
  }
  return plan;
}

/**
 * Cost between the seeds and every vertex of the plan, by position (PHAST: Delling, Goldberg, Nowatzyk, Werneck 2011).
 *
 * A short search climbs from the seeds; then one pass, from the top down, lets each vertex look at the arcs that come
 * down to it, whose upper ends are final by then. That is several times faster than Dijkstra: memory is read in order,
 * and there is no heap. For costs from the seeds, climb `up` and plan over the slope down; for costs to the seeds,
 * climb `down` and plan over the slope up.
 */
export function sweep(
  plan: SweepPlan,
  climb: Climb,
  seeds: Seeds,
  slope: Slope,
  counterSlope: Slope,
  costs: Float64Array,
) {
  climbFrom(climb, seeds, slope, counterSlope);
  const { vertex, start, other, cost } = plan;
  const climbed = climb.cost;
  let a = 0;
  for (let i = 0; i < vertex.length; i++) {
    let best = climbed[vertex[i]!]!;
    for (const end = start[i + 1]!; a < end; a++) {
      const through = costs[other[a]!]! + cost[a]!;
      // The smaller of the two without a branch, which would be mispredicted every other time; exact because both are
      // whole numbers that add up to less than 2^53. Measured a third faster than comparing.
      best = (best + through - Math.abs(best - through)) * 0.5;
    }
    costs[i] = best;
  }
}
