/**
 * The routes of a fleet as an offer sees them: every place where a stop could still come in, laid end to end. Place p of
 * route r, `from[r] … from[r + 1] − 1`, lies between the stop (or the start) before it and the stop (or the end) behind it.
 * Built once for a set of plans, asked for every shopper.
 */
export interface OfferRoutes {
  readonly routeCount: number;
  readonly loadCount: number;
  readonly from: Int32Array;
  /** By place: when the vehicle is free to leave what comes before, and the latest start (or arrival) behind. Seconds. */
  readonly readySec: Int32Array;
  readonly latestSec: Int32Array;
  /** By place: where both stand in the rows of a {@link VisitRows}. */
  readonly before: Int32Array;
  readonly behind: Int32Array;
  /** By place: what the leg costs that a stop would replace. */
  readonly legCost: Float64Array;
  /** By route: what one metre and one second of driving or serving cost, and what is left of each load. */
  readonly metreCost: Float64Array;
  readonly secondCost: Float64Array;
  readonly freeLoad: Int32Array;
  readonly has: Int32Array;
}

/** Travel between the visit and everything that `before` and `behind` name. A row for each, seconds and metres. */
export interface VisitRows {
  readonly toSec: Int32Array;
  readonly toM: Int32Array;
  readonly fromSec: Int32Array;
  readonly fromM: Int32Array;
}

export interface OfferedVisit {
  readonly serviceSec: number;
  /** `loadCount` entries. */
  readonly load: readonly number[];
  readonly needs: number;
  /** By route: what the visit costs there besides its way, such as picking at its home; Infinity where it cannot be. */
  readonly surcharge: Float64Array;
}

/** Half-open windows [startSec, endSec) in order of their starts, and of their ends. */
export interface OfferWindows {
  readonly startSec: Int32Array;
  readonly endSec: Int32Array;
}

/** By window: the route and the place that serve it at the least extra cost; `place` is −1 where none can. Written in place. */
export interface Offers {
  readonly route: Int32Array;
  readonly place: Int32Array;
  readonly cost: Float64Array;
}

export function createOffers(windowCount: number): Offers {
  return {
    route: new Int32Array(windowCount),
    place: new Int32Array(windowCount),
    cost: new Float64Array(windowCount),
  };
}

/**
 * Which of many windows a visit can still have, in which route, at which place, at what extra cost (cheapest insertion
 * with forward time slack: Savelsbergh 1992). Of equally cheap places the first one. Asks the routes `firstRoute` …
 * `endRoute` − 1.
 *
 * What does not depend on the window is computed once a place. Along a route a vehicle is ready ever later, so windows
 * that have passed are dropped as the scan goes on: time is places plus the pairs of a place and a window that fit, and
 * nothing is allocated.
 */
export function offerWindows(
  routes: OfferRoutes,
  visit: OfferedVisit,
  rows: VisitRows,
  windows: OfferWindows,
  offers: Offers,
  firstRoute = 0,
  endRoute = routes.routeCount,
): void {
  const { from, readySec, latestSec, before, behind, legCost, loadCount } = routes;
  const { toSec, toM, fromSec, fromM } = rows;
  const { startSec, endSec } = windows;
  const windowCount = startSec.length;
  const { serviceSec } = visit;
  offers.place.fill(-1);
  offers.cost.fill(Number.POSITIVE_INFINITY);

  for (let r = firstRoute; r < endRoute; r++) {
    const surcharge = visit.surcharge[r]!;
    if (surcharge === Number.POSITIVE_INFINITY || (visit.needs & ~routes.has[r]!) !== 0) continue;
    let hasRoom = true;
    for (let d = 0; d < loadCount; d++) hasRoom &&= visit.load[d]! <= routes.freeLoad[r * loadCount + d]!;
    if (!hasRoom) continue;

    const metreCost = routes.metreCost[r]!;
    const secondCost = routes.secondCost[r]!;
    const first = from[r]!;
    const end = from[r + 1]!;
    // The first window that has not ended when the vehicle leaves home.
    let window = firstEndingAfter(endSec, readySec[first]!);
    // Nor one that begins before it must be back, as the last place says.
    if (window === windowCount || startSec[window]! > latestSec[end - 1]!) continue;
    for (let p = first; p < end; p++) {
      const ready = readySec[p]!;
      while (window < windowCount && endSec[window]! <= ready) window++;
      if (window === windowCount) break;
      const arrives = ready + toSec[before[p]!]!;
      const startsBy = latestSec[p]! - fromSec[behind[p]!]! - serviceSec;
      if (arrives > startsBy || startSec[window]! > startsBy) continue;
      const extra =
        surcharge +
        (toM[before[p]!]! + fromM[behind[p]!]!) * metreCost +
        (toSec[before[p]!]! + fromSec[behind[p]!]! + serviceSec) * secondCost -
        legCost[p]!;
      for (let w = window; w < windowCount && startSec[w]! <= startsBy; w++) {
        if (arrives >= endSec[w]! || extra >= offers.cost[w]!) continue;
        offers.cost[w] = extra;
        offers.route[w] = r;
        offers.place[w] = p - first;
      }
    }
  }
}

/** Places of some routes that are in time for one window; of each, what does not depend on who visits. Parallel arrays. */
export interface PlacesInTime {
  readonly route: number[];
  readonly place: number[];
  /** The longest that a visit may take there. */
  readonly mostServiceSec: number[];
  /** Metres and seconds to it and on from it. */
  readonly wayM: number[];
  readonly waySec: number[];
  readonly legCost: number[];
}

/** The places of the routes `firstRoute` … `endRoute` − 1 that could take some visit in the window. */
export function findPlaces(
  { from, readySec, latestSec, before, behind, legCost }: OfferRoutes,
  { toSec, toM, fromSec, fromM }: VisitRows,
  startSec: number,
  endSec: number,
  firstRoute: number,
  endRoute: number,
): PlacesInTime {
  const places: PlacesInTime = { route: [], place: [], mostServiceSec: [], wayM: [], waySec: [], legCost: [] };
  for (let r = firstRoute; r < endRoute; r++) {
    const first = from[r]!;
    const end = from[r + 1]!;
    if (startSec > latestSec[end - 1]!) continue;
    for (let p = first; p < end && readySec[p]! < endSec; p++) {
      const arrives = readySec[p]! + toSec[before[p]!]!;
      const mostServiceSec = latestSec[p]! - fromSec[behind[p]!]! - Math.max(arrives, startSec);
      if (arrives >= endSec || mostServiceSec < 0) continue;
      places.route.push(r);
      places.place.push(p - first);
      places.mostServiceSec.push(mostServiceSec);
      places.wayM.push(toM[before[p]!]! + fromM[behind[p]!]!);
      places.waySec.push(toSec[before[p]!]! + fromSec[behind[p]!]!);
      places.legCost.push(legCost[p]!);
    }
  }
  return places;
}

/** As offerWindows for the window of these places: where the visit costs the least, or null. */
export function cheapestPlace(
  routes: OfferRoutes,
  places: PlacesInTime,
  { serviceSec, load, needs }: Omit<OfferedVisit, "surcharge">,
  surchargeOf: (route: number) => number,
): { readonly route: number; readonly place: number; readonly cost: number } | null {
  const { loadCount, freeLoad, has, metreCost, secondCost } = routes;
  let best = -1;
  let cost = Number.POSITIVE_INFINITY;
  let route = -1;
  let surcharge = Number.POSITIVE_INFINITY;
  for (let i = 0; i < places.route.length; i++) {
    if (places.route[i] !== route) {
      route = places.route[i]!;
      let takes = (needs & ~has[route]!) === 0;
      for (let d = 0; d < loadCount; d++) takes &&= load[d]! <= freeLoad[route * loadCount + d]!;
      surcharge = takes ? surchargeOf(route) : Number.POSITIVE_INFINITY;
    }
    if (serviceSec > places.mostServiceSec[i]!) continue;
    const extra =
      surcharge +
      places.wayM[i]! * metreCost[route]! +
      (places.waySec[i]! + serviceSec) * secondCost[route]! -
      places.legCost[i]!;
    if (extra >= cost) continue;
    cost = extra;
    best = i;
  }
  return best < 0 ? null : { route: places.route[best]!, place: places.place[best]!, cost };
}

/**
 * Marks the rows of travel that any place needs which could still take a stop in one of the windows, were the door on its
 * way: no other can make an offer. Time: places plus the windows that pass.
 */
export function markRowsInTime(
  { routeCount, from, readySec, latestSec, before, behind }: OfferRoutes,
  { startSec, endSec }: OfferWindows,
  isBefore: Uint8Array,
  isBehind: Uint8Array,
): void {
  for (let r = 0; r < routeCount; r++) {
    const first = from[r]!;
    let window = firstEndingAfter(endSec, readySec[first]!);
    for (let p = first; p < from[r + 1]!; p++) {
      while (window < endSec.length && endSec[window]! <= readySec[p]!) window++;
      if (window === endSec.length) break;
      if (startSec[window]! > latestSec[p]!) continue;
      isBefore[before[p]!] = 1;
      isBehind[behind[p]!] = 1;
    }
  }
}

/** Which of the windows is the first that ends later than `sec`; their number where none does. */
export function firstEndingAfter(endSec: Int32Array, sec: number): number {
  let low = 0;
  for (let high = endSec.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (endSec[middle]! > sec) high = middle;
    else low = middle + 1;
  }
  return low;
}
