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
  /** By shift: 1 where it has no stops, and an earlier one of its node is like it in all that an offer looks at. */
  readonly isRepeat: Uint8Array;
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
    metreCost: new Float64Array(shifts.length),
    secondCost: new Float64Array(shifts.length),
    freeLoad: new Int32Array(2 * shifts.length),
    has: new Int32Array(shifts.length),
  };
  let place = 0;
  for (let s = 0; s < shifts.length; s++) {
    const { route, timeline, firstRow, homeRow, centsPerM, centsPerSec, freeG, freeMl, has } = shifts[s]!;
    offer.from[s] = place;
    offer.metreCost[s] = centsPerM;
    offer.secondCost[s] = centsPerSec;
    offer.freeLoad[2 * s] = freeG;
    offer.freeLoad[2 * s + 1] = freeMl;
    offer.has[s] = has;
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
  return { shifts, offer, fromShift, isRepeat: findRepeats(offer, fromShift) };
}

/** Time: the shifts, plus pairs of different ones of a node that have no stops and leave together. */
function findRepeats(offer: OfferRoutes, fromShift: Int32Array): Uint8Array {
  const { routeCount, from, readySec } = offer;
  const isRepeat = new Uint8Array(routeCount);
  for (let node = 0; node + 1 < fromShift.length; node++) {
    const empty = new Map<number, number[]>();
    for (let shift = fromShift[node]!; shift < fromShift[node + 1]!; shift++) {
      if (from[shift + 1]! - from[shift]! > 1) continue;
      const leavesSec = readySec[from[shift]!]!;
      const others = empty.get(leavesSec);
      if (!others) empty.set(leavesSec, [shift]);
      else if (others.some((other) => areAlike(offer, other, shift))) isRepeat[shift] = 1;
      else others.push(shift);
    }
  }
  return isRepeat;
}

/** Whether two shifts without stops are alike. */
function areAlike(offer: OfferRoutes, one: number, other: number): boolean {
  const { from, latestSec, before, behind, legCost, metreCost, secondCost, has, loadCount, freeLoad } = offer;
  const [p, q] = [from[one]!, from[other]!];
  if (latestSec[p] !== latestSec[q] || before[p] !== before[q] || behind[p] !== behind[q]) return false;
  if (legCost[p] !== legCost[q] || metreCost[one] !== metreCost[other] || secondCost[one] !== secondCost[other])
    return false;
  if (has[one] !== has[other]) return false;
  for (let d = 0; d < loadCount; d++)
    if (freeLoad[one * loadCount + d] !== freeLoad[other * loadCount + d]) return false;
  return true;
}
