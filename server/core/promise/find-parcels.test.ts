import fc from "fast-check";
import { expect, test } from "vitest";
import { NEEDS } from "./cart-load.ts";
import { findParcels } from "./find-parcels.ts";
import { PARCEL_STAGE, type ParcelPlan, type ParcelProblem } from "./parcel-problem.ts";
import { leastSplit } from "./test-least-split.ts";
import { DAYS, parcelProblems } from "./test-parcel-problems.ts";
import { pickingPrice } from "./test-picking-price.ts";
import { HOUR } from "./test-small-town.ts";
import { EVEN_WEIGHTS } from "./weigh-terms.ts";

// The oracle shares nothing with the search but the rules: it gives every group to every node and every part to every run,
// and adds up hours and money by itself.

test("a parcel costs what trying every node for every group and every run for every part costs at the least", () => {
  let plans = 0;
  let splits = 0;
  fc.assert(
    fc.property(parcelProblems, (problem) => {
      const answers = findParcels(problem);
      expect(answers).toHaveLength(DAYS);
      for (const [day, answer] of answers.entries()) {
        const least = leastCost(problem, day);
        if (!("parts" in answer)) {
          expect(least).toBe(Number.POSITIVE_INFINITY);
          continue;
        }
        plans++;
        if (answer.parts.length > 1) splits++;
        expect(answer.costCents).toBeCloseTo(least, 6);
        expect(answer.boundCents).toBeCloseTo(least, 6);
        expectCarried(problem, day, answer);
      }
    }),
    { numRuns: 3000 },
  );
  expect(plans).toBeGreaterThan(300);
  expect(splits).toBeGreaterThan(50);
});

/** Every group is in one part; each part's price is that of its run, and its terms are what the plan costs. */
function expectCarried(problem: ParcelProblem, day: number, { parts, costCents, splitCents }: ParcelPlan): void {
  const { cart, runs } = problem;
  expect(parts.flatMap(({ groups }) => groups).sort()).toEqual(Array.from({ length: cart.count }, (_, g) => g));
  let sum = splitCents;
  for (const { node, run, groups, terms } of parts) {
    expect(runs[run]).toMatchObject({ node, day });
    expect(terms.handlingCents + terms.pickingCents + terms.busyCents + terms.carrierCents).toBeCloseTo(
      priceOf(problem, node, groups, run),
      6,
    );
    sum += terms.handlingCents + terms.pickingCents + terms.busyCents + terms.carrierCents;
  }
  expect(sum).toBeCloseTo(costCents, 6);
}

function leastCost(problem: ParcelProblem, day: number): number {
  const { runs } = problem;
  return leastSplit(problem, (node, groups) =>
    Math.min(
      Number.POSITIVE_INFINITY,
      ...runs.flatMap((run, r) => (run.node === node && run.day === day ? priceOf(problem, node, groups, r) : [])),
    ),
  );
}

/** What a node asks for a parcel of these groups that a run takes, by the rules alone; Infinity where it cannot be. */
function priceOf(
  { cart, nodes, runs, policy, nowSec }: ParcelProblem,
  n: number,
  groups: readonly number[],
  r: number,
) {
  const node = nodes[n]!;
  const run = runs[r]!;
  let grams = 0;
  let work = node.pickSetupSec;
  for (const g of groups) {
    if (!node.holds[g] || ((cart.needs[g]! & 1) !== 0 && (run.has & 1) === 0)) return Number.POSITIVE_INFINITY;
    if ((cart.needs[g]! & 2) !== 0 && (run.has & 2) === 0) return Number.POSITIVE_INFINITY;
    grams += cart.weightG[g]!;
    work += cart.lines[g]! * node.pickLineSec + cart.units[g]! * node.pickUnitSec;
  }
  if (grams > run.limitG || run.free === 0) return Number.POSITIVE_INFINITY;
  return (
    pickingPrice({ policy, nowSec }, node, work, run.leavesSec) +
    (run.baseCents + (grams / 1000) * run.kgCents) * policy.weights.carrier
  );
}

// ----------------------------------------------------------------------------------------------- one run, one reason

const plain: ParcelProblem = {
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
  nodes: [
    {
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
    },
  ],
  dayCount: 1,
  runs: [{ node: 0, day: 0, leavesSec: 11 * HOUR, baseCents: 350, kgCents: 20, limitG: 5000, has: 0, free: 1 }],
  policy: {
    split: { mostNodes: 2, leastPartValue: 0, splitCost: 0 },
    busy: { fromShare: 1, hourCents: 0 },
    weights: EVEN_WEIGHTS,
  },
};
const withRun = (run: Partial<ParcelProblem["runs"][number]>) => ({ ...plain, runs: [{ ...plain.runs[0]!, ...run }] });
const stageOf = (problem: ParcelProblem) => {
  const answer = findParcels(problem)[0]!;
  return "stage" in answer ? answer.stage : answer.costCents;
};

test("a parcel costs handling, picking and the rate card, to the gram", () => {
  // 50 of handling, 100 s of picking at 1800 an hour = 50, and 350 + 2 kg × 20 = 390.
  expect(stageOf(plain)).toBe(490);
  expect(findParcels(plain)[0]).toMatchObject({ parts: [{ pickBySec: 11 * HOUR - 600, run: 0 }] });
});

test("what binds a day is the furthest check that any run came to", () => {
  const cold = { ...plain.cart, needs: Int32Array.of(NEEDS.frozen) };
  const empty = { ...plain.nodes[0]!, holds: Uint8Array.of(0) };
  expect(stageOf({ ...plain, nodes: [empty] })).toBe(PARCEL_STAGE.noStock);
  expect(stageOf({ ...plain, runs: [] })).toBe(PARCEL_STAGE.noCarrier);
  expect(stageOf({ ...plain, cart: cold })).toBe(PARCEL_STAGE.cold);
  expect(stageOf(withRun({ limitG: 1999 }))).toBe(PARCEL_STAGE.tooHeavy);
  expect(stageOf(withRun({ leavesSec: 8 * HOUR + 30 }))).toBe(PARCEL_STAGE.cutOff);
  const busy = { ...plain.nodes[0]!.hours, freeSec: Int32Array.of(0, 99) };
  expect(stageOf({ ...plain, nodes: [{ ...plain.nodes[0]!, hours: busy }] })).toBe(PARCEL_STAGE.picking);
  expect(stageOf(withRun({ free: 0 }))).toBe(PARCEL_STAGE.carrierFull);
  expect(stageOf({ ...plain, runs: [...withRun({ free: 0 }).runs, ...withRun({ has: 0, limitG: 10 }).runs] })).toBe(
    PARCEL_STAGE.carrierFull,
  );
});

test("of several cut-offs that have passed the latest is named", () => {
  const runs = [8 * HOUR + 20, 8 * HOUR + 40, 8 * HOUR + 30].map((leavesSec) => withRun({ leavesSec }).runs[0]!);
  expect(findParcels({ ...plain, runs })[0]).toEqual({
    stage: PARCEL_STAGE.cutOff,
    atSec: 8 * HOUR + 40 - 600 - 100,
  });
});
