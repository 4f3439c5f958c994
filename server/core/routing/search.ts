import { makeRandom, type Random } from "../random.ts";
import { createClock, setOut, stepTo } from "./clock.ts";
import { exchangeTails } from "./exchange-tails.ts";
import { type Prepared, prepare } from "./prepare.ts";
import type { Plan, RoutingProblem } from "./problem.ts";
import { createRecreation, insertAll } from "./recreate.ts";
import { insertByRegret } from "./regret.ts";
import { ABSENT, admits, costOfRoute, createRoutes, type Routes } from "./routes.ts";
import { removeStrings } from "./ruin.ts";
import { takeOver } from "./take-over.ts";
import { beginStep, changeOf, createUndo, restore } from "./undo.ts";

export interface SearchOptions {
  readonly seed: number;
  /** 0 … 1, how much of the budget is spent; asked now and then, the search ends at 1. */
  readonly spent: (iterations: number) => number;
  /** A plan that serves all that must be served for no more than this ends the search; in the unit of the problem's rates. */
  readonly enough?: number;
  /** Told of better plans as they are found, the first one included, but not of each of many in a moment. */
  readonly onBetter?: (plan: Plan, cost: number, iterations: number) => void;
}

export interface SearchResult {
  readonly plan: Plan;
  /** Of its routes and of the prizes of what it leaves out, in the unit of the problem's rates. */
  readonly cost: number;
  readonly iterations: number;
}

/** The temperatures between which the search cools, as shares of what a visit costs in the best plan so far. */
const HOT = 3;
const COLD = 0.01;
/**
 * A search that has time for more than so many steps a visit cools several times, each but the first from a temperature at
 * which the plan is shaken and not lost: on small problems one slow cooling more often ends beside the best plan.
 */
const STEPS_PER_COOLING = 3000;
const MOST_COOLINGS = 8;
const REHEATED = 1;
/** The share of the budget after which the steps it allows are reckoned. */
const RECKONED_AT = 0.05;
/** How many routes the regret of a visit compares when the first plan is made. */
const CHOICES = 2;
/** Trades of tails tried for each ruin. */
const TRADES = 6;
const ASK_EVERY = 64;

/**
 * Looks for a cheaper plan by ruin and recreate under simulated annealing (SISR: Christiaens, Vanden Berghe 2020) with
 * trades of tails between its steps, until the budget is spent.
 *
 * Starts from `start`, keeping what is locked, or from nothing; of a given plan it keeps what can be driven. The plan is
 * feasible throughout: what fits nowhere is left out, so that a stop at any moment has a plan. The same problem, start,
 * seed and number of iterations give the same plan on every machine with the same Node, as long as `spent` depends on the
 * iterations alone: the logarithms that cooling takes are V8's own, not the processor's.
 *
 * Expects a problem that `validateProblem` has let pass.
 */
export function improvePlan(problem: RoutingProblem, start: Plan | undefined, options: SearchOptions): SearchResult {
  const prepared = prepare(problem);
  const { visitCount: n } = prepared;
  const random = makeRandom(options.seed);
  const routes = createRoutes(prepared);
  const undo = createUndo(prepared);
  const recreation = createRecreation(prepared);
  const absent = new Int32Array(n);
  const absentBefore = new Int32Array(n);

  takeOver(prepared, routes, start);
  let absentCount = 0;
  for (let v = 0; v < n; v++) if (routes.routeOf[v] === ABSENT) absent[absentCount++] = v;
  // What must be served and is not comes before any cost: two numbers, since no price could stand for the first.
  let missing = missingNow();
  let cost = costOfPlan();
  let bestMissing = missing;
  let bestCost = cost;
  let bestRoutesCost = cost - prizesNow();
  const bestNext = routes.next.slice();

  const unplanned = absent.slice(0, absentCount);
  insertUnplanned(() => insertAll(prepared, routes, undo, random, absent, unplanned.length, recreation));
  const empty = createRoutes(prepared);
  if (unplanned.some((visit) => routes.routeOf[visit] === ABSENT && mustAndMayBeServed(prepared, empty, visit))) {
    // One after the other was too greedy: where routes are scarce, those with few choices go first.
    const isOver = () => options.spent(0) >= 1;
    insertUnplanned(() => insertByRegret(prepared, routes, undo, absent, unplanned.length, CHOICES, isOver));
    if (missing > bestMissing || cost > bestCost)
      insertUnplanned(() => insertAll(prepared, routes, undo, random, absent, unplanned.length, recreation));
  }
  let announcedMissing = bestMissing;
  let announcedCost = bestCost;
  let iterations = 0;
  let isEnough = false;
  announce();

  const step = (temperature: number): void => {
    beginStep(undo);
    absentBefore.set(absent.subarray(0, absentCount));
    const countBefore = absentCount;
    const prizesBefore = prizesNow();
    const count = removeStrings(prepared, routes, undo, random, meanSize(routes, n - absentCount), absent, absentCount);
    if (count >= 0) {
      absentCount = insertAll(prepared, routes, undo, random, absent, count, recreation);
      const change = changeOf(prepared, routes, undo) + prizesNow() - prizesBefore;
      const lacks = missingNow();
      if (lacks < missing || (lacks === missing && change < margin(temperature, random))) {
        missing = lacks;
        cost += change;
        keepIfBest();
        return;
      }
    }
    restore(prepared, routes, undo, absentBefore, countBefore);
    absent.set(absentBefore.subarray(0, countBefore));
    absentCount = countBefore;
  };

  let coolings = 0;
  for (let spent = n === 0 ? 1 : options.spent(0); spent < 1 && !isEnough; ) {
    if (coolings === 0 && spent >= RECKONED_AT) coolings = coolingsFor(iterations / spent / n);
    const temperature = (bestRoutesCost / Math.max(1, n)) * heatAt(spent * Math.max(1, coolings));
    for (let i = 0; i < ASK_EVERY; i++) {
      step(temperature);
      for (let t = 0; t < TRADES; t++) {
        const change = exchangeTails(prepared, routes, random, margin(temperature, random));
        cost += change;
        if (change < 0) keepIfBest();
      }
    }
    iterations += ASK_EVERY;
    spent = options.spent(iterations);
    if (bestMissing < announcedMissing || bestCost < announcedCost) announce();
  }
  return bestFound();

  /** Puts the routes back to what the search was given and fills them. */
  function insertUnplanned(insert: () => number): void {
    restore(prepared, routes, undo, unplanned, unplanned.length);
    absent.set(unplanned);
    beginStep(undo);
    absentCount = insert();
    missing = missingNow();
    cost = costOfPlan();
    keepIfBest();
  }

  /** How many that must be served are absent. */
  function missingNow(): number {
    let count = 0;
    for (let a = 0; a < absentCount; a++) if (prepared.absence[absent[a]!] === Number.POSITIVE_INFINITY) count++;
    return count;
  }

  /** Of the absent that may be left out. */
  function prizesNow(): number {
    let all = 0;
    for (let a = 0; a < absentCount; a++) {
      const prize = prepared.absence[absent[a]!]!;
      if (prize < Number.POSITIVE_INFINITY) all += prize;
    }
    return all;
  }

  function costOfPlan(): number {
    let total = prizesNow();
    for (let k = 0; k < prepared.vehicleCount; k++) total += costOfRoute(prepared, routes, k);
    return total;
  }

  function keepIfBest(): void {
    if (missing > bestMissing || (missing === bestMissing && cost >= bestCost - 1e-6)) return;
    bestMissing = missing;
    bestCost = cost;
    bestRoutesCost = cost - prizesNow();
    bestNext.set(routes.next);
  }

  function announce(): void {
    announcedMissing = bestMissing;
    announcedCost = bestCost;
    if (!options.onBetter && options.enough === undefined) return;
    const { plan, cost } = bestFound();
    isEnough = bestMissing === 0 && options.enough !== undefined && cost <= options.enough;
    options.onBetter?.(plan, cost, iterations);
  }

  /** Its cost is added up anew, without the rounding of the search. */
  function bestFound(): SearchResult {
    const plan = planOf(prepared, bestNext);
    return { plan, cost: exactCost(prepared, plan), iterations };
  }
}

/** Whether it must be served, and some vehicle admits it when nothing else is on board. */
function mustAndMayBeServed(prepared: Prepared, empty: Routes, visit: number): boolean {
  return (
    prepared.absence[visit] === Number.POSITIVE_INFINITY &&
    prepared.problem.vehicles.some((_, k) => admits(prepared, empty, visit, k))
  );
}

/** In the unit of the problem's rates, as the clock finds it; prizes of what is left out included. */
function exactCost(prepared: Prepared, { routes, leftOut }: Plan): number {
  const { problem, unit, visitCount: n, vehicleCount: m } = prepared;
  const { prize } = problem.visits;
  const clock = createClock();
  let total = 0;
  for (const visit of leftOut) if (prize[visit]! < Number.POSITIVE_INFINITY) total += prize[visit]!;
  for (const [k, order] of routes.entries()) {
    if (order.length === 0) continue;
    total += problem.vehicles[k]!.fixedCost;
    setOut(prepared, k, order, clock);
    let from = n + k;
    for (const to of [...order, n + m + k]) {
      stepTo(prepared, k, from, to, clock);
      total += clock.cost * unit;
      from = to;
    }
  }
  return total;
}

function coolingsFor(stepsPerVisit: number): number {
  return Math.max(1, Math.min(MOST_COOLINGS, Math.floor(stepsPerVisit / STEPS_PER_COOLING)));
}

/** The temperature after so many coolings, as a share of what a visit costs. */
function heatAt(coolings: number): number {
  const done = Math.floor(coolings);
  const hot = done === 0 ? HOT : REHEATED;
  return hot * (COLD / hot) ** (coolings - done);
}

/** How much dearer a plan may be to be taken all the same. */
function margin(temperature: number, random: Random): number {
  return -temperature * Math.log(1 - random.next());
}

function meanSize({ size }: Routes, visits: number): number {
  let used = 0;
  for (let k = 0; k < size.length; k++) if (size[k]! > 0) used++;
  return used === 0 ? 1 : visits / used;
}

function planOf({ visitCount: n, vehicleCount: m }: Prepared, next: Int32Array): Plan {
  const isServed = new Uint8Array(n);
  const routes = Array.from({ length: m }, (_, k) => {
    const visits: number[] = [];
    for (let node = next[n + k]!; node < n; node = next[node]!) {
      visits.push(node);
      isServed[node] = 1;
    }
    return visits;
  });
  return { routes, leftOut: Array.from(isServed.keys()).filter((v) => !isServed[v]) };
}
