import type { SplitPolicy } from "../allocation/split-cart.ts";
import type { OfferWindows, VisitRows } from "../routing/offer-windows.ts";
import { allGroups, type CartGroups, type CartLoad } from "./cart-load.ts";
import type { FleetInTime } from "./fleet-in-time.ts";
import type { FleetRoutes } from "./fleet-routes.ts";
import type { Loss } from "./furthest-loss.ts";
import type { BusyRate, WorkHours } from "./picking-plan.ts";
import type { TermWeights } from "./weigh-terms.ts";

// What is asked of the network for one cart at one door, and what it answers.

/** A node as a source of goods. */
export interface SourceNode {
  /** By group: 1 where it has all of the group's goods to promise. */
  readonly holds: Uint8Array;
  readonly hours: WorkHours;
  readonly pickSetupSec: number;
  readonly pickLineSec: number;
  readonly pickUnitSec: number;
  /** Between the last item picked and the van leaving. */
  readonly handoverSec: number;
  readonly handlingCents: number;
  readonly pickHourCents: number;
}

/** Windows that are driven to at one time of day, in order of their starts and of their ends. */
export interface WindowAsk {
  readonly rows: VisitRows;
  readonly windows: OfferWindows;
  /** Which of all windows each is. */
  readonly index: Int32Array;
  /** What of the problem's fleet is in time for them. */
  readonly inTime: FleetInTime;
}

export interface SourcingPolicy {
  readonly split: SplitPolicy;
  readonly busy: BusyRate;
  readonly weights: TermWeights;
}

export interface PromiseProblem {
  readonly nowSec: number;
  readonly cart: CartGroups;
  readonly nodes: readonly SourceNode[];
  /** By node: 1 where its vans go to this door. */
  readonly reaches: Uint8Array;
  readonly fleet: FleetRoutes;
  readonly windowCount: number;
  readonly asks: readonly WindowAsk[];
  readonly policy: SourcingPolicy;
}

/** What a part costs, in weighed cents, term by term. */
export interface PartTerms {
  readonly handlingCents: number;
  readonly pickingCents: number;
  /** For picking in hours that are near their limit. */
  readonly busyCents: number;
  /** What the van drives and stands more than without it. */
  readonly routeCents: number;
}

/** What one node picks, and the place in a route of its that brings it. */
export interface PlannedPart {
  readonly node: number;
  readonly groups: readonly number[];
  readonly load: CartLoad;
  readonly pickSec: number;
  readonly pickBySec: number;
  readonly shift: number;
  /** Before the stop that is now there; the route's length puts it last. */
  readonly place: number;
  readonly terms: PartTerms;
}

/**
 * How far the best candidate came, by rising distance from "cannot at all": the stage at which a window was lost is what
 * binds it, since every earlier check passed for some van.
 */
export const STAGE = {
  noStock: 0,
  noShift: 1,
  outsideArea: 2,
  goods: 3,
  tooFar: 4,
  cutOff: 5,
  picking: 6,
  vansFull: 7,
} as const;
export type Stage = (typeof STAGE)[keyof typeof STAGE];

export type WindowAnswer = WindowPlan | WindowLoss;

export interface WindowPlan {
  readonly parts: readonly PlannedPart[];
  /** The sum of the parts' terms and of splitting. */
  readonly costCents: number;
  readonly splitCents: number;
  /** No plan can cost less; below the cost where the search for a cheaper split was cut short. */
  readonly boundCents: number;
}

export type WindowLoss = Loss<Stage>;

/** Whether it has all of the cart to promise. */
export function hasEverything({ holds }: SourceNode): boolean {
  return !holds.includes(0);
}

/** By node: the groups that it would be asked for. */
export function candidates({
  cart,
  nodes,
  policy,
}: Pick<PromiseProblem, "cart" | "nodes" | "policy">): (readonly number[])[] {
  const everything = allGroups(cart);
  if (nodes.some(hasEverything)) return nodes.map((node) => (hasEverything(node) ? everything : []));
  const isSplittable =
    policy.split.mostNodes > 1 && everything.every((group) => nodes.some((node) => node.holds[group]));
  return nodes.map((node) => (isSplittable ? everything.filter((group) => node.holds[group]) : []));
}

/** Whether a shift is out at some time within a span. */
export function isOut(route: { startSec: number; endSec: number }, startSec: number, endSec: number): boolean {
  return route.endSec > startSec && route.startSec < endSec;
}
