import { makeRandom } from "../random.ts";
import { checkPlan } from "./check-plan.ts";
import type { placeCost } from "./place-cost.ts";
import type { prepare } from "./prepare.ts";
import type { RoutingProblem } from "./problem.ts";
import type { admits, createRoutes, insertAfter, Routes, retime } from "./routes.ts";
import type { takeOver } from "./take-over.ts";
import type { beginStep, createUndo, remember, restore } from "./undo.ts";

// The oracle is the checker: it drives the route with the visit in it, and the one without.

/** What is asked what a visit costs at a place. An argument, so that a broken copy can be asked too. */
export interface PlaceEngine {
  readonly prepare: typeof prepare;
  readonly createRoutes: typeof createRoutes;
  readonly takeOver: typeof takeOver;
  readonly admits: typeof admits;
  readonly placeCost: typeof placeCost;
  readonly insertAfter: typeof insertAfter;
  readonly retime: typeof retime;
  readonly createUndo: typeof createUndo;
  readonly beginStep: typeof beginStep;
  readonly remember: typeof remember;
  readonly restore: typeof restore;
}

/** As in the judge: costs are whole numbers of a unit. */
const COST_SHARE = 1e-5;

/**
 * Fills routes visit by visit, each at a drawn one of the places it can have. On the way: where a place costs what the
 * checker does not say, where what is noted of a route differs from what a walk along all of it notes, or where an
 * insertion that is undone leaves a trace. Null when nowhere.
 */
export function placesFault(engine: PlaceEngine, problem: RoutingProblem, seed: number): string | null {
  const { visits, vehicles } = problem;
  const n = visits.count;
  const random = makeRandom(seed);
  const prepared = engine.prepare(problem);
  const routes = engine.createRoutes(prepared);
  const undo = engine.createUndo(prepared);
  engine.takeOver(prepared, routes, undefined);
  const orders = vehicles.map(({ locked }) => [...locked]);
  const locked = new Set(orders.flat());
  const waiting = Array.from({ length: n }, (_, visit) => visit).filter((visit) => !locked.has(visit));

  while (waiting.length > 0) {
    const visit = waiting.splice(random.below(waiting.length), 1)[0]!;
    const places: { route: number; at: number; after: number }[] = [];
    for (const [route, order] of orders.entries()) {
      if (!engine.admits(prepared, routes, visit, route)) continue;
      for (let at = 0; at <= order.length; at++) {
        const after = at === 0 ? n + route : order[at - 1]!;
        const cost = engine.placeCost(prepared, routes, visit, after, route, Number.POSITIVE_INFINITY) * prepared.unit;
        const checked = changeByCheck(problem, orders, route, at, visit);
        if (cost !== checked && !(Math.abs(cost - checked) <= COST_SHARE * Math.max(1, Math.abs(checked))))
          return `visit ${visit} costs ${cost} at place ${at} of route ${route}, and the checker says ${checked}`;
        if (cost < Number.POSITIVE_INFINITY) places.push({ route, at, after });
      }
    }
    if (places.length === 0) continue;

    const before = noted(routes);
    const absent = Int32Array.of(visit, ...waiting);
    const tried = places[random.below(places.length)]!;
    engine.beginStep(undo);
    engine.remember(prepared, routes, undo, tried.route);
    engine.insertAfter(prepared, routes, visit, tried.after);
    engine.restore(prepared, routes, undo, absent, absent.length);
    if (noted(routes) !== before) return `an insertion into route ${tried.route} that is undone leaves a trace`;

    const { route, at, after } = places[random.below(places.length)]!;
    engine.insertAfter(prepared, routes, visit, after);
    orders[route]!.splice(at, 0, visit);
    const inserted = noted(routes);
    engine.retime(prepared, routes, route);
    if (noted(routes) !== inserted) return `after an insertion route ${route} is not noted as it is`;
  }
  return null;
}

/** What a visit at a place of a route changes in the plan's cost, or Infinity where the route then cannot be driven. */
function changeByCheck(
  problem: RoutingProblem,
  orders: readonly (readonly number[])[],
  route: number,
  at: number,
  visit: number,
): number {
  const without = checkPlan(problem, { routes: orders, leftOut: [] });
  const order = orders[route]!.toSpliced(at, 0, visit);
  const { flaws, cost } = checkPlan(problem, { routes: orders.with(route, order), leftOut: [] });
  const knows = flaws.some(({ vehicle }) => vehicle === route);
  return knows ? Number.POSITIVE_INFINITY : cost.total - cost.leftOut - (without.cost.total - without.cost.leftOut);
}

/** All that is known of the nodes in routes, as one text. What is at absent visits is left over, and means nothing. */
function noted(routes: Routes): string {
  const { next, previous, routeOf, ready, latest, breaksTaken, arcCost, outCost, times, loads } = routes;
  const perNode = [next, previous, ready, latest, breaksTaken, arcCost, outCost, ...Object.values(times)];
  const nodes = Array.from(routeOf.keys()).filter((node) => routeOf[node]! >= 0);
  const loadCount = loads.takenOn.length / routeOf.length;
  return JSON.stringify([
    nodes.map((node) => perNode.map((values) => values[node])),
    nodes.map((node) =>
      Object.values(loads).map((values: Int32Array) => values.slice(node * loadCount, (node + 1) * loadCount).join()),
    ),
    routes.size.join(),
    routes.loaded.join(),
  ]);
}
