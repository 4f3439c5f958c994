import type { OfferRoutes } from "../routing/offer-windows.ts";
import type { Route, Timeline } from "../routing/route.ts";

/** A shift as a promise sees it: its route, where its stops and its home stand in the rows of travel times, and its room. */
export interface FleetShift {
  readonly route: Route;
  readonly timeline: Timeline;
  readonly node: number;
  /** Row of its first stop; the others follow. */
  readonly firstRow: number;
  readonly homeRow: number;
  readonly limitG: number;
  readonly limitMl: number;
  readonly freeG: number;
  readonly freeMl: number;
  /** Bits of NEEDS. */
  readonly has: number;
  readonly centsPerM: number;
  readonly centsPerSec: number;
}

/** The planned shifts of a region, those of a node together, with every place where a stop could come in. */
export interface FleetRoutes {
  readonly shifts: readonly FleetShift[];
  readonly offer: OfferRoutes;
  /** By node: which of the shifts is its first; those up to the next node's are its own. `nodeCount + 1` entries. */
  readonly fromShift: Int32Array;
}

/** Shifts in the order of their nodes, 0 … nodeCount − 1. Prepared once for a set of plans. O(stops). */
export function createFleetRoutes(shifts: readonly FleetShift[], nodeCount: number): FleetRoutes {
  const placeCount = shifts.reduce((sum, { route }) => sum + route.length + 1, 0);
  const offer: OfferRoutes = {
    routeCount: shifts.length,
    loadCount: 2,
    from: new Int32Array(shifts.length + 1),
    readySec: new Int32Array(placeCount),
    latestSec: new Int32Array(placeCount),
    before: new Int32Array(placeCount),
    behind: new Int32Array(placeCount),
    legCost: new Float64Array(placeCount),
    metreCost: Float64Array.from(shifts, (shift) => shift.centsPerM),
    secondCost: Float64Array.from(shifts, (shift) => shift.centsPerSec),
    freeLoad: Int32Array.from(shifts.flatMap((shift) => [shift.freeG, shift.freeMl])),
    has: Int32Array.from(shifts, (shift) => shift.has),
  };
  let place = 0;
  for (const [s, { route, timeline, firstRow, homeRow, centsPerM, centsPerSec }] of shifts.entries()) {
    offer.from[s] = place;
    for (let p = 0; p <= route.length; p++, place++) {
      const isFirst = p === 0;
      const isLast = p === route.length;
      offer.readySec[place] = isFirst ? route.startSec : timeline.earliestSec[p - 1]! + route.serviceSec[p - 1]!;
      offer.latestSec[place] = isLast ? route.endSec : timeline.latestSec[p]!;
      offer.before[place] = isFirst ? homeRow : firstRow + p - 1;
      offer.behind[place] = isLast ? homeRow : firstRow + p;
      offer.legCost[place] =
        (isLast ? route.homeLegM : route.legM[p]!) * centsPerM +
        (isLast ? route.homeLegSec : route.legSec[p]!) * centsPerSec;
    }
  }
  offer.from[shifts.length] = place;

  const fromShift = new Int32Array(nodeCount + 1);
  let from = 0;
  for (let node = 0; node < nodeCount; node++) {
    fromShift[node] = from;
    while (from < shifts.length && shifts[from]!.node === node) from++;
  }
  fromShift[nodeCount] = from;
  if (from !== shifts.length) throw new Error("shifts are not in the order of their nodes");
  return { shifts, offer, fromShift };
}
