import { createRoute, type Route, type Timeline, timelineOf } from "#server/core/routing/route.ts";
import type { Queryable } from "#server/db/database.ts";
import { SECONDS_PER_DAY } from "#server/domain/units.ts";
import type { PlaceList, Travel } from "#server/travel/travel.ts";
import { type ZoneClock, zoneClock } from "#server/travel/zone-clock.ts";
import { type RouteRow, readRoutes } from "./queries.ts";

/** A shift ready for the engine: its route on typed arrays, its stops snapped to the roads. */
export interface LoadedShift {
  readonly id: string;
  readonly version: number;
  readonly nodeId: string;
  readonly row: RouteRow;
  readonly route: Route;
  readonly timeline: Timeline;
  readonly places: PlaceList;
  /** Time of day of each stop's window, and of the end of the shift: the travel periods of the legs that lead there. */
  readonly stopPeriod: Uint8Array;
  readonly homePeriod: number;
}

/**
 * The plans of one region as last read, kept by plan version: a quote asks the database for versions and loads only the
 * routes that have moved on. Any process may keep one; none of them is trusted, since a hold names the version it
 * computed on and the database refuses an older one.
 */
export interface Fleet {
  /** Core times count from here; epoch seconds. */
  readonly originSec: number;
  readonly travel: Travel;
  readonly clock: ZoneClock;
  periodAt(epochSec: number): number;
  /** The shifts in the order asked for; one that vanished meanwhile is left out. */
  load(db: Queryable, ids: readonly string[], versions: readonly number[]): Promise<LoadedShift[]>;
}

const KEPT_SHIFTS = 20_000;

export function createFleet(travel: Travel, timeZone: string, nowSec: number): Fleet {
  const originSec = Math.floor(nowSec / SECONDS_PER_DAY) * SECONDS_PER_DAY;
  const clock = zoneClock(timeZone);
  const known = new Map<string, LoadedShift>();

  function periodAt(epochSec: number): number {
    const { minuteOfDay, weekend } = clock.read(epochSec);
    return travel.periodAt(minuteOfDay, weekend);
  }

  return {
    originSec,
    travel,
    clock,
    periodAt,
    async load(db, ids, versions) {
      const stale = ids.filter((id, i) => known.get(id)?.version !== versions[i]);
      const loaded = new Map<string, LoadedShift>();
      if (stale.length > 0) {
        if (known.size > KEPT_SHIFTS) known.clear();
        for (const row of await readRoutes(db, stale)) {
          const shift = loadShift(row, travel, periodAt, originSec);
          loaded.set(shift.id, shift);
          // Two quotes may read at once: the one that saw more wins.
          if ((known.get(shift.id)?.version ?? -1) < shift.version) known.set(shift.id, shift);
        }
      }
      return ids.flatMap((id) => loaded.get(id) ?? known.get(id) ?? []);
    },
  };
}

export function loadShift(
  row: RouteRow,
  travel: Travel,
  periodAt: (epochSec: number) => number,
  originSec: number,
): LoadedShift {
  const since = (values: readonly number[]): number[] => values.map((value) => value - originSec);
  const route = createRoute(
    row.startSec - originSec,
    row.endSec - originSec,
    {
      windowStartSec: since(row.windowStartSec),
      windowEndSec: since(row.windowEndSec),
      serviceSec: row.serviceSec,
      legSec: row.legSec,
      legM: row.legM,
    },
    row.homeLegSec,
    row.homeLegM,
  );
  return {
    id: row.id,
    version: row.version,
    nodeId: row.nodeId,
    row,
    route,
    timeline: timelineOf(route),
    places: travel.snapAll(row.lng, row.lat),
    stopPeriod: Uint8Array.from(row.windowStartSec, periodAt),
    homePeriod: periodAt(row.endSec),
  };
}
