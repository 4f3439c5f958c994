import type { createOffers, OfferRoutes, OfferWindows, offerWindows, VisitRows } from "./offer-windows.ts";

// The oracle knows stops, not places: it puts the visit everywhere, walks the clock and adds the legs.

/** What is asked for offers. An argument, so that a broken copy can be asked too. */
export interface OfferEngine {
  readonly createOffers: typeof createOffers;
  readonly offerWindows: typeof offerWindows;
}

export interface OfferStop {
  readonly at: number;
  readonly windowStartSec: number;
  readonly windowEndSec: number;
  readonly serviceSec: number;
}

export interface OfferVan {
  readonly startSec: number;
  readonly endSec: number;
  /** By kind of load. */
  readonly room: readonly number[];
  readonly has: number;
  readonly metreCost: number;
  readonly secondCost: number;
  readonly surcharge: number;
  readonly stops: readonly OfferStop[];
}

/** Matrices row by row; the vans live at place 0. */
export interface OfferTown {
  readonly placeCount: number;
  readonly sec: readonly number[];
  readonly m: readonly number[];
  readonly vans: readonly OfferVan[];
  readonly visit: {
    readonly at: number;
    readonly serviceSec: number;
    readonly load: readonly number[];
    readonly needs: number;
  };
  readonly windows: readonly (readonly [startSec: number, endSec: number])[];
}

const HOME = 0;

/** Where an offer differs from the cheapest place that trying every place finds, or null. */
export function offersFault({ createOffers, offerWindows }: OfferEngine, town: OfferTown): string | null {
  const offers = createOffers(town.windows.length);
  const surcharge = Float64Array.from(town.vans, (van) => van.surcharge);
  offerWindows(toRoutes(town), { ...town.visit, surcharge }, toRows(town), toWindows(town), offers);
  for (const w of town.windows.keys()) {
    const best = cheapestPlace(town, w);
    const offered = `${offers.cost[w]} in route ${offers.route[w]} at place ${offers.place[w]}`;
    if (offers.cost[w] !== best.cost) return `window ${w} is offered for ${offered}, and can be had for ${best.cost}`;
    if (best.place === -1 && offers.place[w] !== -1)
      return `window ${w}, which nobody can serve, is offered at a place`;
    if (best.place !== -1 && (offers.route[w] !== best.route || offers.place[w] !== best.place))
      return `window ${w} is offered for ${offered}, and route ${best.route} has the first such at ${best.place}`;
  }
  return null;
}

function cheapestPlace(town: OfferTown, window: number): { cost: number; route: number; place: number } {
  const { visit, vans } = town;
  const [windowStartSec, windowEndSec] = town.windows[window]!;
  let best = { cost: Infinity, route: -1, place: -1 };
  for (const [route, van] of vans.entries()) {
    if (visit.load.some((load, d) => load > van.room[d]!) || (visit.needs & ~van.has) !== 0) continue;
    for (let place = 0; place <= van.stops.length; place++) {
      const stops = van.stops.toSpliced(place, 0, { ...visit, windowStartSec, windowEndSec });
      if (!canDrive(town, van, stops)) continue;
      const cost = van.surcharge + costOf(town, van, stops) - costOf(town, van, van.stops);
      if (cost < best.cost) best = { cost, route, place };
    }
  }
  return best;
}

/** Whether the van is everywhere in time, and home in time. */
export function canDrive({ sec, placeCount }: OfferTown, van: OfferVan, stops: readonly OfferStop[]): boolean {
  let clock = van.startSec;
  let at = HOME;
  for (const next of stops) {
    clock = Math.max(clock + sec[at * placeCount + next.at]!, next.windowStartSec);
    if (clock >= next.windowEndSec) return false;
    clock += next.serviceSec;
    at = next.at;
  }
  return clock + sec[at * placeCount + HOME]! <= van.endSec;
}

function costOf({ sec, m, placeCount }: OfferTown, van: OfferVan, stops: readonly OfferStop[]): number {
  const way = [HOME, ...stops.map((stop) => stop.at), HOME];
  let total = 0;
  for (let i = 1; i < way.length; i++) {
    const arc = way[i - 1]! * placeCount + way[i]!;
    total += m[arc]! * van.metreCost + sec[arc]! * van.secondCost;
  }
  for (const stop of stops) total += stop.serviceSec * van.secondCost;
  return total;
}

/** The routes with what the engine wants of each place, worked out by driving with everything behind it later and later. */
function toRoutes({ sec, m, placeCount, vans, visit }: OfferTown): OfferRoutes {
  const places = vans.flatMap((van) =>
    Array.from({ length: van.stops.length + 1 }, (_, p) => {
      let ready = van.startSec;
      let at = HOME;
      for (const passed of van.stops.slice(0, p)) {
        ready = Math.max(ready + sec[at * placeCount + passed.at]!, passed.windowStartSec) + passed.serviceSec;
        at = passed.at;
      }
      let latest = van.endSec;
      let to = HOME;
      for (const ahead of van.stops.slice(p).reverse()) {
        latest = Math.min(ahead.windowEndSec - 1, latest - sec[ahead.at * placeCount + to]! - ahead.serviceSec);
        to = ahead.at;
      }
      const arc = at * placeCount + to;
      return { ready, latest, at, to, cost: m[arc]! * van.metreCost + sec[arc]! * van.secondCost };
    }),
  );
  const from = [0];
  for (const van of vans) from.push(from.at(-1)! + van.stops.length + 1);
  return {
    routeCount: vans.length,
    loadCount: visit.load.length,
    from: Int32Array.from(from),
    readySec: Int32Array.from(places, (place) => place.ready),
    latestSec: Int32Array.from(places, (place) => place.latest),
    before: Int32Array.from(places, (place) => place.at),
    behind: Int32Array.from(places, (place) => place.to),
    legCost: Float64Array.from(places, (place) => place.cost),
    metreCost: Float64Array.from(vans, (van) => van.metreCost),
    secondCost: Float64Array.from(vans, (van) => van.secondCost),
    freeLoad: Int32Array.from(vans.flatMap((van) => van.room)),
    has: Int32Array.from(vans, (van) => van.has),
  };
}

function toRows({ sec, m, placeCount, visit }: OfferTown): VisitRows {
  const row = (matrix: readonly number[], arcOf: (place: number) => number) =>
    Int32Array.from({ length: placeCount }, (_, place) => matrix[arcOf(place)]!);
  const to = (place: number) => place * placeCount + visit.at;
  const from = (place: number) => visit.at * placeCount + place;
  return { toSec: row(sec, to), toM: row(m, to), fromSec: row(sec, from), fromM: row(m, from) };
}

function toWindows({ windows }: OfferTown): OfferWindows {
  return {
    startSec: Int32Array.from(windows, ([start]) => start),
    endSec: Int32Array.from(windows, ([, end]) => end),
  };
}
