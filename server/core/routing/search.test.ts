import fc from "fast-check";
import { expect, test } from "vitest";
import { checkPlan } from "./check-plan.ts";
import type { Plan, RoutingProblem } from "./problem.ts";
import { improvePlan } from "./search.ts";
import { exactPlan } from "./test-exact-plan.ts";
import { lineMatrix, problemOf } from "./test-problems.ts";
import { smallProblem } from "./test-small-problems.ts";

const ITERATIONS = 3000;
const search = (problem: RoutingProblem, start?: Plan, seed = 1, iterations = ITERATIONS) =>
  improvePlan(problem, start, { seed, spent: (done) => done / iterations });

test("whatever binds a problem, the plan can be driven, costs what the search says, and is hardly ever not the best", () => {
  const problems = fc.sample(smallProblem(), { numRuns: 200, seed: 5 });
  let best = 0;
  for (const problem of problems) {
    const { plan, cost } = search(problem);
    const checked = checkPlan(problem, plan);
    expect(checked.flaws).toEqual([]);
    expect(cost).toBeCloseTo(checked.cost.total, 2);
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
      const first = search(problem, undefined, 1, 64);
      const before = checkPlan(problem, first.plan);
      const after = checkPlan(problem, search(problem, first.plan, seed, 128).plan);
      expect(after.flaws).toEqual([]);
      expect(after.unservedCount).toBeLessThanOrEqual(before.unservedCount);
      if (after.unservedCount === before.unservedCount)
        expect(after.cost.total).toBeLessThanOrEqual(before.cost.total + 1e-2);
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
  // Home from place 1 takes 100 s, by way of place 2 only 10 + 10; the van is home by 60. So [0] cannot be driven.
  const durationSec = [
    [0, 10, 100],
    [100, 0, 10],
    [10, 10, 0],
  ].flat();
  const problem = problemOf({
    placeCount: 3,
    durationSec: [durationSec],
    visits: [
      { place: 1, prize: 1 },
      { place: 2, prize: 1 },
    ],
    vehicles: [{ endSec: 60, metreCost: 0 }],
  });
  const start = { routes: [[0, 1]], leftOut: [] };
  expect(improvePlan(problem, start, { seed: 1, spent: () => 1 }).plan).toEqual(start);
});

/** Forty visits scattered by a fixed rule over a square, some of them narrow, for eight vans of two kinds. */
function town(): RoutingProblem {
  const at = Array.from({ length: 41 }, (_, i) => [(i * 37) % 101, (i * 61) % 97] as const);
  const matrix = at.flatMap(([x, y]) =>
    at.map(([u, v]) => Math.round(60 * Math.hypot(x - u, y - v) + (x > u ? 30 : 0))),
  );
  return problemOf({
    placeCount: 41,
    durationSec: [matrix],
    loadCount: 2,
    visits: at.slice(1).map((_, i) => ({
      place: i + 1,
      serviceSec: 240,
      delivery: [5 + (i % 7), 1 + (i % 3)],
      windows: i % 3 === 0 ? [[28_800 + (i % 5) * 7200, 28_800 + (i % 5) * 7200 + 7200]] : [[28_800, 72_000]],
    })),
    vehicles: Array.from({ length: 8 }, (_, k) => ({
      startSec: 28_800,
      endSec: 72_000,
      capacity: [k % 2 ? 60 : 90, 30],
      metreCost: k % 2 ? 1 : 2,
      fixedCost: 500,
    })),
  });
}

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

  const told: number[] = [];
  const { cost } = improvePlan(town(), undefined, {
    seed: 1,
    spent: (done) => done / 4096,
    onBetter: (plan, better) => {
      expect(checkPlan(town(), plan).cost.total).toBeCloseTo(better, 6);
      told.push(better);
    },
  });
  expect(told).toEqual([...told].sort((a, b) => b - a));
  expect(told.at(-1)).toBe(cost);
  expect(cost).toBeLessThan(stopped.cost);
});

test("the first plan gives the scarce van to the visit that needs it, in whatever order they come", () => {
  // Both would rather ride on the near van, which has room for one; only the near van has what visit 1 needs.
  const problem = problemOf({
    placeCount: 2,
    durationSec: [lineMatrix([0, 10])],
    loadCount: 1,
    visits: [
      { place: 1, delivery: [1] },
      { place: 1, delivery: [1], needs: 1 },
    ],
    vehicles: [
      { capacity: [1], has: 1 },
      { capacity: [1], fixedCost: 100 },
    ],
  });
  for (let seed = 0; seed < 20; seed++) {
    const { plan } = improvePlan(problem, undefined, { seed, spent: () => 1 });
    expect(plan).toEqual({ routes: [[1], [0]], leftOut: [] });
  }
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
