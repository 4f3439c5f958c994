import fc from "fast-check";
import { expect, test } from "vitest";
import { createOffers, type OfferRoutes, offerWindows } from "./offer-windows.ts";

// The oracle knows stops, not places: it puts the visit everywhere, walks the clock and adds the legs.

interface Stop {
  readonly at: number;
  readonly windowStartSec: number;
  readonly windowEndSec: number;
  readonly serviceSec: number;
}

interface Van {
  readonly startSec: number;
  readonly endSec: number;
  readonly room: number;
  readonly has: number;
  readonly metreCost: number;
  readonly secondCost: number;
  readonly stops: readonly Stop[];
}

const PLACES = 8;
const HOME = 0;

interface Town {
  readonly sec: readonly number[];
  readonly m: readonly number[];
  readonly vans: readonly Van[];
  readonly visit: { serviceSec: number; load: number[]; needs: number; at: number };
  readonly windows: readonly (readonly [number, number])[];
}

const leg = fc.integer({ min: 0, max: 40 });
const stop = fc
  .record({
    at: fc.nat(PLACES - 1),
    windowStartSec: fc.nat(200),
    length: fc.integer({ min: 1, max: 150 }),
    serviceSec: fc.nat(20),
  })
  .map(({ length, ...rest }): Stop => ({ ...rest, windowEndSec: rest.windowStartSec + length }));
const van = fc.record({
  startSec: fc.nat(100),
  endSec: fc.integer({ min: 100, max: 400 }),
  room: fc.nat(3),
  has: fc.nat(3),
  metreCost: fc.nat(3),
  secondCost: fc.nat(3),
  stops: fc.array(stop, { maxLength: 4 }),
});
const towns: fc.Arbitrary<Town> = fc.record({
  sec: fc.array(leg, { minLength: PLACES ** 2, maxLength: PLACES ** 2 }),
  m: fc.array(leg, { minLength: PLACES ** 2, maxLength: PLACES ** 2 }),
  vans: fc.array(van, { maxLength: 4 }),
  visit: fc.record({ serviceSec: fc.nat(20), load: fc.tuple(fc.nat(3)), needs: fc.nat(3), at: fc.nat(PLACES - 1) }),
  windows: fc
    .uniqueArray(fc.nat(30), { maxLength: 6 })
    .chain((starts) =>
      fc
        .integer({ min: 1, max: 60 })
        .map((length) => starts.sort((a, b) => a - b).map((at) => [at * 10, at * 10 + length] as const)),
    ),
});

/** Starts of service, or undefined where something is late. */
function drive({ sec }: Town, { startSec, endSec }: Van, stops: readonly Stop[]): number | undefined {
  let clock = startSec;
  let at = HOME;
  for (const next of stops) {
    clock = Math.max(clock + sec[at * PLACES + next.at]!, next.windowStartSec);
    if (clock >= next.windowEndSec) return undefined;
    clock += next.serviceSec;
    at = next.at;
  }
  clock += sec[at * PLACES + HOME]!;
  return clock <= endSec ? clock : undefined;
}

function costOf({ sec, m }: Town, { metreCost, secondCost }: Van, stops: readonly Stop[]): number {
  const way = [HOME, ...stops.map((one) => one.at), HOME];
  let total = 0;
  for (let i = 1; i < way.length; i++) {
    const arc = way[i - 1]! * PLACES + way[i]!;
    total += m[arc]! * metreCost + sec[arc]! * secondCost;
  }
  for (const one of stops) total += one.serviceSec * secondCost;
  return total;
}

/** The routes with what the engine wants of each place, worked out by driving with everything behind it later and later. */
function toRoutes(town: Town, vans: readonly Van[]): OfferRoutes {
  const places = vans.flatMap((one) =>
    Array.from({ length: one.stops.length + 1 }, (_, p) => {
      let ready = one.startSec;
      let at = HOME;
      for (const passed of one.stops.slice(0, p)) {
        ready = Math.max(ready + town.sec[at * PLACES + passed.at]!, passed.windowStartSec) + passed.serviceSec;
        at = passed.at;
      }
      let latest = one.endSec;
      let to = HOME;
      for (const ahead of one.stops.slice(p).reverse()) {
        latest = Math.min(ahead.windowEndSec - 1, latest - town.sec[ahead.at * PLACES + to]! - ahead.serviceSec);
        to = ahead.at;
      }
      const arc = at * PLACES + to;
      return { ready, latest, at, to, cost: town.m[arc]! * one.metreCost + town.sec[arc]! * one.secondCost };
    }),
  );
  const from = [0];
  for (const one of vans) from.push(from.at(-1)! + one.stops.length + 1);
  return {
    routeCount: vans.length,
    loadCount: 1,
    from: Int32Array.from(from),
    readySec: Int32Array.from(places, (place) => place.ready),
    latestSec: Int32Array.from(places, (place) => place.latest),
    before: Int32Array.from(places, (place) => place.at),
    behind: Int32Array.from(places, (place) => place.to),
    legCost: Float64Array.from(places, (place) => place.cost),
    metreCost: Float64Array.from(vans, (one) => one.metreCost),
    secondCost: Float64Array.from(vans, (one) => one.secondCost),
    freeLoad: Int32Array.from(vans, (one) => one.room),
    has: Int32Array.from(vans, (one) => one.has),
  };
}

test("each window gets the cheapest place that a walk through every route with the visit in it finds", () => {
  fc.assert(
    fc.property(towns, (town) => {
      const vans = town.vans.filter((one) => drive(town, one, one.stops) !== undefined);
      const { visit } = town;
      const offers = createOffers(town.windows.length);
      const row = (of: readonly number[], arc: (place: number) => number) =>
        Int32Array.from({ length: PLACES }, (_, p) => of[arc(p)]!);
      offerWindows(
        toRoutes(town, vans),
        visit,
        {
          toSec: row(town.sec, (p) => p * PLACES + visit.at),
          toM: row(town.m, (p) => p * PLACES + visit.at),
          fromSec: row(town.sec, (p) => visit.at * PLACES + p),
          fromM: row(town.m, (p) => visit.at * PLACES + p),
        },
        {
          startSec: Int32Array.from(town.windows, ([start]) => start),
          endSec: Int32Array.from(town.windows, ([, end]) => end),
        },
        offers,
      );
      for (const [w, [windowStartSec, windowEndSec]] of town.windows.entries()) {
        let least = Number.POSITIVE_INFINITY;
        let place: readonly number[] = [];
        for (const [r, one] of vans.entries()) {
          if (visit.load[0]! > one.room || (visit.needs & ~one.has) !== 0) continue;
          for (let p = 0; p <= one.stops.length; p++) {
            const stops = one.stops.toSpliced(p, 0, { ...visit, windowStartSec, windowEndSec });
            if (drive(town, one, stops) === undefined) continue;
            const extra = costOf(town, one, stops) - costOf(town, one, one.stops);
            if (extra >= least) continue;
            least = extra;
            place = [r, p];
          }
        }
        expect(offers.cost[w]).toBe(least);
        if (least < Number.POSITIVE_INFINITY) expect([offers.route[w], offers.place[w]]).toEqual(place);
        else expect(offers.place[w]).toBe(-1);
      }
    }),
    { numRuns: 2000 },
  );
});

test("a window that ends a second after the van is free can be had at the place where it stands, one that ends then cannot", () => {
  const routes = toRoutes(
    {
      sec: Array.from({ length: PLACES ** 2 }, () => 0),
      m: Array.from({ length: PLACES ** 2 }, () => 0),
      vans: [],
      visit: { serviceSec: 0, load: [0], needs: 0, at: 0 },
      windows: [],
    },
    [{ startSec: 100, endSec: 200, room: 1, has: 0, metreCost: 0, secondCost: 1, stops: [] }],
  );
  const rows = new Int32Array(PLACES);
  const offers = createOffers(2);
  const windows = { startSec: Int32Array.of(0, 1), endSec: Int32Array.of(100, 101) };
  offerWindows(
    routes,
    { serviceSec: 10, load: [1], needs: 0 },
    { toSec: rows, toM: rows, fromSec: rows, fromM: rows },
    windows,
    offers,
  );
  expect([...offers.place]).toEqual([-1, 0]);
  expect(offers.cost[1]).toBe(10);
});
