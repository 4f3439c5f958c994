import { randomBytes } from "node:crypto";
import { ConfirmRequest, ConfirmView } from "#server/domain/quote.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";

/**
 * promise.confirm: turns a hold into an order. A repeated call answers with the first one's number and token.
 * Faults: not-found, hold-expired, wrong-state, id-reused.
 */
export const confirm = shopperProcedure
  .input(ConfirmRequest)
  .output(ConfirmView)
  .mutation(async ({ ctx, input }) => {
    const customer = {
      token: randomBytes(16).toString("hex"),
      customer_name: input.customer.name,
      customer_phone: input.customer.phone,
      customer_note: input.customer.note,
    };
    const [row] = await ctx.db`
      select order_number as number, token
      from app.confirm_hold(${input.holdId}, ${input.orderId}, ${ctx.db.json(customer)})`;
    return ConfirmView.parse(row);
  });
