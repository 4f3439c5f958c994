import { SECONDS_PER_DAY } from "#server/domain/units.ts";
import { pickSecAt } from "./ask-picking.ts";
import { allGroups, NEEDS } from "./cart-load.ts";
import { findParcels } from "./find-parcels.ts";
import {
  type CarrierRun,
  PARCEL_STAGE,
  type ParcelPlan,
  type ParcelProblem,
  type ParcelStage,
} from "./parcel-problem.ts";
import { isBeforeCutOff, planPicking } from "./picking-plan.ts";
import {
  type LaneRun,
  PICKUP_STAGE,
  type PickupAnswer,
  type PickupPlan,
  type PickupProblem,
  type PickupStage,
} from "./pickup-problem.ts";
import { hasEverything, type SourceNode } from "./promise-problem.ts";

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
  const { asked, placeOf } = asParcels(problem);
  return findParcels(asked).map((answer) =>
    "parts" in answer ? planOf(answer, placeOf) : { stage: STAGE_OF_PARCEL[answer.stage], atSec: answer.atSec },
  );
}

/** What findParcels is asked, and of each run that it is given which of the lanes' it is; null: the store's own shelves. */
export function asParcels(problem: PickupProblem): {
  readonly asked: ParcelProblem;
  readonly placeOf: readonly (number | null)[];
} {
  const { store, windowStartSec, policy } = problem;
  const latestFirst = problem.runs
    .map((run, place) => ({ run, place }))
    .sort((a, b) => b.run.leavesSec - a.run.leavesSec || a.place - b.place);
  const placeOf: (number | null)[] = [];
  const runs = windowStartSec.flatMap((startSec, day) => {
    const inTime = latestFirst.filter(({ run }) => isReadyFor(run, startSec));
    placeOf.push(null, ...inTime.map(({ place }) => place));
    return [ownRun(store, day, startSec), ...inTime.map(({ run }) => asCarrier(run, day))];
  });
  const comes = new Set([store, ...problem.runs.map(({ node }) => node)]);
  const asked = {
    nowSec: problem.nowSec,
    cart: problem.cart,
    nodes: problem.nodes.map((node, n) =>
      comes.has(n) ? node : { ...node, holds: new Uint8Array(problem.cart.count) },
    ),
    dayCount: windowStartSec.length,
    runs,
    policy: { ...policy, weights: { ...policy.weights, carrier: policy.weights.transfer } },
  };
  return { asked, placeOf };
}

/**
 * The first of the windows that can be served at all, or −1; those that `isGiven` says no to are passed over. What findPickups
 * answers, asked for no more than is needed: the store's own shelves settle most windows, and without them only what a run is
 * ready for is worth a search.
 */
export function firstPickup(problem: PickupProblem, isGiven: (window: number) => boolean): number {
  const { nodes, store, cart, nowSec, runs, policy } = problem;
  const unsplit = { ...policy, split: { ...policy.split, mostNodes: 1 } };
  const canServe = (asked: PickupProblem) => "parts" in findPickups(asked)[0]!;
  const own = nodes[store]!;
  const pickSec = hasEverything(own) ? pickSecAt(own, cart, allGroups(cart)) : Number.POSITIVE_INFINITY;
  return problem.windowStartSec.findIndex((startSec, w) => {
    if (!isGiven(w)) return false;
    const pickBySec = startSec - own.handoverSec;
    if (
      pickSec < Number.POSITIVE_INFINITY &&
      isBeforeCutOff(own.hours, nowSec, pickSec, pickBySec) &&
      planPicking(own.hours, nowSec, pickSec, pickBySec)
    )
      return true;
    if (!runs.some((run) => run.free > 0 && isReadyFor(run, startSec))) return false;
    const asked = { ...problem, windowStartSec: [startSec] };
    // A node that has everything answers without a search for splits.
    return canServe({ ...asked, policy: unsplit }) || canServe(asked);
  });
}

/** Whether nodes hold all of a cart between them, as far as it may be split. */
export function holdTogether(
  { cart, policy }: Pick<PickupProblem, "cart" | "policy">,
  nodes: readonly SourceNode[],
): boolean {
  if (nodes.some(hasEverything)) return true;
  return policy.split.mostNodes > 1 && allGroups(cart).every((group) => nodes.some(({ holds }) => holds[group]));
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
export const STAGE_OF_PARCEL: Record<ParcelStage, PickupStage> = {
  [PARCEL_STAGE.noStock]: PICKUP_STAGE.noStock,
  [PARCEL_STAGE.noCarrier]: PICKUP_STAGE.noRun,
  [PARCEL_STAGE.cold]: PICKUP_STAGE.noRun,
  [PARCEL_STAGE.tooHeavy]: PICKUP_STAGE.noRun,
  [PARCEL_STAGE.cutOff]: PICKUP_STAGE.cutOff,
  [PARCEL_STAGE.picking]: PICKUP_STAGE.picking,
  [PARCEL_STAGE.carrierFull]: PICKUP_STAGE.runFull,
};
