import fc from "fast-check";
import { canDrive, type OfferStop, type OfferTown } from "./test-offers-by-walk.ts";

const PLACES = 8;

const matrix = fc.array(fc.nat(40), { minLength: PLACES ** 2, maxLength: PLACES ** 2 });

const stop = fc
  .record({
    at: fc.nat(PLACES - 1),
    windowStartSec: fc.nat(200),
    length: fc.integer({ min: 1, max: 150 }),
    serviceSec: fc.nat(20),
  })
  .map(({ length, ...rest }): OfferStop => ({ ...rest, windowEndSec: rest.windowStartSec + length }));

const van = fc.record({
  startSec: fc.nat(100),
  endSec: fc.integer({ min: 100, max: 400 }),
  room: fc.tuple(fc.nat(3), fc.nat(3)),
  has: fc.nat(3),
  metreCost: fc.nat(3),
  secondCost: fc.nat(3),
  surcharge: fc.oneof(
    { weight: 6, arbitrary: fc.nat(60) },
    { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
  ),
  stops: fc.array(stop, { maxLength: 4 }),
});

/** Vans on their way in a town with one-way streets, a visit that may come in anywhere, and windows to choose from. */
export const offerTown: fc.Arbitrary<OfferTown> = fc
  .record({
    placeCount: fc.constant(PLACES),
    sec: matrix,
    m: matrix,
    vans: fc.array(van, { maxLength: 4 }),
    visit: fc.record({
      at: fc.nat(PLACES - 1),
      serviceSec: fc.nat(20),
      load: fc.tuple(fc.nat(3), fc.nat(3)),
      needs: fc.nat(3),
    }),
    windows: fc
      .tuple(fc.uniqueArray(fc.nat(30), { maxLength: 6 }), fc.integer({ min: 1, max: 60 }))
      .map(([starts, length]) => starts.sort((a, b) => a - b).map((at) => [at * 10, at * 10 + length] as const)),
  })
  .map((town) => ({ ...town, vans: town.vans.filter((one) => canDrive(town, one, one.stops)) }));
