import type { ReasonCode } from "./reason.ts";

interface Sentences {
  /** For the shopper, short enough for a greyed-out window; `time` is the wall-clock of `at` in the store's zone. */
  readonly shopper: (time: string | undefined) => string;
  /** For the operator: what would open the window. */
  readonly remedy: string;
}

/** What is said of each reason. A file without schemas: the shop's first page carries it, and a schema library weighs 30 kB. */
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
    shopper: () => "Outside of where we deliver",
    remedy:
      "The address is near no road of the map, or outside of the service area of every node that has the goods: check the pin, or widen an area.",
  },
  cut_off_passed: {
    shopper: (time) => (time ? `Orders closed at ${time}` : "Orders have closed"),
    remedy:
      "Van, carrier or run leaves before this order could be picked, or a rule closes orders before. A later departure, a shorter handover or a later rule opens the window.",
  },
  picking_full: {
    shopper: (time) => (time ? `Picking is full until ${time}` : "Picking is full"),
    remedy: "Raise the node's capacity in the hours before it has to be picked.",
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
    shopper: () => "No more vans leave for this time",
    remedy: "No shift that covers the window is still to leave: roster one.",
  },
  pickup_full: {
    shopper: () => "Pickup is full",
    remedy: "Raise the node's limit of orders in this pickup window.",
  },
  no_transfer: {
    shopper: () => "Cannot be brought here by then",
    remedy: "No lane brings these goods to the store in time: add a run, or one that carries the temperature.",
  },
  transfer_full: {
    shopper: () => "What is brought here by then is full",
    remedy: "Raise the orders that the lane takes on a run, or add a run.",
  },
  no_carrier: {
    shopper: () => "No parcel comes on this day",
    remedy: "No carrier that comes to a node with the goods brings parcels on this day: add a carrier service there.",
  },
  no_cold_parcel: {
    shopper: () => "Chilled and frozen goods cannot go by parcel",
    remedy:
      "Import a carrier service that carries the temperature, or offer these goods by van and at the counter only.",
  },
  parcel_too_heavy: {
    shopper: () => "Too heavy for a parcel",
    remedy:
      "The cart weighs more than the carrier takes in one parcel: raise limit_weight_g of the service, or let a cart be split.",
  },
  carrier_full: {
    shopper: () => "The carrier is full",
    remedy: "Raise the parcels a day that the carrier takes at this node, or add a carrier.",
  },
  node_paused: {
    shopper: () => "The store takes no orders at the moment",
    remedy: "Resume the node.",
  },
  outside_wish: {
    shopper: () => "Not at the time you asked for",
    remedy: "The shopper asked for another time of the day, or for hours where a carrier keeps a day: nothing to do.",
  },
  share_used: {
    shopper: () => "This shop's share of this time is taken",
    remedy: "The channel has its share of what the window needs: raise the share, or let it lapse before the window.",
  },
  day_closed: {
    shopper: () => "Closed on this day",
    remedy: "The calendar closes the day: open it there, if the vans are to go out.",
  },
};
