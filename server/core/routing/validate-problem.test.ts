import fc from "fast-check";
import { expect, test } from "vitest";
import { checkPlan } from "./check-plan.ts";
import type { RoutingProblem, TravelPeriods, Vehicle, Visits } from "./problem.ts";
import { lineMatrix, problemOf } from "./test-problems.ts";
import { RoutingProblemError, validateProblem } from "./validate-problem.ts";

/** Two vans and three visits, one of them with two windows, over two travel periods; nothing wrong with it. */
const sound = problemOf({
  placeCount: 3,
  loadCount: 2,
  periodStartSec: [0, 3600],
  durationSec: [lineMatrix([0, 100, 300]), lineMatrix([0, 150, 450])],
  visits: [
    {
      place: 1,
      serviceSec: 60,
      windows: [
        [0, 100],
        [200, 300],
      ],
      delivery: [1, 2],
    },
    { place: 2, onlyVehicle: 1, pickup: [3, 0], prize: 50 },
    { place: 1, lateCost: 0.5 },
  ],
  vehicles: [
    { capacity: [9, 9], breaks: [{ earliestSec: 100, latestSec: 200, durationSec: 30 }] },
    { capacity: [9, 9], locked: [1] },
  ],
});

const withVisits = (change: Partial<Visits>): RoutingProblem => ({ ...sound, visits: { ...sound.visits, ...change } });
const withTravel = (change: Partial<TravelPeriods>): RoutingProblem => ({
  ...sound,
  travel: { ...sound.travel, ...change },
});
const withVan = (change: Partial<Vehicle>): RoutingProblem => ({
  ...sound,
  vehicles: [{ ...sound.vehicles[0]!, ...change }, sound.vehicles[1]!],
});
const matrix = sound.travel.durationSec[0]!;
const rest = { earliestSec: 100, latestSec: 200, durationSec: 30 };

test("a sound problem passes, and so does one without visits, vehicles or places", () => {
  expect(() => validateProblem(sound)).not.toThrow();
  expect(() =>
    validateProblem(problemOf({ placeCount: 0, durationSec: [[]], visits: [], vehicles: [] })),
  ).not.toThrow();
});

test.each<[string, RoutingProblem, string]>([
  ["placeCount", { ...sound, placeCount: 2.5 }, "placeCount is 2.5, not a whole number."],
  ["loadCount", { ...sound, loadCount: -1 }, "loadCount is -1, less than 0."],

  ["problem", undefined as never, "problem is undefined, which has no parts."],
  ["travel", { ...sound, travel: undefined as never }, "travel is undefined, which has no parts."],
  ["visits", { ...sound, visits: null as never }, "visits is null, which has no parts."],
  ["vehicles", { ...sound, vehicles: null as never }, "vehicles is null, not an array."],
  ["vehicles", { ...sound, vehicles: {} as never }, "vehicles is an object, not an array."],
  ["vehicles[1]", { ...sound, vehicles: [sound.vehicles[0]!, null as never] }, "is null, which has no parts."],

  ["travel.startSec", withTravel({ startSec: 0 as never }), "travel.startSec is 0, not an array."],
  ["travel.startSec", withTravel({ startSec: [] }), "is empty"],
  ["travel.startSec[1]", withTravel({ startSec: [0, 1e300] }), "is 1e+300, more than 500000000."],
  ["travel.durationSec", withTravel({ durationSec: undefined as never }), "is undefined, not an array."],
  ["travel.distanceM[1]", withTravel({ distanceM: [matrix, undefined as never] }), "is not an Int32Array."],
  ["travel.startSec[0]", withTravel({ startSec: [Number.NaN, 1] }), "is NaN, not a whole number."],
  ["travel.startSec[1]", withTravel({ startSec: [0, 0] }), "is 0, not after the period before it, which begins at 0."],
  [
    "travel.durationSec",
    withTravel({ durationSec: [matrix] }),
    "travel.durationSec has 1 matrix for 2 periods of travel.startSec.",
  ],
  [
    "travel.durationSec[1]",
    withTravel({ durationSec: [matrix, matrix.slice(1)] }),
    "travel.durationSec[1] has 8 entries, 3 places need 9: a square, row by row.",
  ],
  [
    "travel.durationSec[0]",
    withTravel({ durationSec: [Array.from(matrix, () => Number.NaN) as never, matrix] }),
    "is not an Int32Array.",
  ],
  [
    "travel.distanceM[0][5]",
    withTravel({ distanceM: [matrix.with(5, -7), matrix] }),
    "travel.distanceM[0][5] is -7, less than 0.",
  ],

  [
    "travel.durationSec[1][2]",
    withTravel({ durationSec: [matrix, matrix.with(2, 2_147_483_647)] }),
    "is 2147483647, more than 1000000000.",
  ],
  [
    "visits.delivery",
    withVisits({ delivery: Int32Array.of(1_500_000_000, 0, 1_500_000_000, 0, 0, 0) }),
    "adds up to 3000000003 of load 0, more than 32 bits hold.",
  ],
  ["visits.releaseSec[1]", withVisits({ releaseSec: Int32Array.of(0, 1e9, 0) }), "is 1000000000, more than 500000000."],
  ["vehicles[0].overtimeSec", withVan({ overtimeSec: 2_147_483_647 }), "is 2147483647, more than 499913600."],

  ["visits.place", withVisits({ place: undefined as never }), "visits.place is not an Int32Array."],
  ["visits.needs", withVisits({ needs: [0, 0, 0] as never }), "visits.needs is not an Int32Array."],
  ["visits.windowStartSec", withVisits({ windowStartSec: new Float64Array(4) as never }), "is not an Int32Array."],
  [
    "visits.lateCost[2]",
    withVisits({ lateCost: Float64Array.of(Infinity, 0, 1e300) }),
    "is 1e+300, more than 1000000.",
  ],
  ["visits.prize[1]", withVisits({ prize: Float64Array.of(1e12, 1e300, 0) }), "is 1e+300, more than 1000000000000."],
  ["visits.count", withVisits({ count: Number.NaN }), "visits.count is NaN, not a whole number."],
  ["visits.place", withVisits({ place: Int32Array.of(1) }), "visits.place has 1 entry, 3 visits need 3."],
  ["visits.place[1]", withVisits({ place: Int32Array.of(1, 3, 1) }), "is 3, none of the 3 places."],
  ["visits.serviceSec[2]", withVisits({ serviceSec: Int32Array.of(0, 0, -1) }), "is -1, less than 0."],
  ["visits.releaseSec[0]", withVisits({ releaseSec: Int32Array.of(-1, 0, 0) }), "is -1, less than 0."],
  ["visits.windowsFrom", withVisits({ windowsFrom: Int32Array.of(0, 2, 3) }), "3 visits and the end need 4."],
  ["visits.windowsFrom[0]", withVisits({ windowsFrom: Int32Array.of(1, 2, 3, 4) }), "is 1, not 0."],
  ["visits.windowsFrom[2]", withVisits({ windowsFrom: Int32Array.of(0, 2, 1, 4) }), "is 1, less than the 2 before it."],
  ["visits.windowsFrom[1]", withVisits({ windowsFrom: Int32Array.of(0, 2, 2, 4) }), "gives visit 1 no window."],
  [
    "visits.windowStartSec",
    withVisits({ windowsFrom: Int32Array.of(0, 2, 3, 5) }),
    "has 4 entries, 5 windows of visits.windowsFrom need 5.",
  ],
  ["visits.windowStartSec[3]", withVisits({ windowStartSec: Int32Array.of(0, 200, 0, -5) }), "is -5, less than 0."],
  [
    "visits.windowEndSec[1]",
    withVisits({ windowEndSec: Int32Array.of(100, 200, 9, 9) }),
    "is 200: the window of visit 0 from 200 is empty.",
  ],
  [
    "visits.windowStartSec[1]",
    withVisits({ windowStartSec: Int32Array.of(0, 99, 0, 0) }),
    "is 99, before the end 100 of the window before it",
  ],
  ["visits.lateCost[1]", withVisits({ lateCost: Float64Array.of(0, Number.NaN, 0) }), "is NaN, not a price"],
  [
    "visits.prize[0]",
    withVisits({ prize: Float64Array.of(-1, 0, 0) }),
    "is -1, not a price of 0 or more, or Infinity.",
  ],
  ["visits.prize", withVisits({ prize: [1, 2, 3] as never }), "is not a Float64Array."],
  ["visits.delivery", withVisits({ delivery: new Int32Array(3) }), "has 3 entries, 3 visits with 2 loads need 6."],
  ["visits.pickup[4]", withVisits({ pickup: new Int32Array(6).with(4, -2) }), "is -2, less than 0."],
  ["visits.needs", withVisits({ needs: new Int32Array(2) }), "has 2 entries"],
  ["visits.onlyVehicle[0]", withVisits({ onlyVehicle: Int32Array.of(2, 1, -1) }), "is 2, none of the 2 vehicles."],
  ["visits.onlyVehicle[2]", withVisits({ onlyVehicle: Int32Array.of(-1, 1, -2) }), "is -2, less than -1."],

  [
    "vehicles[0].startPlace",
    withVan({ startPlace: undefined as never }),
    "is undefined, none of the 3 places: a vehicle needs a depot.",
  ],
  ["vehicles[0].endPlace", withVan({ endPlace: 3 }), "is 3, none of the 3 places"],
  ["vehicles[0].startSec", withVan({ startSec: -60 }), "is -60, less than 0."],
  ["vehicles[0].endSec", withVan({ startSec: 100, endSec: 99 }), "is 99, before vehicles[0].startSec."],
  ["vehicles[0].overtimeSec", withVan({ overtimeSec: Infinity }), "is Infinity, not a whole number."],
  ["vehicles[0].metreCost", withVan({ metreCost: Number.NaN }), "is NaN, not a cost of 0 or more."],
  ["vehicles[0].fixedCost", withVan({ fixedCost: -1 }), "is -1, not a cost of 0 or more."],
  ["vehicles[0].fixedCost", withVan({ fixedCost: 1e300 }), "is 1e+300, more than 1000000000000."],
  ["vehicles[0].overtimeCost", withVan({ overtimeCost: 1e300 }), "is 1e+300, more than 1000000."],
  ["vehicles[0].metreCost", withVan({ metreCost: "1" as never }), "is 1, not a cost of 0 or more."],
  ["vehicles[0].metreCost", withVan({ metreCost: 1e300 }), "is 1e+300, more than 1000000."],
  ["vehicles[0].secondCost", withVan({ secondCost: 1e-300 }), "is 1e-300, less than 0.000001 and yet not 0."],
  ["vehicles[0].startSec", withVan({ startSec: {} as never }), "is an object, not a whole number."],
  ["vehicles[0].capacity", withVan({ capacity: undefined as never }), "is undefined, not an array."],
  ["vehicles[0].breaks", withVan({ breaks: null as never }), "is null, not an array."],
  ["vehicles[0].breaks[1]", withVan({ breaks: [rest, null as never] }), "is null, which has no parts."],
  ["vehicles[0].locked", withVan({ locked: 1 as never }), "is 1, not an array."],
  ["vehicles[0].capacity", withVan({ capacity: [9] }), "has 1 entry, 2 loads need 2."],
  ["vehicles[0].capacity[1]", withVan({ capacity: [9, 2 ** 31] }), "is 2147483648, more than 2147483647."],
  ["vehicles[0].has", withVan({ has: 0.5 }), "is 0.5, not a whole number."],
  ["vehicles[0].breaks", withVan({ breaks: [rest, rest, rest, rest] }), "has 4 entries, more than 3."],
  [
    "vehicles[0].breaks[0].latestSec",
    withVan({ breaks: [{ ...rest, latestSec: 99 }] }),
    "is 99, before earliestSec 100.",
  ],
  [
    "vehicles[0].breaks[1]",
    withVan({ breaks: [rest, { ...rest, earliestSec: 99 }] }),
    "is sooner than the break before it",
  ],
  [
    "vehicles[0].breaks[0].latestSec",
    withVan({ startSec: 201, breaks: [rest] }),
    "is 200, before 201, which is the soonest that the vehicle can take it: it could never leave.",
  ],
  [
    // From 190 to 220, and only then the second.
    "vehicles[0].breaks[1].latestSec",
    withVan({ startSec: 190, breaks: [rest, { ...rest, latestSec: 219 }] }),
    "is 219, before 220, which is the soonest",
  ],
  ["vehicles[0].locked[0]", withVan({ locked: [3] }), "is 3, none of the 3 visits."],
  ["vehicles[0].locked[1]", withVan({ locked: [0, 0] }), "is visit 0, as vehicles[0].locked[0] is"],
  ["vehicles[0].locked[0]", withVan({ locked: [1] }), "is visit 1, which only vehicle 1 may serve."],
])("what is wrong with %s is refused by its name", (field, problem, sentence) => {
  const refused = refusalOf(() => validateProblem(problem))!;
  expect(refused).toBeInstanceOf(RoutingProblemError);
  expect(refused.field).toBe(field);
  expect(refused.message.startsWith(`${field} `)).toBe(true);
  expect(refused.message).toContain(sentence);
});

// Places 0 and 1, 100 m and seconds apart; the shift is from 0 to 300, and the way there and back takes 200.
test.each<[string, Partial<Vehicle>]>([
  ["one that comes due after the shift has ended", { breaks: [{ earliestSec: 301, latestSec: 400, durationSec: 60 }] }],
  [
    "one that starts at its latest as the van leaves",
    { startSec: 50, breaks: [{ ...rest, earliestSec: 0, latestSec: 50 }] },
  ],
  // Taken as soon as it can be, at 210, the first lasts until 250: by then the van is home.
  [
    "one that can never follow the one before it",
    {
      breaks: [
        { earliestSec: 210, latestSec: 220, durationSec: 40 },
        { earliestSec: 210, latestSec: 230, durationSec: 10 },
      ],
    },
  ],
])("a break may be of no use and still let a van work: %s", (_, change) => {
  const problem = problemOf({
    placeCount: 2,
    durationSec: [lineMatrix([0, 100])],
    visits: [{ place: 1 }],
    vehicles: [{ endSec: 300, ...change }],
  });
  expect(() => validateProblem(problem)).not.toThrow();
  expect(checkPlan(problem, { routes: [[0]], leftOut: [] }).flaws).toEqual([]);
});

test("of small problems with breaks, what is refused for them is exactly where a van could not even leave", () => {
  // A stop at the van's own door that takes no time, whatever else the van has to do.
  fc.assert(
    fc.property(
      fc.nat({ max: 60 }),
      fc.array(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 40 }), fc.nat({ max: 30 })), { maxLength: 3 }),
      (startSec, drawn) => {
        let [earliestSec, latestSec] = [0, 0];
        const breaks = drawn.map(([gapSec, leewaySec, durationSec]) => {
          earliestSec += gapSec;
          latestSec = Math.max(latestSec, earliestSec + leewaySec);
          return { earliestSec, latestSec, durationSec };
        });
        const problem = problemOf({
          placeCount: 1,
          durationSec: [[0]],
          visits: [{ place: 0 }],
          vehicles: [{ startSec, breaks }],
        });
        const canLeave = checkPlan(problem, { routes: [[0]], leftOut: [] }).flaws.length === 0;
        const isRefused = refusalOf(() => validateProblem(problem)) !== undefined;
        expect(isRefused).toBe(!canLeave);
      },
    ),
  );
});

function refusalOf(call: () => void): RoutingProblemError | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return error as RoutingProblemError;
  }
}
