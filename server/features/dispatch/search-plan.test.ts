import { expect, test } from "vitest";
import { checkPlan } from "#server/core/routing/check-plan.ts";
import type { Plan, RoutingProblem } from "#server/core/routing/problem.ts";
import { improvePlan } from "#server/core/routing/search.ts";
import { searchPlan } from "./search-plan.ts";

const VISITS = 60;

/** Visits scattered by a fixed rule, six vans, a day. */
function town(): RoutingProblem {
  const at = Array.from({ length: VISITS + 1 }, (_, i) => [(i * 37) % 101, (i * 61) % 97] as const);
  const matrix = Int32Array.from(at.flatMap(([x, y]) => at.map(([u, v]) => Math.round(60 * Math.hypot(x - u, y - v)))));
  const all = (value: number, length = VISITS) => new Int32Array(length).fill(value);
  return {
    placeCount: VISITS + 1,
    loadCount: 1,
    travel: { startSec: [0], durationSec: [matrix], distanceM: [matrix] },
    visits: {
      count: VISITS,
      place: Int32Array.from({ length: VISITS }, (_, v) => v + 1),
      serviceSec: all(240),
      releaseSec: all(0),
      windowsFrom: Int32Array.from({ length: VISITS + 1 }, (_, v) => v),
      windowStartSec: Int32Array.from({ length: VISITS }, (_, v) => (v % 4) * 10_000),
      windowEndSec: Int32Array.from({ length: VISITS }, (_, v) => (v % 4) * 10_000 + 20_000),
      lateCost: new Float64Array(VISITS).fill(Number.POSITIVE_INFINITY),
      delivery: all(1),
      pickup: all(0),
      needs: all(0),
      onlyVehicle: all(-1),
      prize: new Float64Array(VISITS).fill(Number.POSITIVE_INFINITY),
    },
    vehicles: Array.from({ length: 6 }, () => ({
      startPlace: 0,
      endPlace: 0,
      startSec: 0,
      endSec: 50_000,
      overtimeSec: 0,
      overtimeCost: 0,
      fixedCost: 0,
      metreCost: 1,
      secondCost: 0,
      capacity: [20],
      has: 0,
      breaks: [],
      locked: [],
    })),
  };
}

test("threads give the plan that the search gives with their seeds, the better one of two", async () => {
  const problem = town();
  const alone = [5, 6].map((seed) => improvePlan(problem, undefined, { seed, spent: (done) => done / 2048 }));
  const found = await searchPlan(problem, undefined, { seed: 5, threads: 2, seconds: 60, iterations: 2048 });
  const best = alone[0]!.cost <= alone[1]!.cost ? alone[0]! : alone[1]!;
  expect(found.cost).toBe(best.cost);
  expect(found.plan).toEqual(best.plan);
  expect(found.iterations).toBe(4096);
  // The matrices were shared, not taken away.
  expect(checkPlan(problem, found.plan)).toMatchObject({ flaws: [], unservedCount: 0 });
});

test("a search tells of better plans and goes on from one, and ends as soon as it is cancelled", async () => {
  const problem = town();
  const told: { plan: Plan; cost: number }[] = [];
  const cancel = new AbortController();
  const found = await searchPlan(problem, undefined, {
    seed: 1,
    seconds: 600,
    signal: cancel.signal,
    onBetter: (plan, cost) => {
      told.push({ plan, cost });
      cancel.abort();
    },
  });
  expect(told[0]!.cost).toBeGreaterThanOrEqual(found.cost);
  for (const { plan, cost } of told) expect(checkPlan(problem, plan).cost.total).toBe(cost);
  expect(told.at(-1)!.cost).toBe(found.cost);

  const further = await searchPlan(problem, found.plan, { seed: 2, seconds: 60, iterations: 256 });
  expect(further.cost).toBeLessThanOrEqual(found.cost);
  const ended = await searchPlan(problem, found.plan, { seed: 2, seconds: 600, signal: AbortSignal.abort() });
  expect(ended).toMatchObject({ cost: found.cost, iterations: 0 });
});

test("a problem that is none is refused before a thread starts", async () => {
  const { visits, ...rest } = town();
  const broken = { ...rest, visits: { ...visits, serviceSec: visits.serviceSec.with(3, -1) } };
  await expect(searchPlan(broken, undefined, { seed: 1, seconds: 1 })).rejects.toThrow("serviceSec");
});
