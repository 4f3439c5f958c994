import * as z from "zod";

/** What the record of who did what knows. The functions in `supabase/migrations` write these and no others. */
export const EventKind = z.enum([
  "hold_placed",
  "hold_released",
  "hold_expired",
  "hold_extended",
  "hold_replanned",
  "order_confirmed",
  "order_ready",
  "order_handed_over",
  "order_on_the_way",
  "order_arrived",
  "order_delivered",
  "order_failed",
  "order_rejected",
  "order_replaced",
  "door_changed",
  "exception_opened",
  "exception_resolved",
  "shift_started",
  "shift_finished",
  "shift_cancelled",
  "route_improved",
  "capacity_set",
  "sourcing_rules_set",
  "stock_freshness_set",
  "hold_limits_set",
]);
export type EventKind = z.infer<typeof EventKind>;
