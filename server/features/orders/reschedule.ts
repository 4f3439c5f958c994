import * as z from "zod";
import { OrderToken } from "#server/domain/id.ts";
import { RepromisedView, RepromiseRequest } from "#server/domain/quote.ts";
import { repromiseOrder } from "#server/features/promise/contract.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";

/**
 * The shopper moves an order to another window, by its link and one of the offers that were made for it. Safe to repeat.
 * Faults: not-found, wrong-state (picked, over, or moved meanwhile), offer-expired, offer-invalid, id-reused, and what says that
 * the window can no longer be had: then the order stays as it is.
 */
export const reschedule = shopperProcedure
  .meta({ kind: "hold" })
  .input(z.strictObject({ ...RepromiseRequest.shape, token: OrderToken }))
  .output(RepromisedView)
  .mutation(({ ctx, input: { token, ...request } }) =>
    repromiseOrder(ctx.platform, { token }, request, { actor: "shopper" }),
  );
