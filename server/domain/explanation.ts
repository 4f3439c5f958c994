import * as z from "zod";
import { Cart, Destination } from "./cart.ts";
import { ChannelId } from "./channel.ts";
import { VisitWishes } from "./delivery-wishes.ts";
import { NodeId, RegionId, SkuId } from "./id.ts";
import { Reason } from "./reason.ts";
import { Service } from "./state.ts";

// promise.explain: why a window is offered to a door, or not, with the figures of every check.

export const ExplainRequest = z.strictObject({
  regionId: RegionId,
  lines: Cart,
  destination: Destination,
  /** Through which it is asked; the own shop where nothing else is said. */
  channelId: ChannelId.optional(),
  service: Service.default("delivery"),
  /** Of a pickup: where it is to be collected; needed there, and of no account elsewhere. */
  nodeId: NodeId.optional(),
  /** Of what is brought. */
  wishes: VisitWishes.optional(),
});
export type ExplainRequest = z.infer<typeof ExplainRequest>;

/** What every promise stands on. */
export const CheckName = z.enum(["stock", "workload", "window", "route"]);
export type CheckName = z.infer<typeof CheckName>;

const passed = z.boolean();

/** One node's part of the plan that is closest to the window, check by check: also those behind the one that it fails. */
export const ExplainedPart = z.object({
  nodeId: NodeId,
  /** Lines of the cart, by their place in it. */
  stock: z.object({ passed, lines: z.array(z.object({ line: z.int(), units: z.int(), available: z.int() })) }),
  window: z.object({
    passed,
    /** Whether the door lies in the node's service area; null: no van goes there, so no area counts. */
    isInReach: z.boolean().nullable(),
    /** By the cut-off's rule; null: there is none. */
    cutOffAt: z.iso.datetime().nullable(),
    /** Until when it could be ordered for this van or run if none of the hours were taken; null: the node works in none before it. */
    lastOrderAt: z.iso.datetime().nullable(),
  }),
  /** Null where no shift and no run of the node is known: by when to pick depends on it. */
  workload: z
    .object({
      passed,
      wantedSec: z.int(),
      freeSec: z.int(),
      pickBy: z.iso.datetime(),
      /** The first hour after it that has room for all of it. */
      nextFreeAt: z.iso.datetime().nullable(),
    })
    .nullable(),
  /** Of a delivery: the van. */
  route: z
    .object({
      passed,
      shiftId: z.string(),
      vehicle: z.string(),
      startsAt: z.iso.datetime(),
      endsAt: z.iso.datetime(),
      /** From the window to the time when the shift is out; 0: it is out then. */
      gapSec: z.int(),
      lacksChilled: z.boolean(),
      lacksFrozen: z.boolean(),
      weightG: z.int(),
      volumeMl: z.int(),
      /** Beyond what the empty van takes, and beyond what is free in it. */
      overLimitG: z.int(),
      overLimitMl: z.int(),
      overFreeG: z.int(),
      overFreeMl: z.int(),
      /** By so much the best place in its route is too late, and by so much it would be if the van came here only. */
      lateSec: z.int(),
      lateWhenEmptySec: z.int(),
    })
    .nullable(),
  /** Of a parcel: the carrier's run. Of a pickup: the lane's, or the store's own shelves. */
  run: z
    .object({
      passed,
      /** The carrier; of a lane the node that it comes from; null: nothing brings it, the store has it. */
      name: z.string().nullable(),
      leavesAt: z.iso.datetime(),
      /** From when on it is at the door or the counter. */
      arrivesAt: z.iso.datetime().nullable(),
      lacksChilled: z.boolean(),
      lacksFrozen: z.boolean(),
      weightG: z.int(),
      /** Beyond the heaviest parcel that it takes. */
      overLimitG: z.int(),
      /** Parcels or orders that it still takes. */
      free: z.int(),
    })
    .nullable(),
});
export type ExplainedPart = z.infer<typeof ExplainedPart>;

export const ExplainedWindow = z.object({
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  /** The first check that no plan passes besides all before it, and the reason of the closed union; null: it is offered. */
  binding: z.object({ check: CheckName, reason: Reason }).nullable(),
  /** Of the plan, or of the one that comes closest; none where goods are wanting or the day is closed. */
  parts: z.array(ExplainedPart),
  /** Of a pickup: orders that the counter still takes in it. */
  places: z.int().nullable(),
});
export type ExplainedWindow = z.infer<typeof ExplainedWindow>;

export const Explanation = z.object({
  now: z.iso.datetime(),
  timeZone: z.string(),
  service: Service,
  lines: z.array(z.object({ skuId: SkuId, name: z.string(), units: z.int() })),
  /** Every node, with what it could promise of each line. */
  nodes: z.array(
    z.object({
      nodeId: NodeId,
      name: z.string(),
      /** A paused node promises nothing, whatever it has. */
      isPaused: z.boolean(),
      isInReach: z.boolean(),
      available: z.array(z.int()),
    }),
  ),
  /** From so many nodes may a cart come. */
  mostNodes: z.int(),
  /** False: no road near the door. Then every window is closed for it. */
  isOnRoad: z.boolean(),
  windows: z.array(ExplainedWindow),
});
export type Explanation = z.infer<typeof Explanation>;
