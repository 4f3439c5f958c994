import * as z from "zod";
import { FulfilmentId } from "#server/domain/id.ts";
import { FulfilmentState } from "#server/domain/state.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ fulfilmentId: FulfilmentId });
const Output = z.object({ state: FulfilmentState });

/** What a lane has brought is here, and can be collected. Safe to repeat. Faults: not-found, wrong-state. */
export const receiveTransfer = storeProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const [row] = await tx<[z.input<typeof Output>]>`select app.receive_transfer(${input.fulfilmentId}) as state`;
      return row;
    }),
  );
