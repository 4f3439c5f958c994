import * as z from "zod";
import { FulfilmentId } from "#server/domain/id.ts";
import { FulfilmentState } from "#server/domain/state.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ fulfilmentId: FulfilmentId });
const Output = z.object({ state: FulfilmentState });

/** Everything is picked and packed. Safe to repeat. Faults: not-found, wrong-state. */
export const markReady = storeProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const [row] = await tx<[z.input<typeof Output>]>`select app.mark_ready(${input.fulfilmentId}) as state`;
      return row;
    }),
  );
