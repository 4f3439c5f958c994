import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { checkPlan } from "#server/core/routing/check-plan.ts";
import type { Plan, RoutingProblem } from "#server/core/routing/problem.ts";
import { improvePlan } from "#server/core/routing/search.ts";
import { searchPlan } from "./search-plan.ts";

/** Visits scattered by a fixed rule, ten for each van, a day. */
function town(visitCount = 60): RoutingProblem {
  const at = Array.from({ length: visitCount + 1 }, (_, i) => [(i * 37) % 101, (i * 61) % 97] as const);
  const matrix = Int32Array.from(at.flatMap(([x, y]) => at.map(([u, v]) => Math.round(60 * Math.hypot(x - u, y - v)))));
  const all = (value: number, length = visitCount) => new Int32Array(length).fill(value);
  return {
    placeCount: visitCount + 1,
    loadCount: 1,
    travel: { startSec: [0], durationSec: [matrix], distanceM: [matrix] },
    visits: {
      count: visitCount,
      place: Int32Array.from({ length: visitCount }, (_, v) => v + 1),
      serviceSec: all(240),
      releaseSec: all(0),
      windowsFrom: Int32Array.from({ length: visitCount + 1 }, (_, v) => v),
      windowStartSec: Int32Array.from({ length: visitCount }, (_, v) => (v % 4) * 10_000),
      windowEndSec: Int32Array.from({ length: visitCount }, (_, v) => (v % 4) * 10_000 + 20_000),
      lateCost: new Float64Array(visitCount).fill(Number.POSITIVE_INFINITY),
      delivery: all(1),
      pickup: all(0),
      needs: all(0),
      onlyVehicle: all(-1),
      prize: new Float64Array(visitCount).fill(Number.POSITIVE_INFINITY),
    },
    vehicles: Array.from({ length: visitCount / 10 }, () => ({
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

let started: Worker[] = [];
beforeEach(() => {
  started = [];
});
const noteStart = (thread: Worker) => started.push(thread);
beforeAll(() => process.on("worker", noteStart));
afterAll(() => process.off("worker", noteStart));

/** A thread that has ended has no number any more. */
const areEnded = () => started.every(({ threadId }) => threadId === -1);

test("what is thrown by whoever is told ends the search, and every thread with it", async () => {
  let told = 0;
  const search = searchPlan(town(), undefined, {
    seed: 1,
    threads: 2,
    seconds: 600,
    onBetter: () => {
      told++;
      throw new Error("enough");
    },
  });
  await expect(search).rejects.toThrow("enough");
  expect(started).toHaveLength(2);
  await expect.poll(areEnded).toBe(true);
  expect(told).toBe(1);
});

test("a thread that dies ends the search and the other threads", async () => {
  // A plan whose routes are none: the threads throw, each as soon as it has prepared itself.
  const muddled = { routes: [7], leftOut: [] } as unknown as Plan;
  const search = searchPlan(town(), muddled, { seed: 1, threads: 2, seconds: 600 });
  await expect(search).rejects.toThrow(TypeError);
  await expect.poll(areEnded).toBe(true);
});

test("a search is cancelled within a tenth of a second while its threads prepare themselves", async () => {
  const problem = town(1000);
  const start = improvePlan(problem, undefined, { seed: 1, spent: () => 1 });
  const cancelled = async (given: Plan | undefined) => {
    const cancel = new AbortController();
    const search = searchPlan(problem, given, { seed: 1, threads: 2, seconds: 600, signal: cancel.signal });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(areEnded()).toBe(false);
    const startMs = performance.now();
    cancel.abort(new Error("never mind"));
    return search.finally(async () => {
      expect(performance.now() - startMs).toBeLessThan(100);
      await expect.poll(areEnded).toBe(true);
    });
  };
  expect(await cancelled(start.plan)).toMatchObject({ plan: start.plan, iterations: 0 });
  await expect(cancelled(undefined)).rejects.toThrow("never mind");
});

test("a search in no thread, or for no time, is refused", async () => {
  await expect(searchPlan(town(), undefined, { seed: 1, seconds: 1, threads: 0 })).rejects.toThrow("in 0 threads");
  await expect(searchPlan(town(), undefined, { seed: 1, seconds: Number.NaN })).rejects.toThrow("of NaN seconds");
});

test("a problem that is none is refused before a thread starts", async () => {
  const { visits, ...rest } = town();
  const broken = { ...rest, visits: { ...visits, serviceSec: visits.serviceSec.with(3, -1) } };
  await expect(searchPlan(broken, undefined, { seed: 1, seconds: 1 })).rejects.toThrow("serviceSec");
});
