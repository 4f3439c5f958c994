import * as z from "zod";

/** An instant as the database gives it, a Date in a row or text inside JSON, and as the wire carries it: ISO 8601 in UTC. */
export const Instant = z
  .union([z.date(), z.iso.datetime({ offset: true })])
  .transform((instant) => new Date(instant).toISOString());

/** Two centuries, in which calendars, databases and their drivers agree about what a year is. */
const isInReach = (text: string): boolean => text >= "2000" && text < "2200";

/** A calendar day in the region's zone. */
export const Day = z.iso.date().refine(isInReach, "must be a day from 2000 to 2199");

/** An instant that a caller names: ISO 8601 in UTC. */
export const NamedInstant = z.iso.datetime().max(30).refine(isInReach, "must be an instant from 2000 to 2199");

/** Epoch seconds as the wire has them: ISO 8601 in UTC. */
export function instant(epochSec: number): string {
  return new Date(epochSec * 1000).toISOString();
}
