import * as z from "zod";
import { StopId } from "#server/domain/id.ts";
import { driverProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ stopId: StopId });
const Output = z.object({ stopId: StopId });

/** The van stands at the door. Safe to repeat. Faults: not-found, wrong-state (the shift is not under way). */
export const arriveAtStop = driverProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      await tx`select app.arrive(${input.stopId})`;
      return input;
    }),
  );
