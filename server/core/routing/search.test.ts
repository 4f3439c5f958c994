import fc from "fast-check";
import { expect, test } from "vitest";
import { checkPlan } from "./check-plan.ts";
import { prepare } from "./prepare.ts";
import type { Plan, RoutingProblem } from "./problem.ts";
import { improvePlan } from "./search.ts";
import { exactPlan } from "./test-exact-plan.ts";
import { shortCut } from "./test-hand-problems.ts";
import { goingOnFault, resultFault, tellingFault } from "./test-judge.ts";
import { lineMatrix, problemOf } from "./test-problems.ts";
import { smallProblem } from "./test-small-problems.ts";
import { town } from "./test-towns.ts";

const ITERATIONS = 3000;
const search = (problem: RoutingProblem, start?: Plan, seed = 1, iterations = ITERATIONS) =>
  improvePlan(problem, start, { seed, spent: (done) => done / iterations });

test("whatever binds a problem, the plan can be driven, costs what the search says, and is hardly ever not the best", () => {
  const problems = fc.sample(smallProblem(), { numRuns: 200, seed: 5 });
  let best = 0;
  for (const problem of problems) {
    const found = search(problem);
    expect(resultFault(problem, found)).toBeNull();
    const checked = checkPlan(problem, found.plan);
    const exact = exactPlan(problem)!;
    expect(checked.unservedCount).toBeGreaterThanOrEqual(exact.unservedCount);
    const isAsGood = checked.unservedCount === exact.unservedCount && checked.cost.total <= exact.cost + 1e-6;
    if (isAsGood) best++;
  }
  expect(best).toBeGreaterThanOrEqual(194);
}, 120_000);

test("a search that goes on from a plan keeps what is locked and ends no worse", () => {
  fc.assert(
    fc.property(smallProblem({ maxVisits: 5, maxVehicles: 3 }), fc.integer(), (problem, seed) => {
      const before = search(problem, undefined, 1, 64);
      expect(goingOnFault(improvePlan, problem, before, seed)).toBeNull();
    }),
    { numRuns: 500 },
  );
});

test("goods that are picked later do not hold up what is locked on the same van", () => {
  // Locked at 10 m, to be there by 10 s: the van leaves at 0. Goods that are picked at 5 s would make it 15.
  const problem = (lockedUntilSec: number, pickedSec: number) =>
    problemOf({
      placeCount: 2,
      durationSec: [lineMatrix([0, 10])],
      visits: [
        { place: 1, windows: [[0, lockedUntilSec + 1]] },
        { place: 1, releaseSec: pickedSec },
      ],
      vehicles: [{ locked: [0] }],
    });
  expect(search(problem(10, 0)).plan).toEqual({ routes: [[0, 1]], leftOut: [] });
  expect(search(problem(10, 5)).plan).toEqual({ routes: [[0]], leftOut: [1] });
  // Locked and late already, by 5 s: more may follow it, but nothing may make it later still.
  expect(search(problem(5, 0)).plan).toEqual({ routes: [[0, 1]], leftOut: [] });
  expect(search(problem(5, 1)).plan).toEqual({ routes: [[0]], leftOut: [1] });
});

test("a plan is taken over even when a part of a route alone would be too late", () => {
  const start = { routes: [[0, 1]], leftOut: [] };
  expect(improvePlan(shortCut(), start, { seed: 1, spent: () => 1 }).plan).toEqual(start);
});

test("the same seed and number of iterations give the same plan, another seed another way to it", () => {
  const one = search(town(), undefined, 7, 2048);
  expect(search(town(), undefined, 7, 2048)).toEqual(one);
  expect(one.iterations).toBe(2048);
  expect(checkPlan(town(), one.plan).flaws).toEqual([]);
  const ways = [1, 2, 3].map((seed) => JSON.stringify(search(town(), undefined, seed, 64).plan));
  expect(new Set(ways).size).toBeGreaterThan(1);
});

test("a search that is stopped at once has a plan that can be driven, and each better one is told", () => {
  const stopped = improvePlan(town(), undefined, { seed: 1, spent: () => 1 });
  expect(stopped.iterations).toBe(0);
  expect(checkPlan(town(), stopped.plan)).toMatchObject({ flaws: [], unservedCount: 0 });

  expect(tellingFault(improvePlan, town(), stopped.cost - 1)).toBeNull();
});

test("a search ends with the first plan that costs no more than what is enough", () => {
  const problem = town();
  const first = improvePlan(problem, undefined, { seed: 1, spent: () => 1 }).cost;
  const long = search(problem, undefined, 1, 20_000);
  const enough = (first + long.cost) / 2;
  const found = improvePlan(problem, undefined, { seed: 1, spent: (done) => done / 20_000, enough });
  expect(found.cost).toBeLessThanOrEqual(enough);
  expect(found.iterations).toBeGreaterThan(0);
  expect(found.iterations).toBeLessThan(long.iterations);
  expect(improvePlan(problem, undefined, { seed: 1, spent: () => 0, enough: first }).iterations).toBe(0);
});

test("a van that must go far first still takes what waits near its depot, though none of it is near what it has", () => {
  // Sixty doors 1 km from the depot, each with more neighbours than an insertion looks at; the van goes to 100 km first.
  const problem = problemOf({
    placeCount: 3,
    durationSec: [lineMatrix([0, 1000, 100_000])],
    visits: [
      { place: 2, windows: [[0, 300_000]] },
      ...Array.from({ length: 60 }, () => ({ place: 1, windows: [[0, 300_000]] as const, prize: 1_000_000 })),
    ],
    vehicles: [{ locked: [0], endSec: 300_000 }],
  });
  expect(search(problem, undefined, 1, 256).plan.leftOut).toEqual([]);
});

test("vans with a hundred pairs of rates share one matrix of bounds, and their plan costs what the search says", () => {
  const at = Array.from({ length: 500 }, (_, i) => (i * 7919) % 100_003);
  const problem = problemOf({
    placeCount: at.length,
    durationSec: [lineMatrix(at)],
    visits: at.map((_, place) => ({ place, windows: [[0, 10_000_000]] })),
    vehicles: Array.from({ length: 100 }, (_, k) => ({
      endSec: 10_000_000,
      metreCost: 1 + k / 64,
      secondCost: 1 - k / 128,
    })),
  });
  expect(prepare(problem)).toMatchObject({ isPlain: false, cost: { length: 1 } });
  const found = search(problem, undefined, 1, 64);
  expect(found.plan.leftOut).toEqual([]);
  expect(resultFault(problem, found)).toBeNull();
});

test("without visits, without vehicles, and with what no vehicle can do there is still an answer", () => {
  const none = problemOf({ placeCount: 1, durationSec: [[0]], visits: [], vehicles: [{}] });
  expect(search(none).plan).toEqual({ routes: [[]], leftOut: [] });
  const nobody = problemOf({ placeCount: 2, durationSec: [lineMatrix([0, 10])], visits: [{ place: 1 }], vehicles: [] });
  expect(search(nobody).plan).toEqual({ routes: [], leftOut: [0] });
  const unable = problemOf({
    placeCount: 2,
    durationSec: [lineMatrix([0, 10])],
    visits: [{ place: 1, needs: 1 }, { place: 1 }],
    vehicles: [{}],
  });
  expect(search(unable).plan).toEqual({ routes: [[1]], leftOut: [0] });
});
