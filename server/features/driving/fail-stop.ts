import * as z from "zod";
import { StopId } from "#server/domain/id.ts";
import { FailReason } from "#server/domain/state.ts";
import { driverProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ stopId: StopId, reason: FailReason });
const Output = z.object({ stopId: StopId });

/** The order could not be handed over. Safe to repeat. Faults: not-found, wrong-state (it ended otherwise). */
export const failStop = driverProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      await tx`select app.finish_stop(${input.stopId}, 'failed', ${input.reason})`;
      return { stopId: input.stopId };
    }),
  );
