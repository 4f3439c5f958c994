import { checkPlan } from "./check-plan.ts";
import type { Plan, RoutingProblem } from "./problem.ts";

export interface ExactPlan {
  readonly plan: Plan;
  readonly cost: number;
  /** As few as can be, whatever the cost. */
  readonly unservedCount: number;
}

interface Order {
  readonly route: readonly number[];
  readonly cost: number;
}

/**
 * A best plan of a small problem: every order of every subset of the visits on every vehicle, as the checker judges it,
 * then every way to share the visits among the vehicles. Six visits and three vehicles are some 6,000 routes.
 *
 * Null when there is no plan at all, which locked visits can bring about.
 */
export function exactPlan(problem: RoutingProblem): ExactPlan | null {
  const { count, prize } = problem.visits;
  if (count > 6 || problem.vehicles.length > 3) throw new Error("too large to try everything");
  const everyone = (1 << count) - 1;

  // By set of visits that the vehicles so far serve, as bits: what they cost and drive.
  let shared = new Map<number, { cost: number; routes: readonly (readonly number[])[] }>([
    [0, { cost: 0, routes: [] }],
  ]);
  for (const vehicle of problem.vehicles.keys()) {
    const orders = bestOrders(problem, vehicle);
    const next: typeof shared = new Map();
    for (const [taken, { cost, routes }] of shared) {
      for (const [served, order] of orders) {
        if ((served & taken) !== 0) continue;
        const total = cost + order.cost;
        if (total < (next.get(served | taken)?.cost ?? Infinity))
          next.set(served | taken, { cost: total, routes: [...routes, order.route] });
      }
    }
    shared = next;
  }

  let best: ExactPlan | null = null;
  for (const [served, { cost: routesCost, routes }] of shared) {
    const leftOut = visitsOf(everyone & ~served);
    const unservedCount = leftOut.filter((visit) => prize[visit] === Infinity).length;
    const prizes = leftOut.map((visit) => prize[visit]!).filter(Number.isFinite);
    const cost = prizes.reduce((sum, each) => sum + each, routesCost);
    if (
      best === null ||
      unservedCount < best.unservedCount ||
      (unservedCount === best.unservedCount && cost < best.cost)
    )
      best = { plan: { routes, leftOut }, cost, unservedCount };
  }
  return best;
}

/** By set of visits, as bits, the cheapest order in which the vehicle can serve just them; sets that it cannot are absent. */
function bestOrders(problem: RoutingProblem, vehicle: number): Map<number, Order> {
  const { count } = problem.visits;
  const best = new Map<number, Order>();
  const route: number[] = [];
  const tryFrom = (served: number): void => {
    const cost = costAlone(problem, vehicle, route);
    if (cost !== null && cost < (best.get(served)?.cost ?? Infinity)) best.set(served, { route: [...route], cost });
    for (let visit = 0; visit < count; visit++) {
      if (served & (1 << visit)) continue;
      route.push(visit);
      tryFrom(served | (1 << visit));
      route.pop();
    }
  };
  tryFrom(0);
  return best;
}

/** What a route costs by itself; null if the vehicle cannot drive it. */
function costAlone(problem: RoutingProblem, vehicle: number, route: readonly number[]): number | null {
  const routes = problem.vehicles.map((_, v) => (v === vehicle ? route : []));
  const { flaws, cost } = checkPlan(problem, { routes, leftOut: [] });
  if (flaws.some((flaw) => flaw.vehicle === vehicle)) return null;
  return cost.total;
}

function visitsOf(bits: number): number[] {
  return Array.from({ length: 6 }, (_, visit) => visit).filter((visit) => bits & (1 << visit));
}
