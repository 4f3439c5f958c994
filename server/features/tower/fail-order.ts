import * as z from "zod";
import { OrderId } from "#server/domain/id.ts";
import { OrderState } from "#server/domain/state.ts";
import { MAX_NOTE_CHARS, words } from "#server/domain/words.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({
  orderId: OrderId,
  /** The parts that wait for a node, or the order with all that has not reached its shopper. */
  scope: z.enum(["parts", "order"]),
  /** Why, for whoever looks at it later. */
  note: words(1, MAX_NOTE_CHARS),
});
const Output = z.object({ state: OrderState });

/**
 * Ends what nobody can serve any more; its shopper is told. Safe to repeat.
 * Faults: not-found, wrong-state (nothing waits, or a part is on its way or with the shopper), order-parked, plan-moved.
 */
export const failOrder = opsProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const { orderId, scope, note } = input;
      const [row] = await tx<[z.input<typeof Output>]>`select app.fail_order(${orderId}, ${scope}, ${note}) as state`;
      return row;
    }),
  );
