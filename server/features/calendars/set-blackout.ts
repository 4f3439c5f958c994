import { Blackout } from "#server/domain/calendar.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";

/** Gives no windows of a service on a day. What is promised stays. Safe to repeat. Faults: not-found, invalid-request. */
export const setBlackout = storeProcedure
  .input(Blackout)
  .mutation(({ ctx, input: { regionId, nodeId, service, day, starts, name } }) =>
    ctx.asCaller(async (tx) => {
      await tx`select app.set_blackout(${regionId}, ${nodeId}, ${service}, ${day}, ${starts}, ${name})`;
    }),
  );
