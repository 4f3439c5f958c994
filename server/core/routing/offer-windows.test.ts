import fc from "fast-check";
import { expect, test } from "vitest";
import { createOffers, offerWindows } from "./offer-windows.ts";
import { offerTown } from "./test-offer-towns.ts";
import { offersFault } from "./test-offers-by-walk.ts";

test("each window gets the cheapest place that a walk through every route with the visit in it finds", () => {
  fc.assert(
    fc.property(offerTown, (town) => {
      expect(offersFault({ createOffers, offerWindows }, town)).toBeNull();
    }),
    { numRuns: 2000 },
  );
});

test("a window that ends a second after the van is free can be had at the place where it stands, one that ends then cannot", () => {
  // One van that waits at home from 100 to 200, and a visit next door.
  const nowhere = Int32Array.of(0);
  const offers = createOffers(2);
  offerWindows(
    {
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
    },
    { serviceSec: 10, load: [1], needs: 0, surcharge: Float64Array.of(5) },
    { toSec: nowhere, toM: nowhere, fromSec: nowhere, fromM: nowhere },
    { startSec: Int32Array.of(0, 1), endSec: Int32Array.of(100, 101) },
    offers,
  );
  expect([...offers.place]).toEqual([-1, 0]);
  expect(offers.cost[1]).toBe(15);
});
