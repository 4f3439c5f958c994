import type {
  cheapestPlace,
  createOffers,
  findPlaces,
  markRowsInTime,
  OfferRoutes,
  OfferWindows,
  offerWindows,
  VisitRows,
} from "./offer-windows.ts";
import { NO_WAY_SEC } from "./problem.ts";

// The oracle knows stops, not places: it puts the visit everywhere, walks the clock and adds the legs.

/** What is asked for offers. An argument, so that a broken copy can be asked too. */
export interface OfferEngine {
  readonly createOffers: typeof createOffers;
  readonly offerWindows: typeof offerWindows;
  readonly markRowsInTime: typeof markRowsInTime;
  readonly findPlaces: typeof findPlaces;
  readonly cheapestPlace: typeof cheapestPlace;
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
export function offersFault(engine: OfferEngine, town: OfferTown): string | null {
  const offers = engine.createOffers(town.windows.length);
  const surcharge = Float64Array.from(town.vans, (van) => van.surcharge);
  const routes = toRoutes(town);
  const windows = toWindows(town);
  // What no window needs is not known.
  const rowCount = placesOfRows(town).length;
  const isBefore = new Uint8Array(rowCount);
  const isBehind = new Uint8Array(rowCount);
  engine.markRowsInTime(routes, windows, isBefore, isBehind);
  const { toSec, toM, fromSec, fromM } = toRows(town);
  const rows = {
    toSec: toSec.map((sec, row) => (isBefore[row] ? sec : NO_WAY_SEC)),
    toM,
    fromSec: fromSec.map((sec, row) => (isBehind[row] ? sec : NO_WAY_SEC)),
    fromM,
  };
  engine.offerWindows(routes, { ...town.visit, surcharge }, rows, windows, offers);
  for (const [w, [startSec, endSec]] of town.windows.entries()) {
    const best = cheapestByWalk(town, w);
    const places = engine.findPlaces(routes, rows, startSec, endSec, 0, routes.routeCount);
    const byItself = engine.cheapestPlace(routes, places, town.visit, (route) => surcharge[route]!);
    const fault =
      faultOf({ cost: offers.cost[w]!, route: offers.route[w]!, place: offers.place[w]! }, best) ??
      faultOf(byItself ?? NOWHERE, best);
    if (fault) return `window ${w} ${fault}`;
  }
  return null;
}

interface Offered {
  readonly cost: number;
  readonly route: number;
  readonly place: number;
}

const NOWHERE: Offered = { cost: Infinity, route: -1, place: -1 };

function faultOf({ cost, route, place }: Offered, best: Offered): string | null {
  const offered = `is offered for ${cost} in route ${route} at place ${place}`;
  if (cost !== best.cost) return `${offered}, and can be had for ${best.cost}`;
  if (best.place === -1 && place !== -1) return "is offered at a place, and nobody can serve it";
  if (best.place !== -1 && (route !== best.route || place !== best.place))
    return `${offered}, and route ${best.route} has the first such at ${best.place}`;
  return null;
}

function cheapestByWalk(town: OfferTown, window: number): Offered {
  const { visit, vans } = town;
  const [windowStartSec, windowEndSec] = town.windows[window]!;
  let best = NOWHERE;
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

/** Each van's home and then its stops have rows of their own: where each row is. */
function placesOfRows({ vans }: OfferTown): number[] {
  return vans.flatMap(({ stops }) => [HOME, ...stops.map((stop) => stop.at)]);
}

/** The routes with what the engine wants of each place, worked out by driving with everything behind it later and later. */
function toRoutes({ sec, m, placeCount, vans, visit }: OfferTown): OfferRoutes {
  let homeRow = 0;
  const places = vans.flatMap((van) => {
    const home = homeRow;
    homeRow += 1 + van.stops.length;
    return Array.from({ length: van.stops.length + 1 }, (_, p) => {
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
      const cost = m[arc]! * van.metreCost + sec[arc]! * van.secondCost;
      return { ready, latest, before: home + p, behind: p === van.stops.length ? home : home + p + 1, cost };
    });
  });
  const from = [0];
  for (const van of vans) from.push(from.at(-1)! + van.stops.length + 1);
  return {
    routeCount: vans.length,
    loadCount: visit.load.length,
    from: Int32Array.from(from),
    readySec: Int32Array.from(places, (place) => place.ready),
    latestSec: Int32Array.from(places, (place) => place.latest),
    before: Int32Array.from(places, (place) => place.before),
    behind: Int32Array.from(places, (place) => place.behind),
    legCost: Float64Array.from(places, (place) => place.cost),
    metreCost: Float64Array.from(vans, (van) => van.metreCost),
    secondCost: Float64Array.from(vans, (van) => van.secondCost),
    freeLoad: Int32Array.from(vans.flatMap((van) => van.room)),
    has: Int32Array.from(vans, (van) => van.has),
  };
}

function toRows(town: OfferTown): VisitRows {
  const { sec, m, placeCount, visit } = town;
  const row = (matrix: readonly number[], arcOf: (place: number) => number) =>
    Int32Array.from(placesOfRows(town), (place) => matrix[arcOf(place)]!);
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
