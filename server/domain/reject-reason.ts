import type { RejectReason } from "./state.ts";

/** Why a node could not serve an order, as its staff say it. */
export const REJECT_REASONS: Record<RejectReason, string> = {
  out_of_stock: "Not on the shelf",
  damaged: "Damaged",
  no_capacity: "No time to pick it",
  other: "Something else",
};
