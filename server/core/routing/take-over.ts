import type { Prepared } from "./prepare.ts";
import type { Plan } from "./problem.ts";
import { ABSENT, admits, insertAfter, type Routes, retime, takeOut } from "./routes.ts";

/** Fills idle routes from a plan: everything that is locked, then of the rest what can still be driven behind it. */
export function takeOver(prepared: Prepared, routes: Routes, start: Plan | undefined): void {
  for (const [k, { locked }] of prepared.problem.vehicles.entries()) for (const visit of locked) append(visit, k);
  for (let k = 0; k < prepared.vehicleCount; k++) {
    const wanted = start?.routes[k] ?? [];
    // Whole if it can be: where a way by another place is quicker than the direct one, a part of it may be too late.
    if (appendAll(wanted, k)) continue;
    for (const visit of wanted) appendAll([visit], k);
  }

  /** Puts what is in no route yet at the end of this one, or nothing when it then cannot be driven. */
  function appendAll(visits: readonly number[], route: number): boolean {
    const added = visits.filter((visit) => {
      const fits = routes.routeOf[visit] === ABSENT && admits(prepared, routes, visit, route);
      if (fits) append(visit, route);
      return fits;
    });
    if (retime(prepared, routes, route) < Number.POSITIVE_INFINITY) return true;
    for (const visit of added) takeOut(prepared, routes, visit);
    retime(prepared, routes, route);
    return false;
  }

  function append(visit: number, route: number): void {
    const end = prepared.visitCount + prepared.vehicleCount + route;
    insertAfter(prepared, routes, visit, routes.previous[end]!);
  }
}
