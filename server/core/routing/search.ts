import { makeRandom, type Random } from "../random.ts";
import { exchangeTails } from "./exchange-tails.ts";
import { type Prepared, prepare } from "./prepare.ts";
import type { Plan, RoutingProblem } from "./problem.ts";
import { createRecreation, insertAll } from "./recreate.ts";
import { insertByRegret } from "./regret.ts";
import { ABSENT, costOfRoute, createRoutes, type Routes } from "./routes.ts";
import { removeStrings } from "./ruin.ts";
import { takeOver } from "./take-over.ts";
import { beginStep, changeOf, createUndo, restore } from "./undo.ts";

export interface SearchOptions {
  readonly seed: number;
  /** 0 … 1, how much of the budget is spent; asked now and then, the search ends at 1. */
  readonly spent: (iterations: number) => number;
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
  const { visitCount: n, absence, unit } = prepared;
  const random = makeRandom(options.seed);
  const routes = createRoutes(prepared);
  const undo = createUndo(prepared);
  const recreation = createRecreation(prepared);
  const absent = new Int32Array(n);
  const absentBefore = new Int32Array(n);

  takeOver(prepared, routes, start);
  let absentCount = 0;
  for (let v = 0; v < n; v++) if (routes.routeOf[v] === ABSENT) absent[absentCount++] = v;
  let cost = costOfPlan(prepared, routes);
  let bestCost = cost;
  const bestNext = routes.next.slice();

  const unplanned = absent.slice(0, absentCount);
  beginStep(undo);
  absentCount = insertAll(prepared, routes, undo, random, absent, absentCount, recreation);
  cost = costOfPlan(prepared, routes);
  keepIfBest();
  if (absent.subarray(0, absentCount).some((visit) => problem.visits.prize[visit] === Number.POSITIVE_INFINITY)) {
    // One after the other was too greedy: where routes are scarce, those with few choices go first.
    restore(prepared, routes, undo, unplanned, unplanned.length);
    absent.set(unplanned);
    beginStep(undo);
    absentCount = insertByRegret(prepared, routes, undo, absent, unplanned.length, CHOICES);
    cost = costOfPlan(prepared, routes);
    keepIfBest();
  }
  let announcedCost = bestCost;
  let iterations = 0;
  announce();

  const step = (temperature: number): void => {
    beginStep(undo);
    absentBefore.set(absent.subarray(0, absentCount));
    const countBefore = absentCount;
    let change = 0;
    for (let a = 0; a < absentCount; a++) change -= absence[absent[a]!]!;
    const count = removeStrings(prepared, routes, undo, random, meanSize(routes, n - absentCount), absent, absentCount);
    if (count >= 0) {
      absentCount = insertAll(prepared, routes, undo, random, absent, count, recreation);
      change += changeOf(prepared, routes, undo);
      for (let a = 0; a < absentCount; a++) change += absence[absent[a]!]!;
    }
    if (count >= 0 && change < margin(temperature, random)) {
      cost += change;
      keepIfBest();
      return;
    }
    restore(prepared, routes, undo, absentBefore, countBefore);
    absent.set(absentBefore.subarray(0, countBefore));
    absentCount = countBefore;
  };

  let coolings = 0;
  for (let spent = options.spent(0); spent < 1; ) {
    if (coolings === 0 && spent >= RECKONED_AT) coolings = coolingsFor(iterations / spent / n);
    const temperature = (bestCost / Math.max(1, n)) * heatAt(spent * Math.max(1, coolings));
    for (let i = 0; i < ASK_EVERY && n > 0; i++) {
      step(temperature);
      for (let t = 0; t < TRADES; t++) {
        const change = exchangeTails(prepared, routes, random, margin(temperature, random));
        cost += change;
        if (change < 0) keepIfBest();
      }
    }
    iterations += ASK_EVERY;
    spent = options.spent(iterations);
    if (bestCost < announcedCost) announce();
  }
  return bestFound();

  function keepIfBest(): void {
    if (cost >= bestCost - 1e-6) return;
    bestCost = cost;
    bestNext.set(routes.next);
  }

  function announce(): void {
    announcedCost = bestCost;
    if (!options.onBetter) return;
    const { plan, cost } = bestFound();
    options.onBetter(plan, cost, iterations);
  }

  /** Its cost is without the stand-in for what must be served and is not. */
  function bestFound(): SearchResult {
    const plan = planOf(prepared, bestNext);
    const { prize } = problem.visits;
    const missing = plan.leftOut.filter((visit) => prize[visit] === Number.POSITIVE_INFINITY);
    const standIn = missing.reduce((sum, visit) => sum + absence[visit]!, 0);
    return { plan, cost: (bestCost - standIn) * unit, iterations };
  }
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

function costOfPlan(prepared: Prepared, routes: Routes): number {
  let total = 0;
  for (let v = 0; v < prepared.visitCount; v++) if (routes.routeOf[v] === ABSENT) total += prepared.absence[v]!;
  for (let k = 0; k < prepared.vehicleCount; k++) total += costOfRoute(prepared, routes, k);
  return total;
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
