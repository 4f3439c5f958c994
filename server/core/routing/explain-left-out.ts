import { insertionCost, isLoadable } from "./clock.ts";
import { type Prepared, prepare } from "./prepare.ts";
import type { Plan, RoutingProblem } from "./problem.ts";
import { ABSENT, createRoutes, mayServe, type Routes } from "./routes.ts";
import { takeOver } from "./take-over.ts";

/**
 * Why a plan leaves a visit out, from what no plan could cure to what this plan lacks: no vehicle may serve it (skills,
 * temperature, another van's goods); none that may is large enough; its windows lie outside their shifts; they lie within
 * but the way there and back is too long; no route has time for it; every route that has time for it is full; it would fit,
 * and costs more than its prize.
 */
export type LeftOutReason =
  | "no-vehicle-may"
  | "too-large"
  | "outside-shifts"
  | "too-far"
  | "no-time"
  | "no-room"
  | "not-worth-it";

/**
 * The reason of each visit that the plan leaves out, in the order of `plan.leftOut`. Found by relaxation: each constraint
 * is tried with all that come after it dropped, so the reason is the first that no vehicle can meet. Throws RangeError for
 * a visit that is in a route as well.
 */
export function explainLeftOut(problem: RoutingProblem, plan: Plan): LeftOutReason[] {
  const prepared = prepare(problem);
  const alone = createRoutes(prepared);
  takeOver(prepared, alone, undefined);
  const planned = createRoutes(prepared);
  takeOver(prepared, planned, plan);
  const served = plan.leftOut.find((visit) => planned.routeOf[visit] !== ABSENT);
  if (served !== undefined) throw new RangeError(`visit ${served} is both in a route and left out`);
  const unloaded = { ...prepared, hasPickups: false };
  return plan.leftOut.map((visit) => reasonOf(prepared, unloaded, alone, planned, visit));
}

/** `unloaded` is the problem without its loads, which time does not depend on. */
function reasonOf(
  prepared: Prepared,
  unloaded: Prepared,
  alone: Routes,
  planned: Routes,
  visit: number,
): LeftOutReason {
  const { problem } = prepared;
  const hasTime = (routes: Routes, after: number) =>
    insertionCost(unloaded, routes, visit, after, routes.clock) < Number.POSITIVE_INFINITY;
  const hasRoom = (routes: Routes, after: number) => isLoadable(prepared, routes, routes.routeOf[after]!, visit, after);
  const { visits } = problem;
  let able = problem.vehicles.map((_, k) => k);
  const narrow = (isAble: (vehicle: number) => boolean): boolean => {
    able = able.filter(isAble);
    return able.length > 0;
  };

  if (!narrow((k) => mayServe(prepared, visit, k))) return "no-vehicle-may";
  if (!narrow((k) => places(prepared, alone, k).some((after) => hasRoom(alone, after)))) return "too-large";
  const firstSec = visits.windowStartSec[visits.windowsFrom[visit]!]!;
  const lastSec = prepared.closes[visit]!;
  if (
    !narrow(
      (k) => prepared.opens[prepared.visitCount + k]! <= lastSec && prepared.closes[endOf(prepared, k)]! >= firstSec,
    )
  )
    return "outside-shifts";
  if (!narrow((k) => places(prepared, alone, k).some((after) => hasTime(alone, after)))) return "too-far";
  if (!narrow((k) => places(prepared, planned, k).some((after) => hasTime(planned, after)))) return "no-time";
  const fits = able.some((k) =>
    places(prepared, planned, k).some((after) => hasTime(planned, after) && hasRoom(planned, after)),
  );
  return fits ? "not-worth-it" : "no-room";
}

function endOf({ visitCount, vehicleCount }: Prepared, route: number): number {
  return visitCount + vehicleCount + route;
}

/** The nodes of a route that something may be put behind. */
function places({ visitCount: n, locked }: Prepared, { next }: Routes, route: number): number[] {
  const found: number[] = [];
  for (let node = n + route; node < n || node === n + route; node = next[node]!)
    if (!locked[next[node]!]) found.push(node);
  return found;
}
