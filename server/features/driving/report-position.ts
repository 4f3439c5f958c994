import * as z from "zod";
import { ShiftId } from "#server/domain/id.ts";
import { driverProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({
  shiftId: ShiftId,
  lng: z.number().min(-180).max(180),
  lat: z.number().min(-85).max(85),
});
const Output = z.object({ shiftId: ShiftId });

/** Where the van is, as the phone in it knows. Safe to repeat. Faults: not-found, wrong-state (the shift is not under way). */
export const reportPosition = driverProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      await tx`select app.report_position(${input.shiftId}, ${input.lng}, ${input.lat})`;
      return { shiftId: input.shiftId };
    }),
  );
