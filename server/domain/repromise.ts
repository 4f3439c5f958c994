import * as z from "zod";
import { Instant } from "./instant.ts";
import { MAX_NOTE_CHARS, words } from "./words.ts";

// A confirmed order that is promised anew, in another window than the one it was confirmed with.

export const RepromiseActor = z.enum(["shopper", "ops", "system"]);
export type RepromiseActor = z.infer<typeof RepromiseActor>;

/** Why. Whatever the shopper did not ask for is a promise that was not kept. */
export const RepromiseReason = z.enum([
  "shopper_asked",
  "out_of_stock",
  "no_capacity",
  "no_van",
  "address_unclear",
  "other",
]);
export type RepromiseReason = z.infer<typeof RepromiseReason>;

/** As operations say it. */
export const REPROMISE_REASONS: Record<RepromiseReason, string> = {
  shopper_asked: "The shopper asked",
  out_of_stock: "Goods are missing",
  no_capacity: "No time to pick it",
  no_van: "No van in that window",
  address_unclear: "The address is unclear",
  other: "Something else",
};

/** Of operations: why, in words where none of the reasons says it. */
export const RepromiseCause = z
  .strictObject({ reason: RepromiseReason, note: words(0, MAX_NOTE_CHARS).default("") })
  .refine(({ reason, note }) => reason !== "other" || note !== "", "say what it is");
export type RepromiseCause = z.infer<typeof RepromiseCause>;

/** One change of what is agreed on, as whoever may see the order sees it. */
export const RepromiseView = z.object({
  /** 1 for the first. */
  number: z.int(),
  at: Instant,
  actor: RepromiseActor,
  reason: RepromiseReason,
  oldStartsAt: Instant,
  oldEndsAt: Instant,
  startsAt: Instant,
  endsAt: Instant,
  oldPriceCents: z.int(),
  priceCents: z.int(),
});
export type RepromiseView = z.infer<typeof RepromiseView>;
