import type { VisitRows } from "../routing/offer-windows.ts";
import { insertVisit, type Route } from "../routing/route.ts";
import type { FleetShift } from "./fleet-routes.ts";
import type { WindowSpan } from "./group-windows.ts";
import type { PlannedPart } from "./promise-problem.ts";

interface Leg {
  readonly sec: number;
  readonly m: number;
}

/** The route of a part's shift with the new stop in its place, and the legs that lead there and on. */
export function insertPart(
  { route, firstRow, homeRow }: Pick<FleetShift, "route" | "firstRow" | "homeRow">,
  { place, load }: Pick<PlannedPart, "place" | "load">,
  { toSec, toM, fromSec, fromM }: VisitRows,
  window: WindowSpan,
): { readonly grown: Route; readonly legIn: Leg; readonly legOut: Leg } {
  const before = place === 0 ? homeRow : firstRow + place - 1;
  const behind = place === route.length ? homeRow : firstRow + place;
  const legIn = { sec: toSec[before]!, m: toM[before]! };
  const legOut = { sec: fromSec[behind]!, m: fromM[behind]! };
  const visit = { windowStartSec: window.startSec, windowEndSec: window.endSec, serviceSec: load.serviceSec };
  return { grown: insertVisit(route, visit, place, legIn, legOut), legIn, legOut };
}
