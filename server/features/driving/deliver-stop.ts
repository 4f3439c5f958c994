import * as z from "zod";
import { StopId } from "#server/domain/id.ts";
import { driverProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ stopId: StopId });
const Output = z.object({ stopId: StopId });

/** The order is in the customer's hands. Safe to repeat. Faults: not-found, wrong-state (it ended otherwise). */
export const deliverStop = driverProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      await tx`select app.finish_stop(${input.stopId}, 'delivered')`;
      return input;
    }),
  );
