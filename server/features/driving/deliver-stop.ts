import * as z from "zod";
import { LeftWith } from "#server/domain/delivery-wishes.ts";
import { StopId } from "#server/domain/id.ts";
import { driverProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ stopId: StopId, leftWith: LeftWith.default("customer") });
const Output = z.object({ stopId: StopId, leftWith: LeftWith });

/**
 * The order is in the customer's hands, or left where the customer allowed it. Safe to repeat. Faults: not-found,
 * not-allowed-at-door, wrong-state (it ended otherwise).
 */
export const deliverStop = driverProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      await tx`select app.deliver_stop(${input.stopId}, ${input.leftWith})`;
      return input;
    }),
  );
