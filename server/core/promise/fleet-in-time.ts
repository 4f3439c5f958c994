import { firstEndingAfter, type OfferRoutes, type OfferWindows } from "../routing/offer-windows.ts";
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
 * What of a fleet any door has to ask for these windows, were it on the way. Shifts that repeat another are left out: of equally
 * cheap places the first one is taken. Made once for a set of plans. Time: places, plus the windows that pass.
 */
export function fleetInTime({ offer, fromShift, isRepeat }: FleetRoutes, windows: OfferWindows): FleetInTime {
  const { from } = offer;
  // Parallel: of each route that is asked, which shift it is, and its places.
  const asked: number[] = [];
  const firstOf: number[] = [];
  const endOf: number[] = [];
  const span = { first: 0, end: 0 };
  const nodeCount = fromShift.length - 1;
  const fromRoute = new Int32Array(nodeCount + 1);
  for (let node = 0; node < nodeCount; node++) {
    fromRoute[node] = asked.length;
    for (let shift = fromShift[node]!; shift < fromShift[node + 1]!; shift++) {
      if (isRepeat[shift]) continue;
      findPlacesInTime(offer, shift, windows, span);
      if (span.first === span.end) continue;
      asked.push(shift);
      firstOf.push(span.first);
      endOf.push(span.end);
    }
  }
  fromRoute[nodeCount] = asked.length;

  const { loadCount } = offer;
  const places: number[] = [];
  const shift = Int32Array.from(asked);
  const fromPlace = new Int32Array(asked.length + 1);
  for (let r = 0; r < asked.length; r++) {
    for (let p = firstOf[r]!; p < endOf[r]!; p++) places.push(p);
    fromPlace[r + 1] = places.length;
  }
  const firstPlace = new Int32Array(asked.length);
  const freeLoad = new Int32Array(asked.length * loadCount);
  for (const [r, s] of asked.entries()) {
    firstPlace[r] = firstOf[r]! - from[s]!;
    for (let d = 0; d < loadCount; d++) freeLoad[r * loadCount + d] = offer.freeLoad[s * loadCount + d]!;
  }
  return {
    offer: {
      routeCount: asked.length,
      loadCount,
      from: fromPlace,
      readySec: take(offer.readySec, places, new Int32Array(places.length)),
      latestSec: take(offer.latestSec, places, new Int32Array(places.length)),
      before: take(offer.before, places, new Int32Array(places.length)),
      behind: take(offer.behind, places, new Int32Array(places.length)),
      legCost: take(offer.legCost, places, new Float64Array(places.length)),
      metreCost: take(offer.metreCost, asked, new Float64Array(asked.length)),
      secondCost: take(offer.secondCost, asked, new Float64Array(asked.length)),
      freeLoad,
      has: take(offer.has, asked, new Int32Array(asked.length)),
    },
    shift,
    firstPlace,
    fromRoute,
  };
}

/** The values that stand at these places, written to `out`. Typed arrays made of an iterator take several times as long. */
function take<Values extends Int32Array | Float64Array>(
  values: Values,
  places: readonly number[],
  out: Values,
): Values {
  for (let i = 0; i < places.length; i++) out[i] = values[places[i]!]!;
  return out;
}

/** Writes the first and behind the last place of a route that is in time for one of the windows; the same twice where none is. */
function findPlacesInTime(
  { from, readySec, latestSec }: OfferRoutes,
  route: number,
  { startSec, endSec }: OfferWindows,
  span: { first: number; end: number },
): void {
  span.first = span.end = 0;
  let window = firstEndingAfter(endSec, readySec[from[route]!]!);
  for (let p = from[route]!; p < from[route + 1]!; p++) {
    while (window < endSec.length && endSec[window]! <= readySec[p]!) window++;
    if (window === endSec.length) return;
    if (startSec[window]! > latestSec[p]!) continue;
    if (span.end === 0) span.first = p;
    span.end = p + 1;
  }
}
