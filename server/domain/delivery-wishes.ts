import * as z from "zod";
import { words } from "./words.ts";

// What a shopper wishes of a delivery besides its window. What decides whether and how it can be driven is asked with the quote
// and bound into the offer; what only the driver needs is given with the confirmation.

export const MOST_FLOORS = 60;
/** A wish that leaves a van less of a window than this is no window any more. */
export const LEAST_VISIT_MINUTES = 30;

/** "18:30", on the clock of the region. */
const WallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

export const VisitWishes = z.strictObject({
  /** The van rings at this time of the window's day or later. */
  notBefore: WallTime.optional(),
  /** It rings before this time. */
  notAfter: WallTime.optional(),
  /** 0 is the ground floor. */
  floor: z.int().min(0).max(MOST_FLOORS).optional(),
  /** Not said: then the stairs are what is counted on. */
  hasLift: z.boolean().optional(),
});
export type VisitWishes = z.infer<typeof VisitWishes>;

export const MAX_SAFE_PLACE_CHARS = 120;
export const MAX_GATE_CODE_CHARS = 40;

export const DoorWishes = z.strictObject({
  /** Where it may be left when nobody opens; null: nowhere. */
  safePlace: words(1, MAX_SAFE_PLACE_CHARS).nullable(),
  neighbourAllowed: z.boolean(),
  /** Read by the driver of the day and the shopper's own link, and by nobody else. */
  gateCode: words(1, MAX_GATE_CODE_CHARS).nullable(),
});
export type DoorWishes = z.infer<typeof DoorWishes>;

/** As app.keep_door and app.change_door take it. */
export function doorColumns({ safePlace, neighbourAllowed, gateCode }: DoorWishes) {
  return { safe_place: safePlace, neighbour_allowed: neighbourAllowed, gate_code: gateCode };
}

/** Whom or where a driver left an order with. */
export const LeftWith = z.enum(["customer", "safe_place", "neighbour"]);
export type LeftWith = z.infer<typeof LeftWith>;

/** Of "18:30": 1110. */
export function minuteOfWallTime(time: string): number {
  const [hours, minutes] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
}
