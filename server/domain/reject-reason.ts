import type { LossReason } from "./state.ts";

/** Why a part of an order was given up, as staff say it. */
export const REJECT_REASONS: Record<LossReason, string> = {
  out_of_stock: "Not on the shelf",
  damaged: "Damaged",
  no_capacity: "No time to pick it",
  lost: "Did not come",
  other: "Something else",
};
