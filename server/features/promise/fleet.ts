import { coldOf } from "#server/core/promise/cart-load.ts";
import { createFleetRoutes, type FleetRoutes, type FleetShift } from "#server/core/promise/fleet-routes.ts";
import { createRoute, type Route, type Timeline, timelineOf } from "#server/core/routing/route.ts";
import type { Queryable } from "#server/db/database.ts";
import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from "#server/domain/units.ts";
import { createPlaceList, type PlaceList, type Travel } from "#server/travel/travel.ts";
import { periodClock } from "#server/travel/zone-clock.ts";
import { type NodeRow, type RouteRow, readRoutes } from "./queries.ts";

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

/** Plans of a region's nodes prepared for offers: which shift of `routes` is which, and where its rows of travel lie. */
export interface PlannedFleet {
  /** In the order of `routes`. */
  readonly loaded: readonly LoadedShift[];
  readonly routes: FleetRoutes;
  /** By row of travel: every stop, and from `homeRows` on every node at each time of day at which a shift of its ends. */
  readonly places: PlaceList;
  readonly homeRows: number;
  /** By row: the time of day at which a van comes there. */
  readonly periods: Uint8Array;
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
  periodAt(epochSec: number): number;
  /** The shifts in the order asked for; one that vanished meanwhile is left out. */
  load(db: Queryable, ids: readonly string[], versions: readonly number[]): Promise<readonly LoadedShift[]>;
  /** Nodes in the order in which a problem counts them. The last answer is kept: quotes ask for the same plans again. */
  prepare(nodes: readonly NodeRow[], loaded: readonly LoadedShift[]): PlannedFleet;
  /** Which of the nodes hand over at a counter now, and where. The last answer is kept: quotes ask of the same nodes again. */
  counters(nodes: readonly NodeRow[]): Counters;
}

/** Parallel: which of the nodes each is, and its place. */
export interface Counters {
  readonly node: readonly number[];
  readonly places: PlaceList;
}

const KEPT_SHIFTS = 20_000;

export function createFleet(travel: Travel, timeZone: string, nowSec: number): Fleet {
  const originSec = Math.floor(nowSec / SECONDS_PER_DAY) * SECONDS_PER_DAY;
  const periodAt = periodClock(travel, timeZone);
  const known = new Map<string, LoadedShift>();
  let lastLoaded: { ids: readonly string[]; versions: readonly number[]; shifts: readonly LoadedShift[] } | undefined;
  let counted: { nodes: readonly NodeRow[]; counters: Counters } | undefined;
  let prepared: { nodeIds: readonly string[]; loaded: readonly LoadedShift[]; planned: PlannedFleet } | undefined;

  return {
    originSec,
    travel,
    periodAt,
    async load(db, ids, versions) {
      if (lastLoaded?.ids === ids && lastLoaded.versions === versions) return lastLoaded.shifts;
      // From one plan to the next almost all are where they were.
      const last = lastLoaded;
      const isWhereItWas = (i: number) => last?.ids[i] === ids[i] && last?.versions[i] === versions[i];
      const stale = ids.filter((id, i) => !isWhereItWas(i) && known.get(id)?.version !== versions[i]);
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
      const shifts: LoadedShift[] = [];
      for (let i = 0; i < ids.length; i++) {
        const shift = isWhereItWas(i) ? last!.shifts[i] : (loaded.get(ids[i]!) ?? known.get(ids[i]!));
        if (shift) shifts.push(shift);
      }
      // One that was read has moved on meanwhile, or is gone: asked again, it may be there.
      const isAsAsked = shifts.length === ids.length && shifts.every((shift, i) => shift.version === versions[i]);
      if (isAsAsked) lastLoaded = { ids, versions, shifts };
      return shifts;
    },
    prepare(nodes, loaded) {
      const isSame =
        prepared &&
        isEqual(prepared.nodeIds, nodes, (node) => node.id) &&
        (prepared.loaded === loaded || isEqual(prepared.loaded, loaded, (shift) => shift));
      if (!prepared || !isSame)
        prepared = {
          nodeIds: nodes.map((node) => node.id),
          loaded,
          planned: prepareFleet(travel, nodes, loaded),
        };
      return prepared.planned;
    },
    counters(nodes) {
      if (counted?.nodes !== nodes) counted = { nodes, counters: countersOf(travel, nodes) };
      return counted.counters;
    },
  };
}

function countersOf(travel: Travel, nodes: readonly NodeRow[]): Counters {
  const node = nodes.flatMap(({ offersPickup, paused }, n) => (offersPickup && !paused ? n : []));
  return {
    node,
    places: travel.snapAll(
      node.map((n) => nodes[n]!.lng),
      node.map((n) => nodes[n]!.lat),
    ),
  };
}

function isEqual<A, B>(known: readonly A[], asked: readonly B[], keyOf: (one: B) => A): boolean {
  return known.length === asked.length && asked.every((one, i) => keyOf(one) === known[i]);
}

/** Prepares any shifts of these nodes, in whatever order they come. */
export function prepareFleet(
  travel: Travel,
  nodes: readonly NodeRow[],
  unsorted: readonly LoadedShift[],
): PlannedFleet {
  const nodeIndex = new Map(nodes.map((node, n) => [node.id, n]));
  const ofNode = nodes.map((): LoadedShift[] => []);
  for (const shift of unsorted) {
    const n = nodeIndex.get(shift.nodeId);
    if (n !== undefined) ofNode[n]!.push(shift);
  }
  const loaded = ofNode.flat();
  const stopCount = loaded.reduce((sum, { route }) => sum + route.length, 0);
  /** By node and the time of day at which its vans come back. */
  const homes = new Map<number, { row: number; node: NodeRow; period: number }>();
  const shifts: FleetShift[] = [];
  let row = 0;
  for (const [n, ofThis] of ofNode.entries()) {
    for (const shift of ofThis) {
      const key = n * travel.periodCount + shift.homePeriod;
      let home = homes.get(key);
      if (!home) {
        home = { row: stopCount + homes.size, node: nodes[n]!, period: shift.homePeriod };
        homes.set(key, home);
      }
      const { limitG, limitMl, claimedG, claimedMl, kmCents, hourCents } = shift.row;
      shifts.push({
        route: shift.route,
        timeline: shift.timeline,
        node: n,
        firstRow: row,
        homeRow: home.row,
        limitG,
        limitMl,
        freeG: limitG - claimedG,
        freeMl: limitMl - claimedMl,
        has: coldOf(shift.row),
        centsPerM: kmCents / 1000,
        centsPerSec: hourCents / SECONDS_PER_HOUR,
      });
      row += shift.route.length;
    }
  }

  const ends = [...homes.values()];
  const homePlaces = travel.snapAll(
    ends.map(({ node }) => node.lng),
    ends.map(({ node }) => node.lat),
  );
  const periods = new Uint8Array(stopCount + ends.length);
  for (const [s, shift] of loaded.entries())
    if (shift.route.length > 0) periods.set(shift.stopPeriod, shifts[s]!.firstRow);
  periods.set(
    ends.map(({ period }) => period),
    stopCount,
  );
  return {
    loaded,
    routes: createFleetRoutes(shifts, nodes.length),
    places: concatPlaces([...loaded.map((shift) => shift.places), homePlaces]),
    homeRows: stopCount,
    periods,
  };
}

function concatPlaces(lists: readonly PlaceList[]): PlaceList {
  const all = createPlaceList(lists.reduce((sum, list) => sum + list.length, 0));
  let offset = 0;
  for (const list of lists) {
    if (list.length === 0) continue;
    all.lng.set(list.lng, offset);
    all.lat.set(list.lat, offset);
    all.edge.set(list.edge, offset);
    all.along.set(list.along, offset);
    offset += list.length;
  }
  return all;
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
