import { ArrowRightLeft, CirclePause, Clock, type LucideIcon, PackageSearch, PackageX, Route } from "lucide-react";
import { formatTime, formatWindow } from "#components/ui/format-time.ts";
import type { StateLooks } from "#components/ui/state-badge.tsx";
import type { EventKind } from "#server/domain/event.ts";
import { FAIL_REASONS } from "#server/domain/fail-reason.ts";
import { PARK_REASONS, type ParkReason } from "#server/domain/parking.ts";
import { REJECT_REASONS } from "#server/domain/reject-reason.ts";
import { REPROMISE_REASONS } from "#server/domain/repromise.ts";
import type {
  ExceptionKind,
  FailReason,
  FulfilmentState,
  LossReason,
  NodeKind,
  OrderState,
  Service,
  ShiftState,
  StopState,
} from "#server/domain/state.ts";
import type { OrderEvent } from "./tower-data.ts";

// How operations read each state. Total over the states: a new one does not compile until it has words and a colour.

export const ORDER_LOOKS: StateLooks<OrderState> = {
  confirmed: { label: "To pick", tone: "neutral" },
  ready: { label: "Ready", tone: "info" },
  on_the_way: { label: "On the way", tone: "accent" },
  arrived: { label: "At the door", tone: "accent" },
  delivered: { label: "Delivered", tone: "ok" },
  failed: { label: "Failed", tone: "late" },
  unplaced: { label: "Without a node", tone: "late" },
};

export const FULFILMENT_LOOKS: StateLooks<FulfilmentState> = {
  to_pick: { label: "To pick", tone: "neutral" },
  ready: { label: "Ready", tone: "info" },
  handed_over: { label: "Handed over", tone: "accent" },
  received: { label: "At the store", tone: "info" },
  delivered: { label: "Delivered", tone: "ok" },
  failed: { label: "Failed", tone: "late" },
  rejected: { label: "Rejected", tone: "risk" },
  repromised: { label: "Moved away", tone: "neutral" },
};

export const SHIFT_LOOKS: StateLooks<ShiftState> = {
  planned: { label: "Planned", tone: "neutral" },
  under_way: { label: "Under way", tone: "accent" },
  done: { label: "Done", tone: "ok" },
  cancelled: { label: "Cancelled", tone: "late" },
};

export const STOP_LOOKS: StateLooks<StopState> = {
  planned: { label: "Planned", tone: "neutral" },
  arrived: { label: "At the door", tone: "accent" },
  delivered: { label: "Delivered", tone: "ok" },
  failed: { label: "Failed", tone: "late" },
};

export const SERVICES: Record<Service, string> = { delivery: "Delivery", parcel: "Parcel", pickup: "Pickup" };

export const NODE_KINDS: Record<NodeKind, string> = {
  store: "Store",
  distribution_centre: "Distribution centre",
  micro_fulfilment: "Micro-fulfilment",
  partner: "Partner",
};

export const EXCEPTION_ICONS: Record<ExceptionKind, LucideIcon> = {
  hold_unplannable: Route,
  order_rejected: PackageX,
  van_late: Clock,
  stock_short: PackageSearch,
  transfer_late: ArrowRightLeft,
  order_parked: CirclePause,
};

export const RESOLUTIONS: Record<"automatic" | "by_hand" | "passed", string> = {
  automatic: "Another node took it",
  by_hand: "Ended by hand",
  passed: "Passed by itself",
};

interface EventWords {
  readonly words: (event: OrderEvent, zone: string) => string;
  /** Who it was when no account is named. */
  readonly by: "Shopper" | "Kept";
}

export const EVENTS: Record<EventKind, EventWords> = {
  hold_placed: { words: (e) => `Window held${at(e)}`, by: "Shopper" },
  order_prioritised: { words: (e) => `Given priority class ${e.priority ?? ""}`.trim(), by: "Kept" },
  goods_left_out: { words: (e) => `Went on without ${e.leftOut ?? "some goods"}`, by: "Shopper" },
  hold_released: { words: () => "Hold given back", by: "Shopper" },
  hold_expired: { words: () => "Hold expired", by: "Kept" },
  hold_extended: { words: () => "Given more time", by: "Shopper" },
  door_changed: { words: () => "Changed what the driver finds at the door", by: "Shopper" },
  hold_replanned: { words: (e) => (e.vanName ? `Moved to ${e.vanName}` : "Moved to another van"), by: "Kept" },
  order_confirmed: { words: (e) => `Confirmed${at(e)}`, by: "Shopper" },
  order_ready: { words: (e) => `Picked and packed${at(e)}`, by: "Kept" },
  order_handed_over: { words: (e) => (e.vanName ? `Loaded into ${e.vanName}` : `Handed over${at(e)}`), by: "Kept" },
  order_picked: { words: (e) => `Picked and packed${at(e)}, to be brought to the store`, by: "Kept" },
  order_received: { words: (e) => `Received${at(e)}`, by: "Kept" },
  order_on_the_way: { words: (e) => (e.vanName ? `Left with ${e.vanName}` : "On the way"), by: "Kept" },
  order_arrived: { words: () => "At the door", by: "Kept" },
  order_delivered: { words: () => "Delivered", by: "Kept" },
  order_failed: {
    words: (e) => (e.endNote === null ? `Not delivered${reason(e)}` : `Given up: ${e.endNote}`),
    by: "Kept",
  },
  order_rejected: { words: (e) => `Rejected${at(e)}${reason(e)}`, by: "Kept" },
  order_repromised: { words: repromised, by: "Shopper" },
  order_parked: { words: (e) => `Parked${at(e)}${reason(e)}`, by: "Kept" },
  order_unparked: { words: (e) => `Released${at(e)}`, by: "Kept" },
  part_given_back: { words: (e) => `Given back${at(e)}`, by: "Kept" },
  order_replaced: { words: (e) => `Taken over${at(e)}`, by: "Kept" },
  exception_opened: { words: () => "Exception opened", by: "Kept" },
  exception_resolved: { words: () => "Exception ended", by: "Kept" },
  shift_started: { words: () => "Run started", by: "Kept" },
  shift_finished: { words: () => "Run finished", by: "Kept" },
  shift_cancelled: { words: (e) => `${e.vanName ?? "Van"} fell out`, by: "Kept" },
  route_improved: { words: () => "Route improved", by: "Kept" },
  capacity_set: { words: () => "Capacity changed", by: "Kept" },
  calendar_day_set: { words: () => "Day of the calendar changed", by: "Kept" },
  calendar_day_cleared: { words: () => "Day of the calendar is usual again", by: "Kept" },
  blackout_set: { words: () => "Windows taken back", by: "Kept" },
  blackout_cleared: { words: () => "Windows given again", by: "Kept" },
  cut_offs_set: { words: () => "Cut-offs changed", by: "Kept" },
  sourcing_rules_set: { words: () => "Rules for splitting carts changed", by: "Kept" },
  channel_set: { words: () => "Sales channel changed", by: "Kept" },
  channel_safety_set: { words: () => "Safety stock of a channel changed", by: "Kept" },
  channel_shares_set: { words: () => "Shares of a channel changed", by: "Kept" },
  stock_freshness_set: { words: () => "Rule for old stock counts changed", by: "Kept" },
  service_area_set: { words: () => "Service area changed", by: "Kept" },
  hold_limits_set: { words: () => "Limits of holds changed", by: "Kept" },
};

/** "Moved from Mon 24 Nov, 10:00–12:00 to Tue 25 Nov, 12:00–14:00" */
function repromised({ repromise }: OrderEvent, zone: string): string {
  if (!repromise) return "Moved to another window";
  const when = (startsAt: string, endsAt: string) =>
    `${formatTime(startsAt, zone, "short-day")}, ${formatWindow(startsAt, endsAt, zone)}`;
  const { oldStartsAt, oldEndsAt, startsAt, endsAt, note } = repromise;
  const why =
    repromise.reason === "other" ? note : [REPROMISE_REASONS[repromise.reason], note].filter(Boolean).join(": ");
  return `Moved from ${when(oldStartsAt, oldEndsAt)} to ${when(startsAt, endsAt)} (${why})`;
}

function at({ nodeName }: OrderEvent): string {
  return nodeName ? ` at ${nodeName}` : "";
}

function reason(event: OrderEvent): string {
  return event.reason ? `: ${reasonWords(event.reason).toLowerCase()}` : "";
}

// What several of them know is called alike.
const REASON_WORDS: Record<LossReason | FailReason | ParkReason, string> = {
  ...FAIL_REASONS,
  ...PARK_REASONS,
  ...REJECT_REASONS,
};

export function reasonWords(code: LossReason | FailReason | ParkReason): string {
  return REASON_WORDS[code];
}
