import * as z from "zod";
import { FulfilmentId } from "#server/domain/id.ts";
import { FulfilmentState } from "#server/domain/state.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ fulfilmentId: FulfilmentId });
const Output = z.object({ state: FulfilmentState });

/** What was brought goes into the shopper's hands. Safe to repeat. Faults: not-found, wrong-state. */
export const collectTransfer = storeProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const [row] = await tx<[z.input<typeof Output>]>`select app.collect_transfer(${input.fulfilmentId}) as state`;
      return row;
    }),
  );
