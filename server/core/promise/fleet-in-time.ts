import type { OfferRoutes, OfferWindows } from "../routing/offer-windows.ts";
import type { FleetRoutes } from "./fleet-routes.ts";

/** The routes of a fleet that could stop once more in one of some windows, and the places in them: the only ones to ask. */
export interface FleetInTime {
  readonly offer: OfferRoutes;
  /** By route of the offer: which of the fleet's shifts it is, and which place of that shift's its first one is. */
  readonly shift: Int32Array;
  readonly firstPlace: Int32Array;
  /** By node: which route is its first; those up to the next node's are its own. */
  readonly fromRoute: Int32Array;
}

/**
 * What of a fleet any door has to ask for these windows, were it on the way. Of shifts that are alike in all that an offer
 * looks at, as empty ones of one node often are, only the first is there: of equally cheap places the first one is taken.
 * Made once for a set of plans. Time: places, plus the windows that pass, plus pairs of different empty shifts of a node.
 */
export function fleetInTime({ shifts, offer, fromShift }: FleetRoutes, windows: OfferWindows): FleetInTime {
  const routes: { shift: number; first: number; end: number }[] = [];
  const nodeCount = fromShift.length - 1;
  const fromRoute = new Int32Array(nodeCount + 1);
  for (let node = 0; node < nodeCount; node++) {
    fromRoute[node] = routes.length;
    const empty: number[] = [];
    for (let shift = fromShift[node]!; shift < fromShift[node + 1]!; shift++) {
      const { first, end } = placesInTime(offer, shift, windows);
      if (first === end) continue;
      if (shifts[shift]!.route.length === 0) {
        if (empty.some((other) => areAlike(offer, other, shift))) continue;
        empty.push(shift);
      }
      routes.push({ shift, first, end });
    }
  }
  fromRoute[nodeCount] = routes.length;

  const { loadCount } = offer;
  const places = routes.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, p) => first + p));
  const shift = Int32Array.from(routes, (route) => route.shift);
  const from = new Int32Array(routes.length + 1);
  for (const [r, { first, end }] of routes.entries()) from[r + 1] = from[r]! + end - first;
  return {
    offer: {
      routeCount: routes.length,
      loadCount,
      from,
      readySec: Int32Array.from(places, (p) => offer.readySec[p]!),
      latestSec: Int32Array.from(places, (p) => offer.latestSec[p]!),
      before: Int32Array.from(places, (p) => offer.before[p]!),
      behind: Int32Array.from(places, (p) => offer.behind[p]!),
      legCost: Float64Array.from(places, (p) => offer.legCost[p]!),
      metreCost: Float64Array.from(shift, (s) => offer.metreCost[s]!),
      secondCost: Float64Array.from(shift, (s) => offer.secondCost[s]!),
      freeLoad: Int32Array.from(
        { length: shift.length * loadCount },
        (_, i) => offer.freeLoad[shift[Math.floor(i / loadCount)]! * loadCount + (i % loadCount)]!,
      ),
      has: Int32Array.from(shift, (s) => offer.has[s]!),
    },
    shift,
    firstPlace: Int32Array.from(routes, ({ shift, first }) => first - offer.from[shift]!),
    fromRoute,
  };
}

/** From the first to behind the last place of a route that is in time for one of the windows. */
function placesInTime(
  { from, readySec, latestSec }: OfferRoutes,
  route: number,
  { startSec, endSec }: OfferWindows,
): { first: number; end: number } {
  let first = -1;
  let end = -1;
  let window = 0;
  for (let p = from[route]!; p < from[route + 1]!; p++) {
    while (window < endSec.length && endSec[window]! <= readySec[p]!) window++;
    if (window === endSec.length) break;
    if (startSec[window]! > latestSec[p]!) continue;
    if (first < 0) first = p;
    end = p + 1;
  }
  return { first, end };
}

/** Whether two empty shifts of a node are alike. */
function areAlike(offer: OfferRoutes, one: number, other: number): boolean {
  const { from, loadCount, freeLoad } = offer;
  const ofPlaces = ["readySec", "latestSec", "before", "behind", "legCost"] as const;
  const ofRoutes = ["metreCost", "secondCost", "has"] as const;
  for (const column of ofPlaces) if (offer[column][from[one]!] !== offer[column][from[other]!]) return false;
  for (const column of ofRoutes) if (offer[column][one] !== offer[column][other]) return false;
  for (let d = 0; d < loadCount; d++)
    if (freeLoad[one * loadCount + d] !== freeLoad[other * loadCount + d]) return false;
  return true;
}
