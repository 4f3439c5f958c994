import { expect, test } from "vitest";
import { makeRandom } from "../random.ts";
import { exchangeTails } from "./exchange-tails.ts";
import { prepare } from "./prepare.ts";
import type { Vehicle } from "./problem.ts";
import { createRoutes } from "./routes.ts";
import { takeOver } from "./take-over.ts";
import { lineMatrix, problemOf } from "./test-problems.ts";

/** Whether two vans that cross, each from one end of a road to the other, trade what they go on to. */
function doTrade(one: Partial<Vehicle>, other: Partial<Vehicle>, goods: { onlyVehicle?: number } = {}): boolean {
  // The depot between two doors to the left and two to the right; each van has served one near it, and goes on across.
  const problem = problemOf({
    placeCount: 5,
    durationSec: [lineMatrix([500, 0, 100, 900, 1000])],
    loadCount: 1,
    visits: [{ place: 2 }, { place: 4, ...goods }, { place: 3 }, { place: 1 }].map((visit) => ({
      ...visit,
      delivery: [1],
    })),
    vehicles: [
      { capacity: [2], ...one },
      { capacity: [2], ...other },
    ],
  });
  const prepared = prepare(problem);
  const routes = createRoutes(prepared);
  takeOver(prepared, routes, {
    routes: [
      [0, 1],
      [2, 3],
    ],
    leftOut: [],
  });
  const random = makeRandom(1);
  // A visit is drawn each time: so often each of the four comes up.
  for (let i = 0; i < 50; i++) exchangeTails(prepared, routes, random, 0);
  return routes.next[0] === 3;
}

test("vans trade tails though they start, carry, cost to send and have begun differently", () => {
  expect(doTrade({}, {})).toBe(true);
  expect(doTrade({ fixedCost: 5 }, { capacity: [3], startSec: 60, startPlace: 1 })).toBe(true);
  expect(doTrade({ locked: [0] }, { locked: [2] })).toBe(true);
  expect(doTrade({ locked: [0, 1] }, {})).toBe(false);
});

test("vans that end, cost on the way, rest or may serve differently keep their tails, and a van its goods", () => {
  expect(doTrade({ endPlace: 1 }, {})).toBe(false);
  expect(doTrade({ endSec: 50_000 }, {})).toBe(false);
  expect(doTrade({ metreCost: 2 }, {})).toBe(false);
  expect(doTrade({ breaks: [{ earliestSec: 0, latestSec: 9000, durationSec: 60 }] }, {})).toBe(false);
  expect(doTrade({ has: 1 }, {})).toBe(false);
  expect(doTrade({}, {}, { onlyVehicle: 0 })).toBe(false);
});
