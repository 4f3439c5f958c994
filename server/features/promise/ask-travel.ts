import { fleetInTime } from "#server/core/promise/fleet-in-time.ts";
import { groupWindows, type WindowSpan } from "#server/core/promise/group-windows.ts";
import type { WindowAsk } from "#server/core/promise/promise-problem.ts";
import { markRowsInTime } from "#server/core/routing/offer-windows.ts";
import {
  createTravelRow,
  type Place,
  type PlaceList,
  placesAt,
  type TravelRow,
  UNREACHABLE_SEC,
} from "#server/travel/travel.ts";
import type { Fleet, PlannedFleet } from "./fleet.ts";

/** Some rows of travel, as places that are asked for together. */
interface RowsAsked {
  /** The time of day at which the way begins. */
  readonly period: number;
  readonly rows: Int32Array;
  readonly places: PlaceList;
}

/** What is asked of the roads for any door: every way that a van could drive to it, or on from it, in one of the windows. */
interface Reach {
  /** Windows that are driven to at one time of day, and where the vans come from. */
  readonly groups: readonly (RowsAsked & Pick<WindowAsk, "index" | "windows" | "inTime">)[];
  /** Where they go on to. */
  readonly behind: readonly RowsAsked[];
}

/** One fleet is asked for the windows of the day again and again, and in between for a few that a shopper has narrowed. */
const KEPT_REACHES = 8;
const reaches = new WeakMap<PlannedFleet, Map<string, Reach>>();

/**
 * The windows with the travel between a door and the fleet, those that are driven to at one time of day together. Roads are
 * asked only for places that could take a stop in one of the windows; elsewhere it is as if there were no way.
 */
export function asksOf(fleet: Fleet, planned: PlannedFleet, door: Place, windows: readonly WindowSpan[]): WindowAsk[] {
  const { groups, behind } = reachOf(fleet, planned, windows);
  const { travel } = fleet;
  const rowCount = planned.places.length;
  const from = noWays(rowCount);
  for (const { period, rows, places } of behind)
    spread(rows, from, (found) => travel.oneToMany(door, places, period, found));
  return groups.map(({ period, rows, places, index, windows, inTime }) => {
    const to = noWays(rowCount);
    spread(rows, to, (found) => travel.manyToOne(places, door, period, found));
    const ways = { toSec: to.durationSec, toM: to.distanceM, fromSec: from.durationSec, fromM: from.distanceM };
    return { rows: ways, windows, index, inTime };
  });
}

function reachOf(fleet: Fleet, planned: PlannedFleet, windows: readonly WindowSpan[]): Reach {
  let known = reaches.get(planned);
  if (!known) {
    known = new Map();
    reaches.set(planned, known);
  }
  const key = windows.map(({ startSec, endSec }) => `${startSec} ${endSec}`).join();
  let reach = known.get(key);
  if (!reach) {
    if (known.size >= KEPT_REACHES) known.clear();
    reach = findReach(fleet, planned, windows);
    known.set(key, reach);
  }
  return reach;
}

function findReach({ originSec, periodAt }: Fleet, planned: PlannedFleet, windows: readonly WindowSpan[]): Reach {
  const { places, periods, homeRows, routes } = planned;
  const isBehind = new Uint8Array(places.length);
  const groups = groupWindows(windows, ({ startSec }) => periodAt(startSec)).map(({ kind, index }) => {
    const isBefore = new Uint8Array(places.length);
    const spans = {
      startSec: Int32Array.from(index, (w) => windows[w]!.startSec - originSec),
      endSec: Int32Array.from(index, (w) => windows[w]!.endSec - originSec),
    };
    const inTime = fleetInTime(routes, spans);
    markRowsInTime(inTime.offer, spans, isBefore, isBehind);
    // Whether a van could come from home and go back tells what a lost window lacks.
    isBefore.fill(1, homeRows);
    const rows = rowsWhere(isBefore, () => true);
    return {
      period: kind,
      rows,
      places: placesAt(places, rows),
      index: Int32Array.from(index),
      windows: spans,
      inTime,
    };
  });
  isBehind.fill(1, homeRows);
  // On the way from the door every place is reached at a time of day of its own.
  const behind = [...new Set(periods)].map((period) => {
    const rows = rowsWhere(isBehind, (row) => periods[row] === period);
    return { period, rows, places: placesAt(places, rows) };
  });
  return { groups, behind };
}

function rowsWhere(isMarked: Uint8Array, isWanted: (row: number) => boolean): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < isMarked.length; row++) if (isMarked[row] === 1 && isWanted(row)) rows.push(row);
  return Int32Array.from(rows);
}

function noWays(rowCount: number): TravelRow {
  const row = createTravelRow(rowCount);
  row.durationSec.fill(UNREACHABLE_SEC);
  return row;
}

/** Writes what is found for some rows to their places among all. */
function spread(rows: Int32Array, all: TravelRow, find: (found: TravelRow) => void): void {
  const found = createTravelRow(rows.length);
  find(found);
  for (let i = 0; i < rows.length; i++) {
    all.durationSec[rows[i]!] = found.durationSec[i]!;
    all.distanceM[rows[i]!] = found.distanceM[i]!;
  }
}
