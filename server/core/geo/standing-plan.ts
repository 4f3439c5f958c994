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
  /** Lists that a plan covers whole: which plan, and by which query they were noted. */
  readonly noted: WeakMap<object, { readonly plan: SweepPlan; readonly query: number }>;
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
    noted: new WeakMap(),
  };
}

/**
 * Notes that a list is asked for which the plan covers whole and which was noted lately. Answers whether that is so; if not,
 * its vertices are to be noted. A list is known by identity and never changes.
 */
export function noteKnown(standing: StandingPlan, list: object): boolean {
  const noted = standing.noted.get(list);
  const isKnown = noted?.plan === standing.plan && standing.query - noted.query < NOTED_QUERIES;
  if (isKnown) standing.query++;
  return isKnown;
}

/**
 * Notes that the first `count` of these vertices are wanted, all that `list` stands for, and makes a new plan when it is
 * time for one. Where `positionOf` is still −1 afterwards, the plan does not cover a vertex.
 */
export function noteWanted(standing: StandingPlan, wanted: Int32Array, count: number, list: object = wanted): void {
  const { positionOf, lastWanted } = standing;
  const query = ++standing.query;
  let missing = 0;
  for (let i = 0; i < count; i++) {
    const v = wanted[i]!;
    lastWanted[v] = query;
    if (positionOf[v]! < 0) missing++;
  }
  standing.uncovered += missing;
  if (standing.uncovered >= WORTH_A_PLAN || query - standing.plannedAt >= RENEWAL_QUERIES) {
    const recent = new Int32Array(lastWanted.length);
    let recentCount = 0;
    for (let v = 0; v < lastWanted.length; v++) if (lastWanted[v]! > query - MEMORY_QUERIES) recent[recentCount++] = v;
    standing.plan = planSweep(standing.slope, recent.subarray(0, recentCount), positionOf);
    standing.plannedAt = query;
    standing.uncovered = 0;
    missing = 0;
  }
  if (missing === 0) standing.noted.set(list, { plan: standing.plan, query });
}
