import { findRouteFlaw } from "#server/core/routing/check-route.ts";
import { insertVisit } from "#server/core/routing/insertion.ts";
import { timelineOf } from "#server/core/routing/route.ts";
import { instant } from "#server/domain/instant.ts";
import type { PromiseProblem } from "./to-problem.ts";

/** What app.write_route takes. */
export interface PlannedRoute {
  readonly return_leg_sec: number;
  readonly return_leg_m: number;
  readonly stops: readonly { id: string; leg_sec: number; leg_m: number; arrive_at: string; start_at: string }[];
}

/** The route that app.write_route takes, with the new stop in its place and every time checked by walking the clock. */
export function routeWithVisit(
  problem: PromiseProblem,
  shiftIndex: number,
  position: number,
  holdId: string,
  originSec: number,
): PlannedRoute {
  const shift = problem.shifts[shiftIndex]!;
  const { route, offset, home } = shift;
  const { travel, startSec, endSec } = problem.windows[0]!;
  const isFirst = position === 0;
  const isLast = position === route.length;
  const grown = insertVisit(
    route,
    { windowStartSec: startSec, windowEndSec: endSec, serviceSec: problem.parcel.serviceSec },
    position,
    isFirst
      ? { sec: travel.homeToSec[home]!, m: travel.homeToM[home]! }
      : { sec: travel.toSec[offset + position - 1]!, m: travel.toM[offset + position - 1]! },
    isLast
      ? { sec: travel.homeFromSec[home]!, m: travel.homeFromM[home]! }
      : { sec: travel.fromSec[offset + position]!, m: travel.fromM[offset + position]! },
  );
  const { earliestSec } = timelineOf(grown);
  const flaw = findRouteFlaw(grown, earliestSec);
  if (flaw) throw new Error(`the engine made a route that cannot be driven: ${flaw.flaw} at ${flaw.position}`);

  const ids = [...problem.loaded[shiftIndex]!.row.stopIds];
  ids.splice(position, 0, holdId);
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
