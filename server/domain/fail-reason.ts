import type { FailReason } from "./state.ts";

/** Why a delivery failed at the door, as its driver says it. */
export const FAIL_REASONS: Record<FailReason, string> = {
  nobody_home: "Nobody at home",
  address_not_found: "Address not found",
  refused: "Refused",
  damaged: "Damaged",
  other: "Something else",
};
