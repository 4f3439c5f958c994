import type { PlannedPart } from "#server/core/promise/find-plans.ts";
import { findRouteFlaw } from "#server/core/routing/check-route.ts";
import type { VisitRows } from "#server/core/routing/offer-windows.ts";
import { insertVisit, timelineOf } from "#server/core/routing/route.ts";
import { instant } from "#server/domain/instant.ts";
import type { PlannedFleet } from "./fleet.ts";

/** What app.write_route takes. */
export interface PlannedRoute {
  readonly return_leg_sec: number;
  readonly return_leg_m: number;
  readonly stops: readonly { id: string; leg_sec: number; leg_m: number; arrive_at: string; start_at: string }[];
}

/** The route that app.write_route takes, with the new stop in its place and every time checked by walking the clock. */
export function routeWithVisit(
  planned: PlannedFleet,
  { shift: index, place, load }: Pick<PlannedPart, "shift" | "place" | "load">,
  { toSec, toM, fromSec, fromM }: VisitRows,
  window: { readonly startSec: number; readonly endSec: number },
  holdId: string,
  originSec: number,
): PlannedRoute {
  const { route, firstRow, homeRow } = planned.routes.shifts[index]!;
  const before = place === 0 ? homeRow : firstRow + place - 1;
  const behind = place === route.length ? homeRow : firstRow + place;
  const grown = insertVisit(
    route,
    {
      windowStartSec: window.startSec - originSec,
      windowEndSec: window.endSec - originSec,
      serviceSec: load.serviceSec,
    },
    place,
    { sec: toSec[before]!, m: toM[before]! },
    { sec: fromSec[behind]!, m: fromM[behind]! },
  );
  const { earliestSec } = timelineOf(grown);
  const flaw = findRouteFlaw(grown, earliestSec);
  if (flaw) throw new Error(`the engine made a route that cannot be driven: ${flaw.flaw} at ${flaw.position}`);

  const ids = planned.loaded[index]!.row.stopIds.toSpliced(place, 0, holdId);
  let freeAt = grown.startSec;
  return {
    return_leg_sec: grown.homeLegSec,
    return_leg_m: grown.homeLegM,
    stops: ids.map((id, p) => {
      const arrive = freeAt + grown.legSec[p]!;
      freeAt = earliestSec[p]! + grown.serviceSec[p]!;
      return {
        id,
        leg_sec: grown.legSec[p]!,
        leg_m: grown.legM[p]!,
        arrive_at: instant(originSec + arrive),
        start_at: instant(originSec + earliestSec[p]!),
      };
    }),
  };
}
