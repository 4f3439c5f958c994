import type { Prepared } from "./prepare.ts";
import type { Plan } from "./problem.ts";
import { ABSENT, admits, insertAfter, type Routes, retime, takeOut } from "./routes.ts";

/** Fills idle routes from a plan: everything that is locked, then of the rest what can still be driven behind it. */
export function takeOver(prepared: Prepared, routes: Routes, start: Plan | undefined): void {
  const { problem, visitCount: n, vehicleCount: m } = prepared;
  const last = Int32Array.from({ length: m }, (_, k) => n + k);
  for (const [k, vehicle] of problem.vehicles.entries())
    for (const visit of vehicle.locked) {
      insertAfter(prepared, routes, visit, last[k]!);
      last[k] = visit;
    }
  for (let k = 0; k < m; k++)
    for (const visit of start?.routes[k] ?? []) {
      if (routes.routeOf[visit] !== ABSENT || !admits(prepared, routes, visit, k)) continue;
      insertAfter(prepared, routes, visit, last[k]!);
      if (retime(prepared, routes, k) < Number.POSITIVE_INFINITY) last[k] = visit;
      else {
        takeOut(prepared, routes, visit);
        retime(prepared, routes, k);
      }
    }
}
