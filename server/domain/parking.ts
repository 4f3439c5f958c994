import * as z from "zod";
import { Instant } from "./instant.ts";
import { MAX_NOTE_CHARS, words } from "./words.ts";

// A parked order: nobody picks it or hands it over until operations release it.

export const ParkReason = z.enum(["payment_check", "address_question", "shopper_asked", "other"]);
export type ParkReason = z.infer<typeof ParkReason>;

/** As staff say it. */
export const PARK_REASONS: Record<ParkReason, string> = {
  payment_check: "The payment is being checked",
  address_question: "The address is unclear",
  shopper_asked: "The shopper asked to wait",
  other: "Something else",
};

/** Why, in words where none of the reasons says it. */
export const ParkCause = z
  .strictObject({ reason: ParkReason, note: words(0, MAX_NOTE_CHARS).default("") })
  .refine(({ reason, note }) => reason !== "other" || note !== "", "say what it is");
export type ParkCause = z.infer<typeof ParkCause>;

/** What staff see of an order that is parked. */
export const ParkingView = z.object({ reason: ParkReason, note: z.string(), parkedAt: Instant, releaseBy: Instant });
export type ParkingView = z.infer<typeof ParkingView>;
