import * as z from "zod";
import { ShiftId } from "#server/domain/id.ts";
import { driverProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ shiftId: ShiftId });
const Output = z.object({ shiftId: ShiftId });

/**
 * The van leaves and its route is frozen. Safe to repeat. Faults: not-found, wrong-state, not-loaded (its detail says how
 * many orders are not on board).
 */
export const startShift = driverProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      await tx`select app.start_shift(${input.shiftId})`;
      return input;
    }),
  );
