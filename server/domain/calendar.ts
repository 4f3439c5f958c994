import * as z from "zod";
import { NodeId, RegionId } from "./id.ts";
import { Day } from "./instant.ts";
import { Service } from "./state.ts";
import { words } from "./words.ts";

/** Local wall-clock time; "24:00" ends a day. */
export const WallTime = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/);

const EntryName = words(1, 80);

/** Which calendar: a region's (no node), or one node's of it. */
export const CalendarScope = z.strictObject({ regionId: RegionId, nodeId: NodeId.nullable() });
export type CalendarScope = z.infer<typeof CalendarScope>;

/** What a day is instead of a usual one: closed unless it says other hours, other picking, or both. */
export const CalendarEntry = z
  .strictObject({
    ...CalendarScope.shape,
    day: Day,
    name: EntryName,
    hours: z.strictObject({ opens: WallTime, closes: WallTime }).nullable(),
    /** Picking seconds on offer in each open hour. */
    workSec: z.int().min(0).max(3_600_000).nullable(),
  })
  .refine(({ nodeId, hours, workSec }) => nodeId !== null || (hours === null && workSec === null), {
    message: "a region's day is closed, or a usual one",
    path: ["hours"],
  })
  .refine(({ hours }) => hours === null || hours.opens < hours.closes, {
    message: "must be later than it opens",
    path: ["hours", "closes"],
  });
export type CalendarEntry = z.infer<typeof CalendarEntry>;

/** A service's window that starts at a local time, or all its windows of the day (null). */
export const BlackoutKey = z
  .strictObject({ ...CalendarScope.shape, service: Service, day: Day, starts: WallTime.nullable() })
  .refine(({ service, nodeId }) => service !== "delivery" || nodeId === null, {
    message: "delivery windows are the region's",
    path: ["nodeId"],
  })
  .refine(({ service, starts }) => service !== "parcel" || starts === null, {
    message: "a parcel has a day, no window",
    path: ["starts"],
  });
export const Blackout = BlackoutKey.safeExtend({ name: EntryName });
export type Blackout = z.infer<typeof Blackout>;

/** Until when a weekday's windows can be ordered: by a local time so many days before, and so long before they start. */
export const CutOff = z
  .strictObject({
    /** 1 Monday to 7 Sunday. */
    weekday: z.int().min(1).max(7),
    orderBy: WallTime.nullable(),
    leadDays: z.int().min(0).max(14),
    leastLeadMin: z.int().min(0).max(20_160),
  })
  .refine(({ orderBy, leadDays, leastLeadMin }) => orderBy !== null || (leastLeadMin > 0 && leadDays === 0), {
    message: "needs a time or a lead",
    path: ["orderBy"],
  });
export type CutOff = z.infer<typeof CutOff>;
