import type { Slope } from "./climb.ts";
import { planSweep, type SweepPlan } from "./sweep.ts";

/**
 * A sweep plan that follows what is asked for. Queries come in streaks: nearly the same stops thousands of times, with
 * one more or less now and then. The plan covers what was wanted lately, so that most queries find it ready and none
 * pays for the whole network.
 */
export interface StandingPlan {
  readonly slope: Slope;
  plan: SweepPlan;
  /** Where in the plan each vertex stands, −1 for those it does not cover. */
  readonly positionOf: Int32Array;
  /** Per vertex the query that last wanted it. */
  readonly lastWanted: Int32Array;
  query: number;
  plannedAt: number;
}

/** What no query wanted for so long is left out when the plan is made again. */
const MEMORY_QUERIES = 64;
/** And after so many queries it is made again in any case, to shed what nobody wants any more. */
const RENEWAL_QUERIES = 1024;

export function createStandingPlan(slope: Slope): StandingPlan {
  const vertexCount = slope.start.length - 1;
  return {
    slope,
    plan: { vertex: new Int32Array(0), start: new Int32Array(1), other: new Int32Array(0), cost: new Float64Array(0) },
    positionOf: new Int32Array(vertexCount).fill(-1),
    lastWanted: new Int32Array(vertexCount).fill(-MEMORY_QUERIES),
    query: 0,
    plannedAt: 0,
  };
}

/** Makes sure that the plan covers the first `count` of the wanted vertices. */
export function coverWanted(standing: StandingPlan, wanted: Int32Array, count: number): void {
  const { positionOf, lastWanted } = standing;
  const query = ++standing.query;
  let covered = query - standing.plannedAt < RENEWAL_QUERIES;
  for (let i = 0; i < count; i++) {
    const v = wanted[i]!;
    lastWanted[v] = query;
    if (positionOf[v]! < 0) covered = false;
  }
  if (covered) return;
  const recent = new Int32Array(lastWanted.length);
  let recentCount = 0;
  for (let v = 0; v < lastWanted.length; v++) if (lastWanted[v]! > query - MEMORY_QUERIES) recent[recentCount++] = v;
  standing.plan = planSweep(standing.slope, recent.subarray(0, recentCount), positionOf);
  standing.plannedAt = query;
}
