import fc from "fast-check";
import { expect, test } from "vitest";
import { createOffers, offerWindows } from "../routing/offer-windows.ts";
import { problemOf, type Town, town, type Van } from "./test-small-town.ts";

const HOUR = 3600;

/** Every van, and two more that have yet to get their first stop: alike but for their hours, and alike to others now and then. */
const doubled = town.map((one): Town => {
  const empty = (van: Van, startSec: number) => ({
    ...van,
    startSec,
    endSec: startSec + 5 * HOUR,
    stops: [],
    freeG: 9000,
    freeMl: 9000,
  });
  return { ...one, vans: one.vans.flatMap((van) => [empty(van, 12 * HOUR), empty(van, 9 * HOUR), van]) };
});

test("what is in time offers the same shift, the same place and the same cost as the whole fleet", () => {
  fc.assert(
    fc.property(doubled, fc.nat(1200), fc.nat(12_000), fc.nat(3), (one, serviceSec, weightG, needs) => {
      const { fleet, asks } = problemOf(one);
      const { rows, windows, inTime } = asks[0]!;
      const visit = { serviceSec, load: [weightG, 1000], needs };
      const all = createOffers(windows.startSec.length);
      offerWindows(fleet.offer, { ...visit, surcharge: new Float64Array(fleet.shifts.length) }, rows, windows, all);
      const some = createOffers(windows.startSec.length);
      const surcharge = new Float64Array(inTime.offer.routeCount);
      offerWindows(inTime.offer, { ...visit, surcharge }, rows, windows, some);

      expect(some.cost).toEqual(all.cost);
      for (const [w, place] of some.place.entries()) {
        const found = place === -1 ? -1 : inTime.firstPlace[some.route[w]!]! + place;
        expect(found).toBe(all.place[w]);
        if (found !== -1) expect(inTime.shift[some.route[w]!]).toBe(all.route[w]);
      }
    }),
  );
});

test("of empty shifts that are alike one is asked, and those of each node are its own", () => {
  fc.assert(
    fc.property(town, (one) => {
      const twice = {
        ...one,
        vans: one.vans.flatMap((van) => [
          { ...van, stops: [] },
          { ...van, stops: [] },
        ]),
      };
      const { fleet, asks, nodes } = problemOf(twice);
      const { inTime } = asks[0]!;
      expect(inTime.offer.routeCount).toBeLessThanOrEqual(one.vans.length);
      for (const n of nodes.keys())
        for (let r = inTime.fromRoute[n]!; r < inTime.fromRoute[n + 1]!; r++)
          expect(fleet.shifts[inTime.shift[r]!]!.node).toBe(n);
      expect(inTime.fromRoute[nodes.length]).toBe(inTime.offer.routeCount);
    }),
  );
});
