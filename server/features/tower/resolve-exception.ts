import * as z from "zod";
import { ExceptionId } from "#server/domain/id.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ exceptionId: ExceptionId });
const Output = z.object({ exceptionId: ExceptionId });

/** A person says that an exception is dealt with. Safe to repeat. Faults: not-found. */
export const resolveException = opsProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      await tx`select app.resolve_exception(${input.exceptionId})`;
      return input;
    }),
  );
