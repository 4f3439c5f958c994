import * as z from "zod";
import { FulfilmentId, OrderId } from "#server/domain/id.ts";
import { resourceOrder } from "#server/features/promise/contract.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ fulfilmentId: FulfilmentId, reason: z.enum(["lost", "damaged"]) });

const Output = z.object({
  orderId: OrderId,
  /** Whether others bring it in time; else it waits and its exception stands open. */
  isPlaced: z.boolean(),
});

/**
 * What a run should have brought here did not come, or cannot be given to anybody: another run or node takes it over if it can keep the
 * promise. Two transactions, as in reject-fulfilment.ts. Safe to repeat. Faults: not-found, wrong-state (it is not on its way and not here).
 */
export const loseTransfer = storeProcedure
  .input(Input)
  .output(Output)
  .mutation(async ({ ctx, input }) => {
    const [{ orderId }] = await ctx.asCaller(
      (tx) => tx<[{ orderId: string }]>`
        select app.lose_transfer(${input.fulfilmentId}, ${input.reason}) as "orderId"`,
    );
    await resourceOrder(ctx.platform, orderId);
    const [part] = await ctx.db<[{ isPlaced: boolean }]>`
      select replaced_by is not null as "isPlaced" from public.fulfilments where id = ${input.fulfilmentId}`;
    return { orderId: OrderId.parse(orderId), isPlaced: part.isPlaced };
  });
