import * as z from "zod";
import { FulfilmentId } from "#server/domain/id.ts";
import { FailReason, FulfilmentState } from "#server/domain/state.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";

const Input = z.discriminatedUnion("outcome", [
  z.strictObject({ fulfilmentId: FulfilmentId, outcome: z.literal("delivered") }),
  z.strictObject({ fulfilmentId: FulfilmentId, outcome: z.literal("failed"), reason: FailReason }),
]);
const Output = z.object({ state: FulfilmentState });

/** What the carrier tells of a parcel that it has: brought, or not. Safe to repeat. Faults: not-found, wrong-state. */
export const finishParcel = storeProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const reason = input.outcome === "failed" ? input.reason : null;
      const [row] = await tx<[z.input<typeof Output>]>`
        select app.finish_parcel(${input.fulfilmentId}, ${input.outcome}, ${reason}) as state`;
      return row;
    }),
  );
