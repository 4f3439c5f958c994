import { checkPlan, type PlanFlawKind } from "./check-plan.ts";
import type { LeftOutReason } from "./explain-left-out.ts";
import type { Plan, RoutingProblem } from "./problem.ts";

const LATE: readonly PlanFlawKind[] = ["service starts too late", "break starts too late", "home too late"];

/**
 * Why a plan leaves a visit out, by trying: the visit is put everywhere that what is locked leaves free, the checker says
 * what is wrong then, and of that only what the constraint in question is about counts.
 */
export function reasonByTrying(problem: RoutingProblem, plan: Plan, visit: number): LeftOutReason {
  const { visits, vehicles } = problem;
  const alone = vehicles.map(({ locked }) => locked);
  let able = [...vehicles.keys()];
  const noneIs = (isAble: (vehicle: number) => boolean): boolean => {
    able = able.filter(isAble);
    return able.length === 0;
  };
  const fitsIn = (routes: readonly (readonly number[])[], counts: (flaw: PlanFlawKind) => boolean) => (k: number) =>
    everyPlace(routes[k]!, vehicles[k]!.locked.length).some((place) => {
      const tried = { routes: routes.with(k, routes[k]!.toSpliced(place, 0, visit)), leftOut: [] };
      return checkPlan(problem, tried).flaws.every(({ vehicle, flaw }) => vehicle !== k || !counts(flaw));
    });

  const only = visits.onlyVehicle[visit]!;
  if (noneIs((k) => (visits.needs[visit]! & ~vehicles[k]!.has) === 0 && (only === -1 || only === k)))
    return "no-vehicle-may";
  if (noneIs(fitsIn(alone, (flaw) => flaw === "overloaded"))) return "too-large";
  if (noneIs((k) => isWithinShift(problem, visit, k))) return "outside-shifts";
  if (noneIs(fitsIn(alone, (flaw) => LATE.includes(flaw)))) return "too-far";
  if (noneIs(fitsIn(plan.routes, (flaw) => LATE.includes(flaw)))) return "no-time";
  return noneIs(fitsIn(plan.routes, () => true)) ? "no-room" : "not-worth-it";
}

function everyPlace(route: readonly number[], first: number): number[] {
  return Array.from({ length: route.length + 1 - first }, (_, i) => first + i);
}

/** Whether the time between a visit's first chance and its last, be they in one window or not, touches the vehicle's. */
function isWithinShift({ visits, vehicles }: RoutingProblem, visit: number, vehicle: number): boolean {
  const { startSec, endSec, overtimeSec } = vehicles[vehicle]!;
  const firstSec = visits.windowStartSec[visits.windowsFrom[visit]!]!;
  const isHard = visits.lateCost[visit] === Infinity;
  const lastSec = isHard ? visits.windowEndSec[visits.windowsFrom[visit + 1]! - 1]! - 1 : Infinity;
  return startSec <= lastSec && firstSec <= endSec + overtimeSec;
}
