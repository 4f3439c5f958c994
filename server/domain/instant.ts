import * as z from "zod";

/** An instant as the database gives it, a Date in a row or text inside JSON, and as the wire carries it: ISO 8601 in UTC. */
export const Instant = z
  .union([z.date(), z.iso.datetime({ offset: true })])
  .transform((instant) => new Date(instant).toISOString());

/** A calendar day in the region's zone. */
export const Day = z.iso.date();

/** Epoch seconds as the wire has them: ISO 8601 in UTC. */
export function instant(epochSec: number): string {
  return new Date(epochSec * 1000).toISOString();
}
