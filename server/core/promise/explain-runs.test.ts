import fc from "fast-check";
import { expect, test } from "vitest";
import { explainParcels, explainPickups } from "./explain-runs.ts";
import { findParcels } from "./find-parcels.ts";
import { findPickups } from "./find-pickups.ts";
import { PARCEL_STAGE, type ParcelProblem, type ParcelStage } from "./parcel-problem.ts";
import { PICKUP_STAGE, type PickupStage } from "./pickup-problem.ts";
import { DAYS, parcelProblems } from "./test-parcel-problems.ts";
import { pickupProblems } from "./test-pickup-problems.ts";
import { holdingEverything, LONG_AGO, NO_LIMIT, neverFull, workedSinceLongAgo } from "./test-relaxed-nodes.ts";
import { HOUR, NODES } from "./test-small-town.ts";

// The oracle does not look for what is short: it changes what is asked, and asks findParcels again.

/** For one day the problem in which nothing can fail at a check. */
const WITHOUT: Record<ParcelStage, (one: ParcelProblem, day: number) => ParcelProblem> = {
  [PARCEL_STAGE.noStock]: (one) => ({
    ...one,
    nodes: one.nodes.map((node) => holdingEverything(node, one.cart.count)),
  }),
  // Of every node one that fails at everything else, unless that is taken away too.
  [PARCEL_STAGE.noCarrier]: (one, day) => ({
    ...one,
    runs: [
      ...one.runs,
      ...Array.from({ length: NODES }, (_, node) => {
        return { node, day, leavesSec: 9 * HOUR, baseCents: 0, kgCents: 0, limitG: 0, has: 0, free: 0 };
      }),
    ],
  }),
  [PARCEL_STAGE.cold]: (one) => withRuns(one, { has: 3 }),
  [PARCEL_STAGE.tooHeavy]: (one) => withRuns(one, { limitG: NO_LIMIT }),
  [PARCEL_STAGE.cutOff]: (one) => ({ ...one, nowSec: LONG_AGO, nodes: one.nodes.map(workedSinceLongAgo) }),
  [PARCEL_STAGE.picking]: (one) => ({ ...one, nodes: one.nodes.map(neverFull) }),
  [PARCEL_STAGE.carrierFull]: (one) => withRuns(one, { free: 1 }),
};

function withRuns(one: ParcelProblem, all: Partial<ParcelProblem["runs"][number]>): ParcelProblem {
  return { ...one, runs: one.runs.map((run) => ({ ...run, ...all })) };
}

function isServedWithout(one: ParcelProblem, day: number, firstStage: number): boolean {
  let relaxed = one;
  for (let stage = firstStage; stage <= PARCEL_STAGE.carrierFull; stage++)
    relaxed = WITHOUT[stage as ParcelStage](relaxed, day);
  return "parts" in findParcels(relaxed)[day]!;
}

test("the check that binds a day is the first that no plan passes: without it and all behind it a parcel comes, with it not", () => {
  const seen = new Map<ParcelStage | null, number>();
  fc.assert(
    fc.property(parcelProblems, (one) => {
      const answers = findParcels(one);
      const explained = explainParcels(one, answers);
      expect(explained).toHaveLength(DAYS);
      for (const [day, { binding, parts }] of explained.entries()) {
        const answer = answers[day]!;
        seen.set(binding, (seen.get(binding) ?? 0) + 1);
        if (binding === null || "parts" in answer) {
          expect(binding).toBeNull();
          expect("parts" in answer && answer.parts.map(({ node, run }) => [node, run])).toEqual(
            parts.map(({ node, run }) => [node, run?.run]),
          );
          expect(parts.every(({ fails }) => fails === null)).toBe(true);
          continue;
        }
        expect(isServedWithout(one, day, binding)).toBe(true);
        expect(isServedWithout(one, day, binding + 1)).toBe(false);
        // From one node or not at all: then what binds is what the quote says too.
        if (one.cart.count === 1 || one.policy.split.mostNodes === 1) expect(binding).toBe(answer.stage);
      }
    }),
    { numRuns: 2000 },
  );
  for (const stage of Object.values(PARCEL_STAGE)) expect(seen.get(stage), `stage ${stage}`).toBeGreaterThan(5);
});

test("as many seconds, grams or places more as a run is short of take the day past its check, and one less does not", () => {
  const tried = new Map<ParcelStage, number>();
  fc.assert(
    fc.property(parcelProblems, (one) => {
      for (const [day, { binding, parts }] of explainParcels(one, findParcels(one)).entries()) {
        const [part] = parts;
        if (parts.length !== 1 || !part?.run || part.fails !== binding || one.cart.count > 1) continue;
        const { run, overLimitG, free, lastStartSec } = part.run;
        const withRun = (change: Partial<ParcelProblem["runs"][number]>): ParcelProblem => ({
          ...one,
          runs: one.runs.map((it, r) => (r === run ? { ...it, ...change } : it)),
        });
        const { limitG } = one.runs[run!]!;
        const mended: Partial<Record<ParcelStage, (less: number) => ParcelProblem>> = {
          [PARCEL_STAGE.tooHeavy]: (less) => withRun({ limitG: limitG + overLimitG - less }),
          [PARCEL_STAGE.carrierFull]: (less) => withRun({ free: free + 1 - less }),
          ...(lastStartSec > Number.NEGATIVE_INFINITY && {
            [PARCEL_STAGE.cutOff]: (less: number) => ({ ...one, nowSec: lastStartSec + less }),
          }),
        };
        const mend = binding !== null && mended[binding];
        if (!mend) continue;
        tried.set(binding, (tried.get(binding) ?? 0) + 1);
        const bindingOf = (changed: ParcelProblem) => explainParcels(changed, findParcels(changed))[day]!.binding;
        const after = bindingOf(mend(0));
        expect(after === null || after > binding).toBe(true);
        expect(bindingOf(mend(1))).toBe(binding);
      }
    }),
    { numRuns: 3000 },
  );
  for (const stage of [PARCEL_STAGE.tooHeavy, PARCEL_STAGE.cutOff, PARCEL_STAGE.carrierFull])
    expect(tried.get(stage), `stage ${stage}`).toBeGreaterThan(5);
});

test("a window at a counter is explained by the store's shelves and the runs that are in time for it", () => {
  const seen = new Map<PickupStage | null, number>();
  fc.assert(
    fc.property(pickupProblems, (problem) => {
      const answers = findPickups(problem);
      for (const [w, { binding, parts }] of explainPickups(problem).entries()) {
        const answer = answers[w]!;
        seen.set(binding, (seen.get(binding) ?? 0) + 1);
        expect(binding === null).toBe("parts" in answer);
        for (const { node, run } of parts) {
          if (run?.run === null) expect(node).toBe(problem.store);
          else if (run) expect(problem.runs[run.run]).toMatchObject({ node, free: run.free });
        }
        if (binding !== null && "stage" in answer && problem.policy.split.mostNodes === 1)
          expect(binding).toBe(answer.stage);
      }
    }),
    { numRuns: 1500 },
  );
  for (const stage of Object.values(PICKUP_STAGE)) expect(seen.get(stage), `stage ${stage}`).toBeGreaterThan(5);
});
