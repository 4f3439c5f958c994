import type { Slope } from "./climb.ts";
import { planSweep, type SweepPlan } from "./sweep.ts";

/**
 * A sweep plan that follows what is asked for. Queries come in streaks: nearly the same stops thousands of times, with
 * one more or less now and then. The plan covers what was wanted lately, so that most queries find it ready and none
 * pays for the whole network. A newcomer is left for the caller to reach by a search of its own; only when such searches
 * have cost about as much as a new plan is one made.
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
  /** Newcomers met since. */
  uncovered: number;
  /** The list that was noted last, and by which query. */
  list: unknown;
  notedAt: number;
}

/** What no query wanted for so long is left out when the plan is made again. */
const MEMORY_QUERIES = 64;
/** A plan takes about as long as so many searches. */
const WORTH_A_PLAN = 32;
/** And after so many queries it is made again in any case, to shed what nobody wants any more. */
const RENEWAL_QUERIES = 1024;
/** The same list again is noted anew only so often: it must stay among what is remembered. */
const NOTED_QUERIES = 16;

export function createStandingPlan(slope: Slope): StandingPlan {
  const vertexCount = slope.start.length - 1;
  return {
    slope,
    plan: { vertex: new Int32Array(0), start: new Int32Array(1), other: new Int32Array(0), cost: new Float64Array(0) },
    positionOf: new Int32Array(vertexCount).fill(-1),
    lastWanted: new Int32Array(vertexCount).fill(-MEMORY_QUERIES),
    query: 0,
    plannedAt: 0,
    uncovered: 0,
    list: null,
    notedAt: 0,
  };
}

/**
 * Notes that a list is asked for. Answers whether its vertices have to be noted as well: not when it is the list of just now
 * and the plan covers it.
 */
export function noteList(standing: StandingPlan, list: unknown): boolean {
  const isKnown =
    standing.list === list && standing.uncovered === 0 && standing.query - standing.notedAt < NOTED_QUERIES;
  if (isKnown) standing.query++;
  else {
    standing.list = list;
    standing.notedAt = standing.query;
  }
  return !isKnown;
}

/**
 * Notes that the first `count` of these vertices are wanted, and makes a new plan when it is time for one. Where
 * `positionOf` is still −1 afterwards, the plan does not cover a vertex.
 */
export function noteWanted(standing: StandingPlan, wanted: Int32Array, count: number): void {
  const { positionOf, lastWanted } = standing;
  const query = ++standing.query;
  for (let i = 0; i < count; i++) {
    const v = wanted[i]!;
    lastWanted[v] = query;
    if (positionOf[v]! < 0) standing.uncovered++;
  }
  if (standing.uncovered < WORTH_A_PLAN && query - standing.plannedAt < RENEWAL_QUERIES) return;
  const recent = new Int32Array(lastWanted.length);
  let recentCount = 0;
  for (let v = 0; v < lastWanted.length; v++) if (lastWanted[v]! > query - MEMORY_QUERIES) recent[recentCount++] = v;
  standing.plan = planSweep(standing.slope, recent.subarray(0, recentCount), positionOf);
  standing.plannedAt = query;
  standing.uncovered = 0;
}
