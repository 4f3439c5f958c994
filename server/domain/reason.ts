import * as z from "zod";

/** Why a window is not offered. Closed: a new reason does not compile until it has its two sentences (reason-sentences.ts). */
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
  "no_transfer",
  "transfer_full",
  "no_carrier",
  "no_cold_parcel",
  "parcel_too_heavy",
  "carrier_full",
  "node_paused",
  "outside_wish",
  "day_closed",
  "share_used",
]);
export type ReasonCode = z.infer<typeof ReasonCode>;

/** `detail` is a number or an instant that belongs into the sentence, never text. */
export const Reason = z.object({
  code: ReasonCode,
  /** ISO instant: the cut-off that has passed, or until when picking is full. */
  at: z.iso.datetime().optional(),
});
export type Reason = z.infer<typeof Reason>;
