import { SECONDS_PER_DAY } from "#server/domain/units.ts";
import { NEEDS } from "./cart-load.ts";
import { findParcels } from "./find-parcels.ts";
import { type CarrierRun, PARCEL_STAGE, type ParcelPlan, type ParcelStage } from "./parcel-problem.ts";
import {
  type LaneRun,
  PICKUP_STAGE,
  type PickupAnswer,
  type PickupPlan,
  type PickupProblem,
  type PickupStage,
} from "./pickup-problem.ts";

import { hasEverything } from "./promise-problem.ts";

/** Nothing waits longer at the store for a window than that. */
const LONGEST_WAIT_SEC = SECONDS_PER_DAY;

/**
 * How each window of a store can be served: from its own shelves, from other nodes by the runs of lanes that are ready before
 * it starts, or from both. Feasible first, then cheapest; of equally cheap runs the latest. Whether the window has a place left is
 * not asked.
 *
 * To the search a run is a carrier and a window the day on which it brings: what the store picks itself goes with a run of
 * its own, which costs nothing, takes everything and leaves when the window starts. So whole carts, splits, their bounds
 * and what binds a window are those of findParcels.
 */
export function findPickups(problem: PickupProblem): PickupAnswer[] {
  const { store, windowStartSec, policy } = problem;
  const latestFirst = problem.runs
    .map((run, place) => ({ run, place }))
    .sort((a, b) => b.run.leavesSec - a.run.leavesSec || a.place - b.place);
  /** Of each run that the search is given: which of the lanes' it is. */
  const placeOf: (number | null)[] = [];
  const runs = windowStartSec.flatMap((startSec, day) => {
    const inTime = latestFirst.filter(({ run }) => isReadyFor(run, startSec));
    placeOf.push(null, ...inTime.map(({ place }) => place));
    return [ownRun(store, day, startSec), ...inTime.map(({ run }) => asCarrier(run, day))];
  });
  const comes = new Set([store, ...problem.runs.map(({ node }) => node)]);
  const answers = findParcels({
    nowSec: problem.nowSec,
    cart: problem.cart,
    nodes: problem.nodes.map((node, n) =>
      comes.has(n) ? node : { ...node, holds: new Uint8Array(problem.cart.count) },
    ),
    dayCount: windowStartSec.length,
    runs,
    policy: { ...policy, weights: { ...policy.weights, carrier: policy.weights.transfer } },
  });
  return answers.map((answer) =>
    "parts" in answer ? planOf(answer, placeOf) : { stage: STAGE_OF_PARCEL[answer.stage], atSec: answer.atSec },
  );
}

/** Whether the store and the nodes whose runs lead to it hold all of the cart between them, as far as it may be split. */
export function canBeBrought({ cart, nodes, store, runs, policy }: PickupProblem): boolean {
  const from = [...new Set([store, ...runs.map(({ node }) => node)])].map((n) => nodes[n]!);
  if (from.some(hasEverything)) return true;
  const isSplittable = policy.split.mostNodes > 1;
  return (
    isSplittable && Array.from({ length: cart.count }, (_, g) => g).every((g) => from.some(({ holds }) => holds[g]))
  );
}

/** Whether what a run brings is there when a window starts, and has not waited too long for it. */
export function isReadyFor({ readySec }: Pick<LaneRun, "readySec">, windowStartSec: number): boolean {
  return readySec <= windowStartSec && readySec > windowStartSec - LONGEST_WAIT_SEC;
}

function ownRun(store: number, day: number, leavesSec: number): CarrierRun {
  const has = NEEDS.chilled | NEEDS.frozen;
  return { node: store, day, leavesSec, baseCents: 0, kgCents: 0, limitG: Number.POSITIVE_INFINITY, has, free: 1 };
}

function asCarrier({ node, leavesSec, baseCents, kgCents, has, free }: LaneRun, day: number): CarrierRun {
  return { node, day, leavesSec, baseCents, kgCents, limitG: Number.POSITIVE_INFINITY, has, free };
}

function planOf({ parts, ...costs }: ParcelPlan, placeOf: readonly (number | null)[]): PickupPlan {
  const collected = parts.map(({ terms: { carrierCents, ...terms }, run, ...part }) => ({
    ...part,
    run: placeOf[run]!,
    terms: { ...terms, transferCents: carrierCents },
  }));
  return { parts: collected.sort((a, b) => Number(a.run !== null) - Number(b.run !== null)), ...costs };
}

/** A run that lacks the cold is none for these goods, and none is too small for them. */
const STAGE_OF_PARCEL: Record<ParcelStage, PickupStage> = {
  [PARCEL_STAGE.noStock]: PICKUP_STAGE.noStock,
  [PARCEL_STAGE.noCarrier]: PICKUP_STAGE.noRun,
  [PARCEL_STAGE.cold]: PICKUP_STAGE.noRun,
  [PARCEL_STAGE.tooHeavy]: PICKUP_STAGE.noRun,
  [PARCEL_STAGE.cutOff]: PICKUP_STAGE.cutOff,
  [PARCEL_STAGE.picking]: PICKUP_STAGE.picking,
  [PARCEL_STAGE.carrierFull]: PICKUP_STAGE.runFull,
};
