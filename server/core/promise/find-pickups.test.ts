import fc from "fast-check";
import { expect, test } from "vitest";
import { NEEDS } from "./cart-load.ts";
import { findPickups, firstPickup } from "./find-pickups.ts";
import { type LaneRun, PICKUP_STAGE, type PickupPlan, type PickupProblem } from "./pickup-problem.ts";
import { leastSplit } from "./test-least-split.ts";
import { pickingPrice } from "./test-picking-price.ts";
import { pickupProblems } from "./test-pickup-problems.ts";
import { HOUR } from "./test-small-town.ts";
import { EVEN_WEIGHTS } from "./weigh-terms.ts";

// The oracle shares nothing with the search but the rules: it gives every group to every node and what comes from another node
// to every run, and adds up hours and money by itself.

const DAY = 24 * HOUR;

test("a pickup costs what trying every node for every group and every run for every part costs at the least", () => {
  const seen = { plans: 0, own: 0, brought: 0, mixed: 0, losses: 0 };
  fc.assert(
    fc.property(pickupProblems, (problem) => {
      const answers = findPickups(problem);
      expect(answers).toHaveLength(problem.windowStartSec.length);
      for (const [w, answer] of answers.entries()) {
        const least = leastCost(problem, w);
        if (!("parts" in answer)) {
          expect(least).toBe(Number.POSITIVE_INFINITY);
          seen.losses++;
          continue;
        }
        const brought = answer.parts.filter(({ run }) => run !== null).length;
        seen.plans++;
        if (brought === 0) seen.own++;
        else if (brought < answer.parts.length) seen.mixed++;
        else seen.brought++;
        expect(answer.costCents).toBeCloseTo(least, 6);
        expect(answer.boundCents).toBeCloseTo(least, 6);
        expectCollected(problem, w, answer);
      }
    }),
    { numRuns: 3000 },
  );
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(100);
});

test("the first window that can be had is the first that is answered with a plan", () => {
  const seen = { first: 0, later: 0, none: 0 };
  fc.assert(
    fc.property(pickupProblems, fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }), (problem, given) => {
      const found = firstPickup(problem, (w) => given[w]!);
      expect(found).toBe(findPickups(problem).findIndex((answer, w) => given[w] && "parts" in answer));
      seen[found < 0 ? "none" : found === 0 ? "first" : "later"]++;
    }),
    { numRuns: 2000 },
  );
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(100);
});

/** Every group is in one part; each part comes from the store or by a run that is ready in time; the terms are what the plan costs. */
function expectCollected(problem: PickupProblem, w: number, { parts, costCents, splitCents }: PickupPlan): void {
  const { cart, runs, store } = problem;
  expect(parts.flatMap(({ groups }) => groups).sort()).toEqual(Array.from({ length: cart.count }, (_, g) => g));
  let sum = splitCents;
  for (const [p, { node, run, groups, terms }] of parts.entries()) {
    if (run === null) expect([node, p]).toEqual([store, 0]);
    else expect(runs[run]!.node).toBe(node);
    const cents = terms.handlingCents + terms.pickingCents + terms.busyCents + terms.transferCents;
    expect(cents).toBeCloseTo(priceOf(problem, w, node, groups, run === null ? null : runs[run]!), 6);
    sum += cents;
  }
  expect(sum).toBeCloseTo(costCents, 6);
}

function leastCost(problem: PickupProblem, w: number): number {
  const { runs, store } = problem;
  return leastSplit(problem, (node, groups) => {
    const ways = node === store ? [null] : runs.filter((run) => run.node === node);
    return Math.min(Number.POSITIVE_INFINITY, ...ways.map((run) => priceOf(problem, w, node, groups, run)));
  });
}

/** What a node asks for these groups in a window, from the shelf or by the run, by the rules alone; Infinity where it cannot be. */
function priceOf(
  { cart, nodes, windowStartSec, policy, nowSec }: PickupProblem,
  w: number,
  n: number,
  groups: readonly number[],
  run: LaneRun | null,
): number {
  const node = nodes[n]!;
  const startSec = windowStartSec[w]!;
  if (run && (run.free === 0 || run.readySec > startSec || startSec - run.readySec >= DAY))
    return Number.POSITIVE_INFINITY;
  let grams = 0;
  let work = node.pickSetupSec;
  for (const g of groups) {
    if (!node.holds[g]) return Number.POSITIVE_INFINITY;
    for (const cold of [1, 2])
      if (run && (cart.needs[g]! & cold) !== 0 && (run.has & cold) === 0) return Number.POSITIVE_INFINITY;
    grams += cart.weightG[g]!;
    work += cart.lines[g]! * node.pickLineSec + cart.units[g]! * node.pickUnitSec;
  }
  const transfer = run ? (run.baseCents + (grams / 1000) * run.kgCents) * policy.weights.transfer : 0;
  return pickingPrice({ policy, nowSec }, node, work, run?.leavesSec ?? startSec) + transfer;
}

// ----------------------------------------------------------------------------------------------- one run, one reason

const node = {
  holds: Uint8Array.of(1),
  hours: {
    startSec: Int32Array.of(8 * HOUR, 9 * HOUR),
    limitSec: Int32Array.of(600, 600),
    freeSec: Int32Array.of(600, 600),
  },
  pickSetupSec: 60,
  pickLineSec: 30,
  pickUnitSec: 5,
  handoverSec: 600,
  handlingCents: 50,
  pickHourCents: 1800,
};
const without = { ...node, holds: Uint8Array.of(0) };
const run: LaneRun = {
  node: 1,
  leavesSec: 11 * HOUR,
  readySec: 13 * HOUR,
  baseCents: 90,
  kgCents: 3,
  has: NEEDS.chilled,
  free: 1,
};
const plain: PickupProblem = {
  nowSec: 8 * HOUR,
  cart: {
    count: 1,
    lines: Int32Array.of(1),
    units: Int32Array.of(2),
    weightG: Int32Array.of(2000),
    volumeMl: Int32Array.of(1000),
    valueCents: Int32Array.of(500),
    needs: Int32Array.of(0),
    climbSec: 0,
  },
  nodes: [without, node],
  store: 0,
  windowStartSec: [13 * HOUR],
  runs: [run],
  policy: {
    split: { mostNodes: 2, leastPartValue: 0, splitCost: 0 },
    busy: { fromShare: 1, hourCents: 0 },
    weights: EVEN_WEIGHTS,
  },
};
const answerTo = (changed: Partial<PickupProblem>) => findPickups({ ...plain, ...changed })[0]!;
const stageOf = (changed: Partial<PickupProblem>) => {
  const answer = answerTo(changed);
  return "stage" in answer ? answer.stage : answer.costCents;
};

test("what is brought costs handling, picking and the lane, to the gram", () => {
  // 50 of handling, 100 s of picking at 1800 an hour = 50, and 90 + 2 kg × 3 = 96.
  expect(stageOf({})).toBe(196);
  expect(answerTo({})).toMatchObject({
    parts: [{ node: 1, run: 0, pickBySec: 11 * HOUR - 600, terms: { transferCents: 96 } }],
  });
});

test("the store's own goods are taken where they cost less, and its hours hold them", () => {
  expect(answerTo({ nodes: [node, node] })).toMatchObject({ parts: [{ node: 0, run: null }], costCents: 100 });
  const full = { ...node, hours: { ...node.hours, freeSec: Int32Array.of(0, 0) } };
  expect(answerTo({ nodes: [full, node] })).toMatchObject({ parts: [{ node: 1, run: 0 }] });
});

test("a run is ready by the second at which the window starts, or too late", () => {
  expect(stageOf({ windowStartSec: [13 * HOUR] })).toBe(196);
  expect(stageOf({ windowStartSec: [13 * HOUR - 1] })).toBe(PICKUP_STAGE.noRun);
});

test("nothing is brought a day ahead of its window", () => {
  expect(stageOf({ windowStartSec: [37 * HOUR - 1] })).toBe(196);
  expect(stageOf({ windowStartSec: [37 * HOUR] })).toBe(PICKUP_STAGE.noRun);
});

test("of runs that cost the same the latest takes it", () => {
  const later = { ...run, leavesSec: 12 * HOUR };
  expect(answerTo({ runs: [run, later] })).toMatchObject({ parts: [{ run: 1 }] });
});

test("what binds a window is the furthest check that any way came to", () => {
  const frozen = { ...plain.cart, needs: Int32Array.of(NEEDS.frozen) };
  const full = { ...node, hours: { ...node.hours, freeSec: Int32Array.of(0, 99) } };
  expect(stageOf({ nodes: [without, without] })).toBe(PICKUP_STAGE.noStock);
  // Goods that no lane brings from their node are none of this store's.
  expect(stageOf({ runs: [] })).toBe(PICKUP_STAGE.noStock);
  expect(stageOf({ cart: frozen })).toBe(PICKUP_STAGE.noRun);
  expect(stageOf({ runs: [{ ...run, leavesSec: 8 * HOUR + 30 }] })).toBe(PICKUP_STAGE.cutOff);
  expect(stageOf({ nodes: [without, full] })).toBe(PICKUP_STAGE.picking);
  expect(stageOf({ runs: [{ ...run, free: 0 }] })).toBe(PICKUP_STAGE.runFull);
});
