import { insertionCost } from "./clock.ts";
import { type Prepared, prepare } from "./prepare.ts";
import type { Plan, RoutingProblem } from "./problem.ts";
import { ABSENT, createRoutes, mayServe, type Routes } from "./routes.ts";
import { isLoadable } from "./segments.ts";
import { takeOver } from "./take-over.ts";

/**
 * Why a plan leaves a visit out, from what no plan could cure to what this plan lacks: no vehicle may serve it (skills,
 * temperature, another van's goods); none that may is large enough; each of its windows lies outside their shifts; one lies
 * within, but the way there and back, with the service and the breaks that come due, is too long; it would not be if its
 * goods were picked sooner; no route, with what is locked and planned in it, has time for it; every route that has time for
 * it is full; it would fit, and costs no less than its prize; or nothing: it would fit and be worth it, which a search that
 * is stopped early may not have found.
 */
export type LeftOutReason =
  | "no-vehicle-may"
  | "too-large"
  | "outside-shifts"
  | "too-far"
  | "picked-too-late"
  | "no-time"
  | "no-room"
  | "not-worth-it"
  | "would-fit";

/**
 * The reason of each visit that the plan leaves out, in the order of `plan.leftOut`. Found by relaxation: each constraint
 * is tried with all that come after it dropped, so the reason is the first that no vehicle can meet. Throws RangeError for
 * a visit that is in a route as well.
 */
export function explainLeftOut(problem: RoutingProblem, plan: Plan): LeftOutReason[] {
  // The clock says what is in the way, also where a comparison would do to say that something is.
  const prepared = { ...prepare(problem), isPlain: false };
  const { visits } = problem;
  const planned = createRoutes(prepared);
  takeOver(prepared, planned, plan);
  const served = plan.leftOut.find((visit) => planned.routeOf[visit] !== ABSENT);
  if (served !== undefined) throw new RangeError(`visit ${served} is both in a route and left out`);
  const picked = { ...visits, releaseSec: new Int32Array(visits.count) };
  const relaxed: Relaxed = {
    prepared,
    picked: { ...prepared, problem: { ...problem, visits: picked } },
    empty: createRoutes(prepared),
    planned,
  };
  return plan.leftOut.map((visit) => reasonOf(relaxed, visit));
}

/** The problem as it is, and with all goods picked; routes with nothing in them, and the plan's. */
interface Relaxed {
  readonly prepared: Prepared;
  readonly picked: Prepared;
  readonly empty: Routes;
  readonly planned: Routes;
}

function reasonOf({ prepared, picked, empty, planned }: Relaxed, visit: number): LeftOutReason {
  const isInTime = (relaxed: Prepared, routes: Routes, after: number) =>
    insertionCost(relaxed, routes, visit, after, routes.clock) < Number.POSITIVE_INFINITY;
  const hasRoom = (routes: Routes, after: number) => isLoadable(prepared, routes, visit, after);
  const home = (k: number) => prepared.visitCount + k;
  let able = prepared.problem.vehicles.map((_, k) => k);
  const narrow = (isAble: (vehicle: number) => boolean): boolean => {
    able = able.filter(isAble);
    return able.length > 0;
  };

  if (!narrow((k) => mayServe(prepared, visit, k))) return "no-vehicle-may";
  if (!narrow((k) => hasRoom(empty, home(k)))) return "too-large";
  if (!narrow((k) => meetsShift(prepared, visit, k))) return "outside-shifts";
  if (!narrow((k) => isInTime(picked, empty, home(k)))) return "too-far";
  if (!narrow((k) => isInTime(prepared, empty, home(k)))) return "picked-too-late";
  if (!narrow((k) => places(prepared, planned, k).some((after) => isInTime(prepared, planned, after))))
    return "no-time";
  let least = Number.POSITIVE_INFINITY;
  for (const k of able)
    for (const after of places(prepared, planned, k))
      if (hasRoom(planned, after))
        least = Math.min(least, insertionCost(prepared, planned, visit, after, planned.clock));
  if (least === Number.POSITIVE_INFINITY) return "no-room";
  return least < prepared.absence[visit]! ? "would-fit" : "not-worth-it";
}

/** Whether service could start in some window, or late where that is allowed, while the vehicle is on its shift. */
function meetsShift({ problem, visitCount, vehicleCount, opens, closes }: Prepared, visit: number, k: number): boolean {
  const { windowsFrom, windowStartSec, windowEndSec } = problem.visits;
  const startSec = opens[visitCount + k]!;
  const endSec = closes[visitCount + vehicleCount + k]!;
  const afterLast = windowsFrom[visit + 1]!;
  for (let w = windowsFrom[visit]!; w < afterLast; w++) {
    const lastSec = w + 1 === afterLast ? closes[visit]! : windowEndSec[w]! - 1;
    if (startSec <= lastSec && windowStartSec[w]! <= endSec) return true;
  }
  return false;
}

/** The nodes of a route that something may be put behind. */
function places({ visitCount: n, locked }: Prepared, { next }: Routes, route: number): number[] {
  const found: number[] = [];
  for (let node = n + route; node < n || node === n + route; node = next[node]!)
    if (!locked[next[node]!]) found.push(node);
  return found;
}
