import * as z from "zod";
import { Cart, CartLine, Destination } from "./cart.ts";
import { ChannelPass } from "./channel.ts";
import { DoorWishes, VisitWishes } from "./delivery-wishes.ts";
import { HoldId, NodeId, OrderId, OrderToken, RegionId, SkuId } from "./id.ts";
import { Reason } from "./reason.ts";
import { HoldState } from "./state.ts";
import { MAX_NOTE_CHARS, words } from "./words.ts";

// What the shop asks of the promise, and what it answers: promise.quote, promise.pickup, promise.hold, promise.extend, promise.release, promise.confirm.

export const QuoteRequest = z.strictObject({
  regionId: RegionId,
  lines: Cart,
  destination: Destination,
  /** Of a delivery; an offer is for the wishes that it was asked with. */
  wishes: VisitWishes.optional(),
  /** The shopper's own hold: what it claims is free to be chosen instead. */
  insteadOf: HoldId.optional(),
  /** Of a page that belongs to another channel than the own shop. */
  channel: ChannelPass.optional(),
  /** A cart that was asked for and cannot be had whole, where `lines` is what there is of it: the offers are signed as such. */
  wanted: Cart.optional(),
  /** Where `lines` cannot be had whole, offers for what there is of them, signed as such: see `lines` and `short` of the answer. */
  partial: z.literal("allowed").optional(),
});
export type QuoteRequest = z.infer<typeof QuoteRequest>;

/** A line of which there are not as many as were asked for. */
export const ShortLine = z.object({
  skuId: SkuId,
  name: z.string(),
  wanted: z.int().min(1),
  /** Of the cart that could be had; 0: it is left out. */
  available: z.int().min(0),
});
export type ShortLine = z.infer<typeof ShortLine>;

/** A window, half-open [startsAt, endsAt): open with its signed offer, or closed with the reason. */
export const WindowView = z.discriminatedUnion("open", [
  z.object({
    open: z.literal(true),
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    priceCents: z.int(),
    offer: z.string(),
    /** How many times somebody rings at the door: more than one where the cart comes from several nodes. 1 for a pickup. */
    deliveries: z.int().min(1),
    /** Whose parcels they are; empty where a van of the network comes, and of a pickup. */
    carriers: z.array(z.string()),
    /** A van passes close by at that time anyway: this delivery adds little to its way. Of deliveries only. */
    isVanNearby: z.boolean(),
    /** Until when it can be ordered, unless others take the picking time that is free now. */
    orderBy: z.iso.datetime(),
    /** Of a pickup with goods that are brought to the store from others: from when on they can be collected. Else null. */
    broughtBy: z.iso.datetime().nullable(),
  }),
  z.object({
    open: z.literal(false),
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    priceCents: z.int(),
    reason: Reason,
  }),
]);
export type WindowView = z.infer<typeof WindowView>;

/** A node that hands over at the counter and has the whole cart, or to which the rest can be brought. Its windows are asked for when the shopper opens it. */
export const PickupPlaceView = z.object({
  nodeId: NodeId,
  name: z.string(),
  address: z.string(),
  lng: z.number(),
  lat: z.number(),
  /** By road from the destination. */
  distanceM: z.int(),
  driveSec: z.int(),
  /** When its first open window begins, null when none is open. */
  nextStartsAt: z.iso.datetime().nullable(),
  /** Some of the goods are not at this node, and would be brought there from others. */
  isBroughtHere: z.boolean(),
});
export type PickupPlaceView = z.infer<typeof PickupPlaceView>;

export const QuoteView = z.object({
  /** The platform's time: count down from this, not from the browser's clock. */
  now: z.iso.datetime(),
  timeZone: z.string(),
  currency: z.string(),
  offersExpireAt: z.iso.datetime(),
  /** What the offers are for: the lines that were asked for, or what there is of them where that was allowed. */
  lines: z.array(CartLine),
  /**
   * Where nothing can be brought for want of stock alone: the lines that are in the way, so that without them, or with fewer of
   * them, something can. Else empty.
   */
  short: z.array(ShortLine),
  /** All windows of the coming days, in order, also those that are not offered. */
  delivery: z.array(WindowView),
  /**
   * The days on which a carrier could bring it, in order, also those that are not offered: a carrier promises the day, so a
   * window reaches over all of it. Empty where no carrier comes.
   */
  parcel: z.array(WindowView),
  /** Nearest first. */
  pickup: z.array(PickupPlaceView),
});
export type QuoteView = z.infer<typeof QuoteView>;

export const PickupRequest = z.strictObject({ ...QuoteRequest.omit({ partial: true }).shape, nodeId: NodeId });
export type PickupRequest = z.infer<typeof PickupRequest>;

/** promise.pickup: the windows of one place, also those that are not offered, with their reasons. */
export const PickupView = z.object({
  now: z.iso.datetime(),
  timeZone: z.string(),
  currency: z.string(),
  offersExpireAt: z.iso.datetime(),
  windows: z.array(WindowView),
});
export type PickupView = z.infer<typeof PickupView>;

export const HoldRequest = z.strictObject({
  holdId: HoldId,
  /** One of the quote's, with the cart and destination it was made for. */
  offer: z
    .string()
    .min(16)
    .max(2048)
    .regex(/^[\w.-]*$/),
  lines: Cart,
  /** The cart that was asked for, of an offer for what there is of it. */
  wanted: Cart.optional(),
  destination: Destination,
  /** Minted by the browser, of one shopper's way from the cart to the order. Without it the hold is a checkout of its own. */
  checkoutId: z.uuid().optional(),
  /** The hold that this one is changed for. It ends when this one is had, and lives on when it is not. */
  insteadOf: HoldId.optional(),
});
export type HoldRequest = z.infer<typeof HoldRequest>;

/** A hold's window, for another door. */
export const RedirectRequest = z.strictObject({
  ...HoldRequest.pick({ holdId: true, destination: true, checkoutId: true }).shape,
  /** The hold of that window. It ends when this one is had, and lives on when it is not. */
  insteadOf: HoldId,
});
export type RedirectRequest = z.infer<typeof RedirectRequest>;

export const HoldView = z.object({
  holdId: HoldId,
  state: HoldState,
  expiresAt: z.iso.datetime(),
  now: z.iso.datetime(),
});
export type HoldView = z.infer<typeof HoldView>;

export const ExtendRequest = z.strictObject({
  holdId: HoldId,
  /** Minted by the browser: a retried click is the same wish. */
  extensionId: z.uuid(),
});
export type ExtendRequest = z.infer<typeof ExtendRequest>;

export const ReleaseRequest = z.strictObject({ holdId: HoldId });
export const ReleaseView = z.object({ state: HoldState });

export const ConfirmRequest = z.strictObject({
  holdId: HoldId,
  /** Minted by the browser: a retried click makes one order. */
  orderId: OrderId,
  customer: z.strictObject({
    name: words(1, 80),
    phone: z
      .string()
      .trim()
      .regex(/^\+?[0-9][0-9 ()/-]{4,30}$/),
    note: words(0, MAX_NOTE_CHARS).default(""),
  }),
  door: DoorWishes.optional(),
  /** Where it goes in the end. Missing: to the door that is held. */
  destination: Destination.optional(),
});
export type ConfirmRequest = z.infer<typeof ConfirmRequest>;

export const ConfirmView = z.object({ number: z.int(), token: OrderToken });
export type ConfirmView = z.infer<typeof ConfirmView>;

/** What an order is asked to be moved to: one of the offers of a quote that was made for it. */
export const RepromiseRequest = z.strictObject({
  /** Minted by the browser: a retried click moves it once. */
  holdId: HoldId,
  offer: HoldRequest.shape.offer,
  /** How often it had been moved when the windows were looked at: whoever saw another window agreed on is not asking for this. */
  after: z.int().min(0).max(32_767),
});
export type RepromiseRequest = z.infer<typeof RepromiseRequest>;

/** Which of an order's promises stands: 1 after the first change. */
export const RepromisedView = z.object({ number: z.int() });
export type RepromisedView = z.infer<typeof RepromisedView>;
