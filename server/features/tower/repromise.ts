import * as z from "zod";
import { OrderId } from "#server/domain/id.ts";
import { RepromisedView, RepromiseRequest } from "#server/domain/quote.ts";
import { RepromiseCause } from "#server/domain/repromise.ts";
import { repromiseOrder } from "#server/features/promise/contract.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

/**
 * Operations move an order to another window, and say why. Unless its shopper asked, they pay no more than before. Safe to repeat.
 * Faults: not-found, wrong-state (picked, over, or moved meanwhile), offer-expired, offer-invalid, id-reused, and what says that
 * the window can no longer be had.
 */
export const repromise = opsProcedure
  .input(z.strictObject({ ...RepromiseRequest.shape, orderId: OrderId, cause: RepromiseCause }))
  .output(RepromisedView)
  .mutation(({ ctx, input: { orderId, cause, ...request } }) =>
    repromiseOrder(ctx.platform, { orderId }, request, { actor: "ops", userId: ctx.staff.userId, cause }),
  );
