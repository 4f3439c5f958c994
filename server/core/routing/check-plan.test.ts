import { expect, test } from "vitest";
import { checkPlan, type PlanFlaw, type PlanFlawKind } from "./check-plan.ts";
import type { Vehicle } from "./problem.ts";
import { lineMatrix, type ProblemSketch, problemOf, type VisitSketch } from "./test-problems.ts";

// Places stand on a line: the depot at 0, then 100, 200 and 300. A metre takes a second and costs 1, unless said otherwise.
const LINE = lineMatrix([0, 100, 200, 300]);

function onLine(visits: readonly VisitSketch[], vehicle: Partial<Vehicle> = {}, more: Partial<ProblemSketch> = {}) {
  return problemOf({ placeCount: 4, durationSec: [LINE], visits, vehicles: [vehicle], ...more });
}

/** One van drives all visits in their order. */
function check(visits: readonly VisitSketch[], vehicle: Partial<Vehicle> = {}, more: Partial<ProblemSketch> = {}) {
  return checkPlan(onLine(visits, vehicle, more), { routes: [visits.map((_, v) => v)], leftOut: [] });
}

function flaw(kind: PlanFlawKind, position: number, visit: number, excess: number, vehicle = 0): PlanFlaw {
  return { flaw: kind, vehicle, position, visit, excess };
}

const free = { fixed: 0, distance: 0, time: 0, lateness: 0, overtime: 0, leftOut: 0, total: 0 };

test("a vehicle without visits costs nothing, and need neither rest nor be back", () => {
  const vehicle = { fixedCost: 50, breaks: [{ earliestSec: 0, latestSec: 0, durationSec: 9 }], endSec: 0 };
  expect(checkPlan(onLine([], vehicle), { routes: [[]], leftOut: [] })).toEqual({
    flaws: [],
    unservedCount: 0,
    cost: free,
  });
});

test("a route costs its van, its metres, and its seconds of driving and serving, not of waiting", () => {
  // Distances are ten times the durations. 100 s out, 40 s wait for second 140, 30 s service, 200 s on, 10 s service, 300 s home.
  // Distance: 6000 m at 0.5 = 3000. Time: 600 s of driving and 40 s of service at 2 = 1280. With the van's 70: 4350.
  const { flaws, cost } = check(
    [
      { place: 1, serviceSec: 30, windows: [[140, 1000]] },
      { place: 3, serviceSec: 10 },
    ],
    { fixedCost: 70, metreCost: 0.5, secondCost: 2, endSec: 680 },
    { distanceM: [LINE.map((metres) => metres * 10)] },
  );
  // Home at 140 + 30 + 200 + 10 + 300 = 680, just in time.
  expect(flaws).toEqual([]);
  expect(cost).toEqual({ ...free, fixed: 70, distance: 3000, time: 1280, total: 4350 });
});

test("the way back may differ from the way there, and the end from the start", () => {
  // From place 0 to 1 is 10, from 1 to 0 is 7, from 1 to 2 is 4: out and home 17, out and on to the other depot 14.
  const durationSec = [[0, 10, 99, 7, 0, 4, 99, 99, 0]];
  const sketch = { placeCount: 3, durationSec, visits: [{ place: 1 }] };
  const plan = { routes: [[0]], leftOut: [] };
  expect(checkPlan(problemOf({ ...sketch, vehicles: [{}] }), plan).cost.total).toBe(17);
  expect(checkPlan(problemOf({ ...sketch, vehicles: [{ endPlace: 2 }] }), plan).cost.total).toBe(14);
});

test("service starts before the end of a hard window: the end itself is a second too late", () => {
  // Arrives at 100.
  expect(check([{ place: 1, windows: [[0, 101]] }]).flaws).toEqual([]);
  expect(check([{ place: 1, windows: [[0, 100]] }]).flaws).toEqual([flaw("service starts too late", 0, 0, 1)]);
});

test("of several windows it is the first that is still open, and waiting for the next is not late", () => {
  const windows = [
    [0, 100],
    [150, 160],
    [400, 500],
  ] as const;
  // Arrives at 100, waits until 150, drives 100 more to be home at 250.
  expect(check([{ place: 1, windows, lateCost: 9 }], { endSec: 250 })).toEqual({
    flaws: [],
    unservedCount: 0,
    cost: { ...free, distance: 200, total: 200 },
  });
  // From 159 on the second still takes it; at 160 it waits for the third: home at 500.
  expect(check([{ place: 1, windows }], { startSec: 59, endSec: 259 }).flaws).toEqual([]);
  expect(check([{ place: 1, windows }], { startSec: 60, endSec: 499 }).flaws).toEqual([
    flaw("home too late", 1, -1, 1),
  ]);
});

test("a soft window costs each second after its last one, and holds up what follows", () => {
  // Arrives at 100; the last second of the last window is 89: 11 s late at 3 = 33. Distance 200.
  const windows = [
    [0, 20],
    [50, 90],
  ] as const;
  expect(check([{ place: 1, windows, lateCost: 3 }])).toEqual({
    flaws: [],
    unservedCount: 0,
    cost: { ...free, distance: 200, lateness: 33, total: 233 },
  });
});

test("the goods that come last hold the van at its start, whichever stop they are for", () => {
  const kept: VisitSketch = { place: 1, releaseSec: 500 };
  const soon: VisitSketch = { place: 2, releaseSec: 40 };
  // Leaves at 500 either way: the first stop at 600, home at 900; or the first at 700, home at 900.
  for (const visits of [
    [kept, soon],
    [soon, kept],
  ]) {
    expect(check(visits, { endSec: 900 }).flaws).toEqual([]);
    expect(check(visits, { endSec: 899 }).flaws).toEqual([flaw("home too late", 2, -1, 1)]);
  }
  expect(check([{ ...soon, windows: [[0, 700]] }, kept]).flaws).toEqual([flaw("service starts too late", 0, 0, 1)]);
});

test("overtime is allowed up to its limit, at its price a second", () => {
  // Home at 600: 50 s after the end, at 4 a second. Distance 600.
  const visit = { place: 3 };
  expect(check([visit], { endSec: 550, overtimeSec: 50, overtimeCost: 4 })).toEqual({
    flaws: [],
    unservedCount: 0,
    cost: { ...free, distance: 600, overtime: 200, total: 800 },
  });
  expect(check([visit], { endSec: 550, overtimeSec: 49, overtimeCost: 4 }).flaws).toEqual([
    flaw("home too late", 1, -1, 1),
  ]);
});

test("on every leg, deliveries still to make and pickups made fit, each kind of load by itself", () => {
  const visits = [
    { place: 1, delivery: [4, 0], pickup: [0, 2] },
    { place: 2, delivery: [3, 1], pickup: [6, 3] },
    { place: 3, delivery: [1, 1], pickup: [0, 1] },
  ];
  // First load, by leg: 8 out; 8 − 4 = 4; 4 − 3 + 6 = 7; 7 − 1 = 6 home. Second: 2; 2 + 2 = 4; 4 − 1 + 3 = 6; 6 − 1 + 1 = 6.
  expect(check(visits, { capacity: [8, 6] }, { loadCount: 2 }).flaws).toEqual([]);
  expect(check(visits, { capacity: [7, 6] }, { loadCount: 2 }).flaws).toEqual([flaw("overloaded", 0, 0, 1)]);
  expect(check(visits, { capacity: [8, 5] }, { loadCount: 2 }).flaws).toEqual([
    flaw("overloaded", 2, 2, 1),
    flaw("overloaded", 3, -1, 1),
  ]);
});

test("a vehicle must have every bit that a visit needs, the highest too", () => {
  const visits = [
    { place: 1, needs: 0b101 },
    { place: 2, needs: 1 << 31 },
  ] satisfies VisitSketch[];
  expect(check(visits, { has: 0b101 | (1 << 31) }).flaws).toEqual([]);
  expect(check(visits, { has: 0b110 }).flaws).toEqual([
    flaw("vehicle lacks what the visit needs", 0, 0, 0),
    flaw("vehicle lacks what the visit needs", 1, 1, 0),
  ]);
});

test("goods on board of one vehicle come with no other", () => {
  const problem = onLine([{ place: 1, onlyVehicle: 1, prize: 5 }], {}, { vehicles: [{}, {}] });
  expect(checkPlan(problem, { routes: [[], [0]], leftOut: [] }).flaws).toEqual([]);
  expect(checkPlan(problem, { routes: [[], []], leftOut: [0] }).flaws).toEqual([]);
  expect(checkPlan(problem, { routes: [[0], []], leftOut: [] }).flaws).toEqual([
    flaw("another vehicle's visit", 0, 0, 0),
  ]);
});

test("locked visits stay at the beginning of their route in their order", () => {
  const problem = onLine([{ place: 1 }, { place: 2 }, { place: 3 }], { locked: [2, 0] });
  expect(checkPlan(problem, { routes: [[2, 0, 1]], leftOut: [] }).flaws).toEqual([]);
  expect(checkPlan(problem, { routes: [[2, 1, 0]], leftOut: [] }).flaws).toEqual([
    flaw("locked visit not in its place", 1, 0, 0),
  ]);
  expect(checkPlan(problem, { routes: [[]], leftOut: [0, 1, 2] }).flaws).toEqual([
    flaw("locked visit not in its place", 0, 2, 0),
    flaw("locked visit not in its place", 1, 0, 0),
  ]);
});

test("every visit stands in one route or is left out at its price", () => {
  const problem = onLine([{ place: 1, prize: 7 }, { place: 2, prize: 8 }, { place: 3 }]);
  expect(checkPlan(problem, { routes: [[2]], leftOut: [0, 1] })).toEqual({
    flaws: [],
    unservedCount: 0,
    cost: { ...free, distance: 600, leftOut: 15, total: 615 },
  });
  // The third has no price: nothing makes up for it.
  expect(checkPlan(problem, { routes: [[]], leftOut: [0, 1, 2] })).toEqual({
    flaws: [],
    unservedCount: 1,
    cost: { ...free, leftOut: 15, total: 15 },
  });
  expect(checkPlan(problem, { routes: [[2, 1]], leftOut: [1] }).flaws).toEqual([
    flaw("visit in two places", -1, 1, 0, -1),
    flaw("visit nowhere", -1, 0, 0, -1),
  ]);
  expect(checkPlan(problem, { routes: [[0, 0]], leftOut: [1, 2] }).flaws).toEqual([
    flaw("visit in two places", 1, 0, 0),
  ]);
  expect(checkPlan(problem, { routes: [[0, 3, 1.5]], leftOut: [1, 2, -1] }).flaws).toEqual([
    flaw("no such visit", 1, 3, 0),
    flaw("no such visit", 2, 1.5, 0),
    flaw("no such visit", -1, -1, 0, -1),
  ]);
  expect(checkPlan(problem, { routes: [], leftOut: [0, 1, 2] }).flaws).toEqual([
    flaw("not one route a vehicle", -1, -1, 0, -1),
  ]);
});

// Before second 1000 a leg takes as long as on the line, from then on a fifth of it, by roads that are a tenth longer.
const PERIODS = {
  durationSec: [LINE, LINE.map((sec) => sec / 5)],
  distanceM: [LINE, LINE.map((metres) => (metres * 11) / 10)],
  periodStartSec: [0, 1000],
};

test("a leg is as long as the period says in which it starts", () => {
  // Leaves at 600, is there at 900; leaves after 100 s of service, at 1000, and is home at 1000 + 60.
  const { flaws, cost } = check(
    [{ place: 3, serviceSec: 100 }],
    { startSec: 600, endSec: 1060, secondCost: 1 },
    PERIODS,
  );
  expect(flaws).toEqual([]);
  // 300 s out, 100 s of service, 60 s back; 300 m out and 330 m back.
  expect(cost).toEqual({ ...free, distance: 630, time: 460, total: 1090 });
  // The other way round the van is slower from second 1000 on: it leaves at 1000 and takes 300 s, then 300 s home.
  const slower = { ...PERIODS, durationSec: PERIODS.durationSec.toReversed() };
  expect(check([{ place: 3 }], { startSec: 1000, endSec: 1600 }, slower).flaws).toEqual([]);
  expect(check([{ place: 3 }], { startSec: 1000, endSec: 1599 }, slower).flaws).toEqual([
    flaw("home too late", 1, -1, 1),
  ]);
});

test("a leg waits for the next period if it then arrives sooner, and only the drive costs", () => {
  // Ready at 760: 300 s end at 1060, which waiting does not better, so it goes. Ready at 800: it waits and is there at 1060.
  const early = check([{ place: 3, windows: [[0, 1061]] }], { startSec: 760, secondCost: 1 }, PERIODS);
  expect(early.flaws).toEqual([]);
  expect(early.cost.time).toBe(300 + 60);
  const visits = [{ place: 3, windows: [[0, 1060]] }] satisfies VisitSketch[];
  const late = check(visits, { startSec: 800, secondCost: 1 }, PERIODS);
  expect(late.flaws).toEqual([flaw("service starts too late", 0, 0, 1)]);
  expect(late.cost).toMatchObject({ time: 60 + 60, distance: 330 + 330 });
});

test("a leg that would wait for the next period may wait for the one after it", () => {
  // Ready at 0: 1000 s, or from 100 on 950 s, or from 200 on 10 s.
  const problem = problemOf({
    placeCount: 2,
    durationSec: [1000, 950, 10].map((sec) => [0, sec, sec, 0]),
    periodStartSec: [0, 100, 200],
    visits: [{ place: 1 }],
    vehicles: [{ endSec: 220 }],
  });
  expect(checkPlan(problem, { routes: [[0]], leftOut: [] }).flaws).toEqual([]);
});

test("the first period holds from the beginning of time", () => {
  const periods = { ...PERIODS, periodStartSec: [500, 1000] };
  expect(check([{ place: 1, windows: [[0, 101]] }], {}, periods).flaws).toEqual([]);
});

const rest = (earliestSec: number, latestSec: number, durationSec = 50) => ({ earliestSec, latestSec, durationSec });

test.each<[string, readonly VisitSketch[], Partial<Vehicle>, number]>([
  // Without a break: there at 100, served until 130, at 200 m at 230, served until 260, home at 460.
  ["on arrival, before the service", [], { breaks: [rest(100, 120)] }, 510],
  ["after the service, before leaving", [], { breaks: [rest(110, 140)] }, 510],
  // Not yet 135 when it leaves at 130, and there by 230.
  ["on arrival at the next", [], { breaks: [rest(135, 230)] }, 510],
  // The next leg would end at 230: it waits from 130 to 220, rests until 270, serves 370 … 400, is home at 600.
  ["before a leg that would end too late", [], { breaks: [rest(220, 229)] }, 600],
  // The way home would end at 460: it waits from 260 to 300, rests until 350, home at 550.
  ["before the way home, if that would end too late", [], { breaks: [rest(300, 459)] }, 550],
  ["not at all when it is home by then", [], { breaks: [rest(300, 460)] }, 460],
  ["at the start, if it leaves no sooner", [], { startSec: 10, breaks: [rest(10, 20)] }, 10 + 510],
  // The first leg would end at 100: it waits for 60, rests until 110, and all is 110 later.
  ["before the first leg, if that would end too late", [], { breaks: [rest(60, 99)] }, 570],
  // It must rest twice before the first leg: 60 … 110 and, as that leg would then end at 210, 150 … 200. All is 200 later.
  ["twice before a leg that would end too late for both", [], { breaks: [rest(60, 99), rest(150, 209)] }, 660],
  // Both in one stand at 100: until 150 and until 200.
  ["one after the other, if two are due", [], { breaks: [rest(80, 120), rest(90, 150)] }, 560],
  // The first delays the second: at 100 until 150, serves until 180, at 280 rests until 330, serves until 360, home at 560.
  ["each when it is due", [], { breaks: [rest(100, 120), rest(190, 300)] }, 560],
  // There at 100 and waits for 170: rests 110 … 160, serves 170 … 200, 300 … 330, is home at 530.
  [
    "while waiting for a window, when it is over by then",
    [{ windows: [[170, 999]], place: 1, serviceSec: 30 }],
    { breaks: [rest(110, 180)] },
    530,
  ],
  // A rest from 120 on would end at 170, after the window opens at 150: served 150 … 180, rests until 230, home at 560.
  [
    "not while waiting for a window that opens sooner",
    [{ windows: [[150, 999]], place: 1, serviceSec: 30 }],
    { breaks: [rest(120, 180)] },
    560,
  ],
  // The service would end at 130: it waits from 100 to 110, rests until 160, serves until 190, 290 … 320, is home at 520.
  ["before a service that would end too late", [], { breaks: [rest(110, 129)] }, 520],
  // Of two windows the rest misses the first: waits 100 … 110, rests until 160, serves 200 … 230, 330 … 360, home at 560.
  [
    "before the second window, if the service in the first would end too late",
    [
      {
        windows: [
          [105, 130],
          [200, 999],
        ],
        place: 1,
        serviceSec: 30,
      },
    ],
    { breaks: [rest(110, 130)] },
    560,
  ],
])("a break is taken %s", (_, [first], vehicle, homeSec) => {
  const visits = [first ?? { place: 1, serviceSec: 30 }, { place: 2, serviceSec: 30 }];
  expect(check(visits, { ...vehicle, endSec: homeSec }).flaws).toEqual([]);
  expect(check(visits, { ...vehicle, endSec: homeSec - 1 }).flaws).toEqual([flaw("home too late", 2, -1, 1)]);
  // 400 s of driving and 60 s of service; rest and waiting are not paid.
  expect(check(visits, { ...vehicle, secondCost: 1 }).cost.time).toBe(460);
});

test("a break that a late start or another break pushes past its latest start is a flaw", () => {
  expect(check([{ place: 1, releaseSec: 400 }], { breaks: [rest(110, 250)] }).flaws).toEqual([
    flaw("break starts too late", 0, 0, 150),
  ]);
  // There at 100, rests until 300: 150 s after the latest start of the second one.
  expect(check([{ place: 1 }], { breaks: [rest(100, 120, 200), rest(110, 150)] }).flaws).toEqual([
    flaw("break starts too late", 0, 0, 150),
  ]);
});
