import { checkPlan, type PlanFlawKind } from "./check-plan.ts";
import type { LeftOutReason } from "./explain-left-out.ts";
import type { Plan, RoutingProblem } from "./problem.ts";

const LATE: readonly PlanFlawKind[] = ["service starts too late", "break starts too late", "home too late"];

/**
 * Why a plan leaves a visit out, by trying: what the constraint in question is not about is taken out of the problem, the
 * visit is put everywhere that is free, and the checker says what is wrong then.
 */
export function reasonByTrying(problem: RoutingProblem, plan: Plan, visit: number): LeftOutReason {
  const { visits, vehicles } = problem;
  let able = [...vehicles.keys()];
  const noneIs = (isAble: (vehicle: number) => boolean): boolean => {
    able = able.filter(isAble);
    return able.length === 0;
  };
  const triesIn = (tried: RoutingProblem, routes: readonly (readonly number[])[], k: number) =>
    everyPlace(routes[k]!, tried.vehicles[k]!.locked.length).map((place) => {
      const candidate = { routes: routes.with(k, routes[k]!.toSpliced(place, 0, visit)), leftOut: [] };
      const { flaws, cost } = checkPlan(tried, candidate);
      return { flaws: flaws.flatMap(({ vehicle, flaw }) => (vehicle === k ? [flaw] : [])), cost: cost.total };
    });
  const fitsIn =
    (tried: RoutingProblem, routes: readonly (readonly number[])[], counts: (flaw: PlanFlawKind) => boolean) =>
    (k: number) =>
      triesIn(tried, routes, k).some(({ flaws }) => !flaws.some(counts));
  const isLate = (flaw: PlanFlawKind) => LATE.includes(flaw);

  const only = visits.onlyVehicle[visit]!;
  if (noneIs((k) => (visits.needs[visit]! & ~vehicles[k]!.has) === 0 && (only === -1 || only === k)))
    return "no-vehicle-may";
  const free = { ...problem, vehicles: vehicles.map((vehicle) => ({ ...vehicle, locked: [] })) };
  const empty = vehicles.map(() => []);
  if (noneIs(fitsIn(free, empty, (flaw) => flaw === "overloaded"))) return "too-large";
  const picked = { ...free, visits: { ...visits, releaseSec: new Int32Array(visits.count) } };
  if (noneIs(fitsIn(inNoTime(picked), empty, isLate))) return "outside-shifts";
  if (noneIs(fitsIn(picked, empty, isLate))) return "too-far";
  if (noneIs(fitsIn(free, empty, isLate))) return "picked-too-late";
  if (noneIs(fitsIn(problem, plan.routes, isLate))) return "no-time";
  if (noneIs(fitsIn(problem, plan.routes, () => true))) return "no-room";
  const costNow = checkPlan(problem, { ...plan, leftOut: [] }).cost.total;
  const isWorthIt = able.some((k) =>
    triesIn(problem, plan.routes, k).some(
      ({ flaws, cost }) => flaws.length === 0 && cost - costNow < visits.prize[visit]!,
    ),
  );
  return isWorthIt ? "would-fit" : "not-worth-it";
}

/** Nothing but windows and shifts takes time. */
function inNoTime({ travel, visits, vehicles, ...rest }: RoutingProblem): RoutingProblem {
  return {
    ...rest,
    travel: { ...travel, durationSec: travel.durationSec.map(({ length }) => new Int32Array(length)) },
    visits: { ...visits, serviceSec: new Int32Array(visits.count) },
    vehicles: vehicles.map((vehicle) => ({ ...vehicle, breaks: [] })),
  };
}

function everyPlace(route: readonly number[], first: number): number[] {
  return Array.from({ length: route.length + 1 - first }, (_, i) => first + i);
}
