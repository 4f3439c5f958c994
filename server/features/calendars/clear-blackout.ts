import { BlackoutKey } from "#server/domain/calendar.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";

/** Gives the windows again. Safe to repeat. Faults: not-found, invalid-request (the day is over). */
export const clearBlackout = storeProcedure
  .input(BlackoutKey)
  .mutation(({ ctx, input: { regionId, nodeId, service, day, starts } }) =>
    ctx.asCaller(async (tx) => {
      await tx`select app.clear_blackout(${regionId}, ${nodeId}, ${service}, ${day}, ${starts})`;
    }),
  );
