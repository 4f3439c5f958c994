import { isDeepStrictEqual } from "node:util";
import { checkPlan } from "./check-plan.ts";
import type { explainLeftOut } from "./explain-left-out.ts";
import type { Plan, RoutingProblem } from "./problem.ts";
import type { improvePlan, SearchResult } from "./search.ts";
import type { ExactPlan } from "./test-exact-plan.ts";
import type { Exam, SmallQuestion, TownQuestion } from "./test-exam.ts";
import { reasonByTrying } from "./test-left-out-reasons.ts";
import { type OfferEngine, offersFault } from "./test-offers-by-walk.ts";
import { type PlaceEngine, placesFault } from "./test-places-by-check.ts";

/** What is judged. An argument everywhere, so that a broken copy can be judged like the engine itself. */
export interface Engine extends OfferEngine, PlaceEngine {
  readonly improvePlan: typeof improvePlan;
  readonly explainLeftOut: typeof explainLeftOut;
}

type Search = Engine["improvePlan"];

/** Of each group of small problems, so many may end with more left out than needed, and so many dearer than the best. */
const MAY_LEAVE = 1;
const MAY_MISS = 3;
/** Enough for five visits: four times as many find no more best plans. */
const SMALL_ITERATIONS = 64;
/** Enough to find what must be found, with any seed. */
const SURE_ITERATIONS = 256;
const TOWN_ITERATIONS = 2048;
const TOWN_SEEDS = [1, 2, 3];
/** Costs are whole numbers of a unit, a four-millionth of the dearest arc: a route of many legs is off by less than this. */
const COST_SHARE = 1e-5;

/** The first fault of an engine in an exam, as a sentence, or null. */
export function findFault(engine: Engine, { offers, places, small, towns }: Exam): string | null {
  try {
    return (
      firstFault(offers, (town) => offersFault(engine, town)) ??
      firstFault(inTurns(small, places.entries()), smallOrPlacesFault(engine, small)) ??
      firstFault(towns, (question) => townFault(engine.improvePlan, question))
    );
  } catch (error) {
    return `it throws: ${error}`;
  }
}

function firstFault<T>(all: Iterable<T>, faultOf: (one: T) => string | null): string | null {
  for (const one of all) {
    const fault = faultOf(one);
    if (fault) return fault;
  }
  return null;
}

/** One of each after the other, so that whatever is broken shows soon. */
function* inTurns<T, U>(these: Iterable<T>, those: Iterable<U>): Generator<T | U> {
  const others = those[Symbol.iterator]();
  for (const one of these) {
    yield one;
    const other = others.next();
    if (!other.done) yield other.value;
  }
  for (let other = others.next(); !other.done; other = others.next()) yield other.value;
}

function smallOrPlacesFault(engine: Engine, questions: readonly SmallQuestion[]) {
  const faultOfSmall = smallFault(engine, questions);
  let seed = 0;
  return (question: SmallQuestion | readonly [seed: number, problem: RoutingProblem]): string | null =>
    "group" in question ? faultOfSmall(question, seed++) : placesFault(engine, question[1], question[0]);
}

function smallFault({ improvePlan, explainLeftOut }: Engine, questions: readonly SmallQuestion[]) {
  const missesOf = new Map(questions.map(({ group }) => [group, { left: 0, dear: 0 }]));
  return ({ group, mustSolve, problem, best }: SmallQuestion, seed: number): string | null => {
    const misses = missesOf.get(group)!;
    const iterations = mustSolve ? SURE_ITERATIONS : SMALL_ITERATIONS;
    const found = improvePlan(problem, undefined, { seed, spent: (done) => done / iterations });
    const fault =
      resultFault(problem, found) ??
      goingOnFault(improvePlan, problem, found, seed) ??
      keepingFault(improvePlan, problem, best, seed) ??
      reasonsFault(explainLeftOut, problem, best.plan) ??
      reasonsFault(explainLeftOut, problem, onlyLocked(problem));
    if (fault) return `${group}: ${fault}`;

    const { unservedCount } = checkPlan(problem, found.plan);
    if (unservedCount > best.unservedCount) misses.left++;
    else if (found.cost > best.cost + COST_SHARE) misses.dear++;
    if (mustSolve && misses.left + misses.dear > 0) return `${group}: it finds ${found.cost} instead of ${best.cost}`;
    if (misses.left > MAY_LEAVE) return `${group}: it leaves out more than it must too often`;
    return misses.dear > MAY_MISS ? `${group}: its plan is not the best too often` : null;
  };
}

function townFault(search: Search, { problem, mostCost }: TownQuestion): string | null {
  return (
    stopFault(search, problem) ??
    firstFault(TOWN_SEEDS, (seed) => tellingFault(search, problem, mostCost, seed)) ??
    sameWayFault(search, problem)
  );
}

/** A flaw of the plan, or a cost that is not the checker's. */
export function resultFault(
  problem: RoutingProblem,
  { plan, cost }: Pick<SearchResult, "plan" | "cost">,
): string | null {
  const checked = checkPlan(problem, plan);
  const flaw = checked.flaws[0];
  if (flaw) return `its plan is flawed: ${JSON.stringify(flaw)}`;
  const { total } = checked.cost;
  return Math.abs(cost - total) <= COST_SHARE * Math.max(1, total) ? null : `it says ${cost} of a plan for ${total}`;
}

/** Whether a stop before the first step has a plan that can be driven, and says so. */
export function stopFault(search: Search, problem: RoutingProblem, start?: Plan): string | null {
  const result = search(problem, start, { seed: 1, spent: () => 1 });
  if (result.iterations !== 0) return `stopped at once it made ${result.iterations} steps`;
  return resultFault(problem, result);
}

/** Whether a search from where another ended is sound, and ends no worse. */
export function goingOnFault(
  search: Search,
  problem: RoutingProblem,
  before: SearchResult,
  seed: number,
): string | null {
  const after = search(problem, before.plan, { seed, spent: (done) => done / SMALL_ITERATIONS });
  return resultFault(problem, after) ?? worseFault(problem, before, after);
}

/** Whether the best plan is kept by a search that is stopped at once, and what can be driven of one that is muddled. */
export function keepingFault(search: Search, problem: RoutingProblem, best: ExactPlan, seed: number): string | null {
  const { routes, leftOut } = best.plan;
  const kept = (start: Plan) => worseFault(problem, best, search(problem, start, { seed, spent: () => 1 }));
  const fault = kept(best.plan);
  if (fault) return fault;

  // What must be served and is not fits nowhere, so behind a route it is lost, and the route is not: unless a part of it
  // takes longer than the whole, for then there is no telling which part can be driven.
  const lost = leftOut.filter((visit) => problem.visits.prize[visit] === Infinity);
  const longer = { routes: routes.map((route) => [...route, ...lost]), leftOut: [] };
  const areDrivable = routes.every((route, k) =>
    route.every((_, p) => {
      const part = { routes: problem.vehicles.map(({ locked }) => locked).with(k, route.slice(0, p + 1)), leftOut: [] };
      const flaws = checkPlan(problem, part).flaws.filter(({ vehicle }) => vehicle === k);
      return p < problem.vehicles[k]!.locked.length || flaws.length === 0;
    }),
  );
  return (
    (areDrivable ? kept(longer) : null) ??
    stopFault(search, problem, { routes: longer.routes.toReversed(), leftOut: [] })
  );
}

function worseFault(
  problem: RoutingProblem,
  before: { plan: Plan; cost: number },
  after: { plan: Plan; cost: number },
): string | null {
  const unservedBefore = checkPlan(problem, before.plan).unservedCount;
  const unservedAfter = checkPlan(problem, after.plan).unservedCount;
  if (unservedAfter > unservedBefore) return `going on it leaves out ${unservedAfter} instead of ${unservedBefore}`;
  const isDearer = unservedAfter === unservedBefore && after.cost > before.cost + COST_SHARE * Math.max(1, before.cost);
  return isDearer ? `going on from a plan for ${before.cost} it ends with one for ${after.cost}` : null;
}

/** Whether each better plan that is told is one, the last of them the result, and that no dearer than it may be. */
export function tellingFault(search: Search, problem: RoutingProblem, mostCost: number, seed = 1): string | null {
  const told: Pick<SearchResult, "plan" | "cost">[] = [];
  const result = search(problem, undefined, {
    seed,
    spent: (done) => done / TOWN_ITERATIONS,
    onBetter: (plan, cost) => told.push({ plan, cost }),
  });
  const fault = resultFault(problem, result) ?? firstFault(told, (one) => resultFault(problem, one));
  if (fault) return fault;
  if (told.some(({ cost }, i) => i > 0 && cost >= told[i - 1]!.cost)) return "it tells of a plan that is no better";
  if (told.at(-1)?.cost !== result.cost) return "the last plan that it tells of is not its result";
  return result.cost > mostCost ? `its plan costs ${result.cost}, and should not cost more than ${mostCost}` : null;
}

/** Whether a seed and a number of steps say the plan, and another seed goes another way. */
export function sameWayFault(search: Search, problem: RoutingProblem): string | null {
  const [one, same, ...others] = [7, 7, 8, 9].map((seed) =>
    search(problem, undefined, { seed, spent: (done) => done / SMALL_ITERATIONS }),
  );
  if (!isDeepStrictEqual(one, same)) return "the same seed and number of steps give two plans";
  return others.some((other) => !isDeepStrictEqual(other.plan, one!.plan)) ? null : "every seed gives the same plan";
}

/** A reason that trying contradicts. */
export function reasonsFault(explain: Engine["explainLeftOut"], problem: RoutingProblem, plan: Plan): string | null {
  const reasons = explain(problem, plan);
  if (reasons.length !== plan.leftOut.length) return `of ${plan.leftOut.length} left out it explains ${reasons.length}`;
  return firstFault(plan.leftOut.entries(), ([i, visit]) => {
    const tried = reasonByTrying(problem, plan, visit);
    return reasons[i] === tried ? null : `visit ${visit} is left out as ${reasons[i]}, and trying says ${tried}`;
  });
}

/** A plan without all that need not be in it. */
export function onlyLocked({ visits, vehicles }: RoutingProblem): Plan {
  const routes = vehicles.map(({ locked }) => locked);
  const served = new Set(routes.flat());
  return { routes, leftOut: Array.from({ length: visits.count }, (_, visit) => visit).filter((v) => !served.has(v)) };
}
