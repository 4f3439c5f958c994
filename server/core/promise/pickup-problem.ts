import type { CartGroups, CartLoad } from "./cart-load.ts";
import type { Loss } from "./furthest-loss.ts";
import type { PartTerms, PromiseProblem, SourceNode, SourcingPolicy } from "./promise-problem.ts";

// What is asked for one cart that is collected at one store, and what is answered: by window of that store, with its own goods or
// with what other nodes have brought there in time.

/** A lane on one day: it takes goods of a node to the store. */
export interface LaneRun {
  readonly node: number;
  /** Until then they must have been handed over. */
  readonly leavesSec: number;
  /** From then on they can be collected. */
  readonly readySec: number;
  /** For an order, and for a kilogram of it, to the gram. */
  readonly baseCents: number;
  readonly kgCents: number;
  /** Bits of NEEDS. */
  readonly has: number;
  /** Orders that it still takes. */
  readonly free: number;
}

export interface PickupProblem extends Pick<PromiseProblem, "nowSec"> {
  readonly cart: CartGroups;
  readonly nodes: readonly SourceNode[];
  /** Which of the nodes it is collected at. */
  readonly store: number;
  /** When each of the store's windows starts, in order of time. */
  readonly windowStartSec: readonly number[];
  readonly runs: readonly LaneRun[];
  readonly policy: SourcingPolicy;
}

export interface PickupTerms extends Omit<PartTerms, "routeCents"> {
  readonly transferCents: number;
}

/** What one node picks, and the run that brings it to the store; null where it is the store's own. */
export interface PickupPart {
  readonly node: number;
  readonly groups: readonly number[];
  readonly load: CartLoad;
  readonly pickSec: number;
  readonly pickBySec: number;
  readonly run: number | null;
  readonly terms: PickupTerms;
}

export interface PickupPlan {
  /** The store's own first. */
  readonly parts: readonly PickupPart[];
  readonly costCents: number;
  readonly splitCents: number;
  /** No plan can cost less; below the cost where the search for a cheaper split was cut short. */
  readonly boundCents: number;
}

/** How far the best candidate came, by rising distance from "cannot at all": see STAGE. */
export const PICKUP_STAGE = { noStock: 0, noRun: 1, cutOff: 2, picking: 3, runFull: 4 } as const;
export type PickupStage = (typeof PICKUP_STAGE)[keyof typeof PICKUP_STAGE];

export type PickupLoss = Loss<PickupStage>;

export type PickupAnswer = PickupPlan | PickupLoss;
