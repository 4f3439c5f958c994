import * as z from "zod";

// The states of what moves, as the database has them. Screens keep a total record over each, so that a new state does
// not compile until it is drawn.

export const HoldState = z.enum(["held", "confirmed", "fulfilled", "released", "expired"]);
export type HoldState = z.infer<typeof HoldState>;

export const OrderState = z.enum(["confirmed", "ready", "on_the_way", "arrived", "delivered", "failed", "unplaced"]);
export type OrderState = z.infer<typeof OrderState>;

export const FulfilmentState = z.enum([
  "to_pick",
  "ready",
  "handed_over",
  "received",
  "delivered",
  "failed",
  "rejected",
  "repromised",
]);
export type FulfilmentState = z.infer<typeof FulfilmentState>;

export const ShiftState = z.enum(["planned", "under_way", "done", "cancelled"]);
export type ShiftState = z.infer<typeof ShiftState>;

export const StopState = z.enum(["planned", "arrived", "delivered", "failed"]);
export type StopState = z.infer<typeof StopState>;

export const Service = z.enum(["delivery", "parcel", "pickup"]);
export type Service = z.infer<typeof Service>;

export const NodeKind = z.enum(["store", "distribution_centre", "micro_fulfilment", "partner"]);
export type NodeKind = z.infer<typeof NodeKind>;

export const Temperature = z.enum(["ambient", "chilled", "frozen"]);
export type Temperature = z.infer<typeof Temperature>;

export const ExceptionKind = z.enum([
  "hold_unplannable",
  "order_rejected",
  "van_late",
  "stock_short",
  "transfer_late",
  "order_parked",
]);
export type ExceptionKind = z.infer<typeof ExceptionKind>;

export const RejectReason = z.enum(["out_of_stock", "damaged", "no_capacity", "other"]);
export type RejectReason = z.infer<typeof RejectReason>;

/** Why a part of an order was given up: by its node, or because a run did not bring it. */
export const LossReason = z.enum([...RejectReason.options, "lost"]);
export type LossReason = z.infer<typeof LossReason>;

export const FailReason = z.enum(["nobody_home", "address_not_found", "refused", "damaged", "other"]);
export type FailReason = z.infer<typeof FailReason>;

export const StaffRole = z.enum(["ops", "store", "driver"]);
export type StaffRole = z.infer<typeof StaffRole>;
