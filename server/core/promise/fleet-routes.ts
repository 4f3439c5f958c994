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

/** The planned shifts of a region, those of a node together, ready to be asked for offers. */
export interface FleetRoutes {
  readonly shifts: readonly FleetShift[];
  readonly offer: OfferRoutes;
  /** By node: its own shifts, as a view of the same arrays. */
  readonly ofNode: readonly NodeRoutes[];
}

export interface NodeRoutes {
  readonly offer: OfferRoutes;
  /** Which of all shifts its first one is. */
  readonly firstShift: number;
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

  let from = 0;
  const ofNode = Array.from({ length: nodeCount }, (_, node): NodeRoutes => {
    const first = from;
    while (from < shifts.length && shifts[from]!.node === node) from++;
    return { offer: offersOf(offer, first, from), firstShift: first };
  });
  if (from !== shifts.length) throw new Error("shifts are not in the order of their nodes");
  return { shifts, offer, ofNode };
}

/** The shifts first … end − 1 alone, as a view of the same arrays. */
export function offersOf(offer: OfferRoutes, first: number, end: number): OfferRoutes {
  return {
    ...offer,
    routeCount: end - first,
    from: offer.from.subarray(first, end + 1),
    metreCost: offer.metreCost.subarray(first, end),
    secondCost: offer.secondCost.subarray(first, end),
    freeLoad: offer.freeLoad.subarray(first * offer.loadCount, end * offer.loadCount),
    has: offer.has.subarray(first, end),
  };
}
