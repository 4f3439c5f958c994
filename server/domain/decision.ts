import * as z from "zod";
import { ChannelShares } from "./channel-shares.ts";
import { TermPercents } from "./sourcing-rules.ts";

const Ints = z.array(z.int());
const Money = z.number();

/** A route without its doors: when each stop may be served, how long it takes, and the leg that leads to it. */
const DecidedRoute = z.strictObject({
  startSec: z.int(),
  endSec: z.int(),
  windowStartSec: Ints,
  windowEndSec: Ints,
  serviceSec: Ints,
  legSec: Ints,
  legM: Ints,
  homeLegSec: z.int(),
  homeLegM: z.int(),
});

/**
 * Everything that one decision went by: enough to take it again, anywhere, without a database or a map. Times are seconds
 * since `originSec`, an instant in epoch seconds. Nodes and shifts name each other by their place in the lists, rows of
 * travel by their number; a row holds the way from a stop or a node to the door and back.
 */
export const Decision = z.strictObject({
  originSec: z.int(),
  nowSec: z.number(),
  regionId: z.string(),
  service: z.enum(["delivery", "parcel", "pickup"]),
  window: z.strictObject({ startSec: z.int(), endSec: z.int() }),
  /** When service may start: missing where that is the window. */
  visit: z.strictObject({ startSec: z.int(), endSec: z.int() }).optional(),
  /** What each way up to the door takes; missing where it takes nothing. */
  climbSec: z.int().optional(),
  /** The channel's shares in percent, where it has any: what is free of an hour, a window or a run is what it may still have of it then. */
  channel: ChannelShares.extend({ channelId: z.string() }).optional(),
  /** By line; lines of one group come from one node. */
  cart: z.array(
    z.strictObject({
      skuId: z.string(),
      units: z.int(),
      group: z.int(),
      weightG: z.int(),
      volumeMl: z.int(),
      valueCents: z.int(),
      needs: z.int(),
    }),
  ),
  rules: z.strictObject({
    mostNodes: z.int(),
    leastPartCents: z.int(),
    splitCents: z.int(),
    busyPercent: z.int(),
    busyHourCents: z.int(),
    /** Certificates from before there were weights have none: every term counts as it is. */
    weights: TermPercents.optional(),
  }),
  nodes: z.array(
    z.strictObject({
      nodeId: z.string(),
      /** Units it could promise of each line; empty: it took no orders, or was not asked. */
      available: Ints,
      hours: z.strictObject({ startSec: Ints, limitSec: Ints, freeSec: Ints }),
      pickSetupSec: z.int(),
      pickLineSec: z.int(),
      pickUnitSec: z.int(),
      handoverSec: z.int(),
      handlingCents: z.int(),
      pickHourCents: z.int(),
      /** Only where it is false: the door lies outside of its service area. */
      isInReach: z.literal(false).optional(),
    }),
  ),
  /** A pickup has no shifts but places in its window at the first node. */
  freePlaces: z.int().nullable(),
  shifts: z.array(
    z.strictObject({
      shiftId: z.string(),
      planVersion: z.int(),
      node: z.int(),
      firstRow: z.int(),
      homeRow: z.int(),
      route: DecidedRoute,
      limitG: z.int(),
      limitMl: z.int(),
      freeG: z.int(),
      freeMl: z.int(),
      has: z.int(),
      centsPerM: z.number(),
      centsPerSec: z.number(),
    }),
  ),
  /** Of a parcel: the runs of carriers that arrive within the window. Certificates from before there were parcels name none. */
  runs: z
    .array(
      z.strictObject({
        carrierId: z.string(),
        /** When it fetches, in the node's zone: "2026-11-22". */
        fetchedOn: z.string(),
        node: z.int(),
        leavesSec: z.int(),
        startSec: z.int(),
        endSec: z.int(),
        baseCents: z.int(),
        kgCents: z.int(),
        limitG: z.int(),
        has: z.int(),
        free: z.int(),
      }),
    )
    .default([]),
  /**
   * Of a pickup: the runs of lanes that are ready for its window, to the first of the nodes. Missing in certificates from before there
   * were transfers: then the first node's own goods were the only ones, and its busy hours cost nothing.
   */
  laneRuns: z
    .array(
      z.strictObject({
        laneId: z.string(),
        /** When it leaves, in its first node's zone: "2026-11-22". */
        day: z.string(),
        node: z.int(),
        leavesSec: z.int(),
        arrivesSec: z.int(),
        readySec: z.int(),
        baseCents: z.int(),
        kgCents: z.int(),
        has: z.int(),
        free: z.int(),
      }),
    )
    .optional(),
  rows: z.strictObject({ toSec: Ints, toM: Ints, fromSec: Ints, fromM: Ints }),
  /** Of the road network and its speeds. */
  travelVersion: z.string(),
});
export type Decision = z.infer<typeof Decision>;

/** One node's part of a plan, with the four checks and their figures. Times since the decision's `originSec`. */
export const CertifiedPart = z.strictObject({
  nodeId: z.string(),
  stock: z.array(z.strictObject({ skuId: z.string(), units: z.int(), available: z.int() })),
  workload: z.strictObject({
    pickSec: z.int(),
    /** What the node could still pick by then. */
    freeSec: z.int(),
    pickBySec: z.int(),
  }),
  /** When the service would start, and how much later it could without making anyone late. Null for a pickup. */
  window: z.strictObject({ startSec: z.int(), slackSec: z.int() }).nullable(),
  route: z
    .strictObject({
      shiftId: z.string(),
      planVersion: z.int(),
      place: z.int(),
      stops: z.int(),
      extraSec: z.int(),
      extraM: z.int(),
    })
    .nullable(),
  /** The run that takes the parcel; null where it is none. */
  parcel: z
    .strictObject({
      carrierId: z.string(),
      fetchedOn: z.string(),
      leavesSec: z.int(),
      startSec: z.int(),
      endSec: z.int(),
      weightG: z.int(),
      free: z.int(),
    })
    .nullable()
    .default(null),
  /** The run that brings it to where it is collected; null where none does. */
  transfer: z
    .strictObject({
      laneId: z.string(),
      day: z.string(),
      leavesSec: z.int(),
      arrivesSec: z.int(),
      readySec: z.int(),
      weightG: z.int(),
      free: z.int(),
    })
    .nullable()
    .default(null),
  terms: z.strictObject({
    handlingCents: Money,
    pickingCents: Money,
    busyCents: Money,
    routeCents: Money,
    carrierCents: Money.default(0),
    transferCents: Money.default(0),
  }),
});
export type CertifiedPart = z.infer<typeof CertifiedPart>;

/** What a decision comes to. */
export const Judgement = z.strictObject({
  parts: z.array(CertifiedPart),
  splitCents: Money,
  /** The sum of all terms: what the plan was chosen by. */
  costCents: Money,
  /** No plan could have cost less. */
  boundCents: Money,
  /** The other nodes that have the whole cart: what each would have cost alone, or the check that it fails. */
  alternatives: z.array(
    z.union([
      z.strictObject({ nodeId: z.string(), costCents: Money }),
      z.strictObject({ nodeId: z.string(), fails: z.enum(["stock", "area", "workload", "window", "route"]) }),
    ]),
  ),
});
export type Judgement = z.infer<typeof Judgement>;

export const Certificate = z.strictObject({
  iss: z.literal("kept"),
  /** Epoch seconds. */
  iat: z.int(),
  orderNumber: z.int(),
  holdId: z.string(),
  priceCents: z.int(),
  decision: Decision,
  judgement: Judgement,
});
export type Certificate = z.infer<typeof Certificate>;
