import fc from "fast-check";
import { expect, test } from "vitest";
import {
  cheapestPlace,
  createOffers,
  findPlaces,
  markRowsInTime,
  type OfferRoutes,
  offerWindows,
} from "./offer-windows.ts";
import { offerTown } from "./test-offer-towns.ts";
import { offersFault } from "./test-offers-by-walk.ts";

test("each window, asked with others or by itself, gets the cheapest place that a walk through every route with the visit in it finds", () => {
  fc.assert(
    fc.property(offerTown, (town) => {
      expect(offersFault({ cheapestPlace, createOffers, findPlaces, markRowsInTime, offerWindows }, town)).toBeNull();
    }),
    { numRuns: 2000 },
  );
});

/** One van that waits at home from 100 to 200; every visit is next door. */
const nowhere = Int32Array.of(0);
const waiting: OfferRoutes = {
  routeCount: 1,
  loadCount: 1,
  from: Int32Array.of(0, 1),
  readySec: Int32Array.of(100),
  latestSec: Int32Array.of(200),
  before: nowhere,
  behind: nowhere,
  legCost: Float64Array.of(0),
  metreCost: Float64Array.of(0),
  secondCost: Float64Array.of(1),
  freeLoad: Int32Array.of(1),
  has: Int32Array.of(0),
};
const nextDoor = { toSec: nowhere, toM: nowhere, fromSec: nowhere, fromM: nowhere };

test("a window that ends a second after the van is free can be had at the place where it stands, one that ends then cannot", () => {
  const offers = createOffers(2);
  offerWindows(
    waiting,
    { serviceSec: 10, load: [1], needs: 0, surcharge: Float64Array.of(5) },
    nextDoor,
    { startSec: Int32Array.of(0, 1), endSec: Int32Array.of(100, 101) },
    offers,
  );
  expect([...offers.place]).toEqual([-1, 0]);
  expect(offers.cost[1]).toBe(15);
});

test("a visit may take all the time until the van must be back, and no second more", () => {
  const places = findPlaces(waiting, nextDoor, 150, 160, 0, 1);
  const cost = (serviceSec: number) =>
    cheapestPlace(waiting, places, { serviceSec, load: [1], needs: 0 }, () => 5)?.cost;
  expect(cost(50)).toBe(55);
  expect(cost(51)).toBeUndefined();
});

test("no row is marked that only places need which no window finds there", () => {
  // Home, a stop, home: the van is free to leave home at 0 and the stop at 60; it must be at the stop by 50, and back by 100.
  const routes = {
    routeCount: 1,
    loadCount: 0,
    from: Int32Array.of(0, 2),
    readySec: Int32Array.of(0, 60),
    latestSec: Int32Array.of(50, 100),
    before: Int32Array.of(0, 1),
    behind: Int32Array.of(1, 0),
    legCost: new Float64Array(2),
    metreCost: new Float64Array(1),
    secondCost: new Float64Array(1),
    freeLoad: new Int32Array(0),
    has: new Int32Array(1),
  };
  const marked = (startSec: number, endSec: number) => {
    const isBefore = new Uint8Array(2);
    const isBehind = new Uint8Array(2);
    markRowsInTime(routes, { startSec: Int32Array.of(startSec), endSec: Int32Array.of(endSec) }, isBefore, isBehind);
    return { before: [...isBefore], behind: [...isBehind] };
  };
  expect(marked(0, 60)).toEqual({ before: [1, 0], behind: [0, 1] });
  expect(marked(50, 61)).toEqual({ before: [1, 1], behind: [1, 1] });
  expect(marked(51, 61)).toEqual({ before: [0, 1], behind: [1, 0] });
  expect(marked(101, 200)).toEqual({ before: [0, 0], behind: [0, 0] });
});
