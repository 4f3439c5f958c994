import type { WindowSpan } from "#server/core/promise/group-windows.ts";
import { insertPart } from "#server/core/promise/insert-part.ts";
import type { PlannedPart } from "#server/core/promise/promise-problem.ts";
import { findRouteFlaw } from "#server/core/routing/check-route.ts";
import type { VisitRows } from "#server/core/routing/offer-windows.ts";
import { timelineOf } from "#server/core/routing/route.ts";
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
  part: Pick<PlannedPart, "shift" | "place" | "load">,
  rows: VisitRows,
  window: WindowSpan,
  holdId: string,
  originSec: number,
): PlannedRoute {
  const span = { startSec: window.startSec - originSec, endSec: window.endSec - originSec };
  const { grown } = insertPart(planned.routes.shifts[part.shift]!, part, rows, span);
  const { earliestSec } = timelineOf(grown);
  const flaw = findRouteFlaw(grown, earliestSec);
  if (flaw) throw new Error(`the engine made a route that cannot be driven: ${flaw.flaw} at ${flaw.position}`);

  const ids = planned.loaded[part.shift]!.row.stopIds.toSpliced(part.place, 0, holdId);
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
