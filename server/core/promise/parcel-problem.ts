import type { CartGroups, CartLoad } from "./cart-load.ts";
import type { Loss } from "./furthest-loss.ts";
import type { PartTerms, PromiseProblem, SourceNode, SourcingPolicy } from "./promise-problem.ts";

// What is asked of the carriers for one cart, and what they answer: by day of arrival, since a carrier promises no hour.

/** A carrier that fetches parcels at a node once, and brings them on one day. */
export interface CarrierRun {
  readonly node: number;
  /** On which of the days it brings them: 0 … dayCount − 1. */
  readonly day: number;
  /** Until then a parcel must have been handed over. */
  readonly leavesSec: number;
  /** The rate card: for a parcel, and for a kilogram of it, to the gram. */
  readonly baseCents: number;
  readonly kgCents: number;
  /** The heaviest parcel that it takes. */
  readonly limitG: number;
  /** Bits of NEEDS. */
  readonly has: number;
  /** Parcels that it still takes. */
  readonly free: number;
}

export interface ParcelProblem extends Pick<PromiseProblem, "nowSec"> {
  readonly cart: CartGroups;
  readonly nodes: readonly SourceNode[];
  readonly dayCount: number;
  readonly runs: readonly CarrierRun[];
  readonly policy: SourcingPolicy;
}

export interface ParcelTerms extends Omit<PartTerms, "routeCents"> {
  readonly carrierCents: number;
}

/** What one node packs into a parcel, and the run that takes it. */
export interface ParcelPart {
  readonly node: number;
  readonly groups: readonly number[];
  readonly load: CartLoad;
  readonly pickSec: number;
  readonly pickBySec: number;
  readonly run: number;
  readonly terms: ParcelTerms;
}

export interface ParcelPlan {
  readonly parts: readonly ParcelPart[];
  readonly costCents: number;
  readonly splitCents: number;
  /** No plan can cost less; below the cost where the search for a cheaper split was cut short. */
  readonly boundCents: number;
}

/** How far the best run came, by rising distance from "cannot at all": see STAGE. */
export const PARCEL_STAGE = {
  noStock: 0,
  noCarrier: 1,
  cold: 2,
  tooHeavy: 3,
  cutOff: 4,
  picking: 5,
  carrierFull: 6,
} as const;
export type ParcelStage = (typeof PARCEL_STAGE)[keyof typeof PARCEL_STAGE];

export type ParcelLoss = Loss<ParcelStage>;

export type ParcelAnswer = ParcelPlan | ParcelLoss;

const GRAMS_PER_KG = 1000;

/** By the rate card. */
export function carrierCents(
  { baseCents, kgCents }: Pick<CarrierRun, "baseCents" | "kgCents">,
  weightG: number,
): number {
  return baseCents + (kgCents * weightG) / GRAMS_PER_KG;
}
