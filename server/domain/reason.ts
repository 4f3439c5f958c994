import * as z from "zod";

/** Why a window is not offered. Closed: a new reason does not compile until it has its two sentences. */
export const ReasonCode = z.enum([
  "out_of_stock",
  "no_vehicle_for_goods",
  "outside_area",
  "cut_off_passed",
  "picking_full",
  "vans_full",
  "vans_too_far",
  "no_shift",
  "pickup_full",
  "node_paused",
]);
export type ReasonCode = z.infer<typeof ReasonCode>;

/** `detail` is a number or an instant that belongs into the sentence, never text. */
export const Reason = z.object({
  code: ReasonCode,
  /** ISO instant: the cut-off that has passed, or until when picking is full. */
  at: z.iso.datetime().optional(),
});
export type Reason = z.infer<typeof Reason>;

interface Sentences {
  /** For the shopper, short enough for a greyed-out window; `time` is the wall-clock of `at` in the store's zone. */
  readonly shopper: (time: string | undefined) => string;
  /** For the operator: what would open the window. */
  readonly remedy: string;
}

export const REASONS: Record<ReasonCode, Sentences> = {
  out_of_stock: {
    shopper: () => "Not everything in the cart is in one place",
    remedy: "Move or count stock: no node has the whole cart available.",
  },
  no_vehicle_for_goods: {
    shopper: () => "No van for chilled or frozen goods",
    remedy: "Roster a vehicle that carries the temperature, or one with more room.",
  },
  outside_area: {
    shopper: () => "Too far from any road we drive",
    remedy: "The address is not near a road of the map: check the pin, or the extract.",
  },
  cut_off_passed: {
    shopper: (time) => (time ? `Orders closed at ${time}` : "Orders have closed"),
    remedy: "The van leaves before this order could be picked. A later shift or a shorter handover opens the window.",
  },
  picking_full: {
    shopper: (time) => (time ? `Picking is full until ${time}` : "Picking is full"),
    remedy: "Raise the node's capacity in the hours before the van leaves.",
  },
  vans_full: {
    shopper: () => "Vans are full",
    remedy: "No van has room or time left for one more stop in this window: add a shift or a larger vehicle.",
  },
  vans_too_far: {
    shopper: () => "Too far for this window",
    remedy: "No van can reach the address within the window even when empty: shift start, or the distance, forbids it.",
  },
  no_shift: {
    shopper: () => "No vans on the road then",
    remedy: "Roster a shift that covers the window.",
  },
  pickup_full: {
    shopper: () => "Pickup is full",
    remedy: "Raise the node's limit of orders in this pickup window.",
  },
  node_paused: {
    shopper: () => "The store takes no orders at the moment",
    remedy: "Resume the node.",
  },
};
