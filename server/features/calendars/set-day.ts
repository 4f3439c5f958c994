import { CalendarEntry } from "#server/domain/calendar.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";

/**
 * Makes a day a region's holiday, or a node's closed or otherwise open day; an entry that is there is replaced. What is
 * promised stays. Safe to repeat. Faults: not-found (also for a region's calendar without being ops), invalid-request (the
 * day is over).
 */
export const setDay = storeProcedure
  .input(CalendarEntry)
  .mutation(({ ctx, input: { regionId, nodeId, day, name, hours, workSec } }) =>
    ctx.asCaller(async (tx) => {
      await tx`select app.set_calendar_day(${regionId}, ${nodeId}, ${day}, ${name}, ${hours?.opens ?? null}, ${hours?.closes ?? null}, ${workSec})`;
    }),
  );
