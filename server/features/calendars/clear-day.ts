import * as z from "zod";
import { CalendarScope } from "#server/domain/calendar.ts";
import { Day } from "#server/domain/instant.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";

/** Takes an entry back: the day is a usual one again. Safe to repeat. Faults: not-found, invalid-request (the day is over). */
export const clearDay = storeProcedure
  .input(z.strictObject({ ...CalendarScope.shape, day: Day }))
  .mutation(({ ctx, input: { regionId, nodeId, day } }) =>
    ctx.asCaller(async (tx) => {
      await tx`select app.clear_calendar_day(${regionId}, ${nodeId}, ${day})`;
    }),
  );
