import * as z from "zod";
import { VisitWishes } from "#server/domain/delivery-wishes.ts";
import { NodeId, OrderToken } from "#server/domain/id.ts";
import { PickupView, QuoteView } from "#server/domain/quote.ts";
import { quoteOrder, quoteOrderPickup } from "#server/features/promise/contract.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";

/**
 * The windows that whoever has an order's link could move it to, with what it claims at hand; without wishes for those that were asked.
 * Faults: not-found, wrong-state (a store has picked it, or it is over), wish-too-narrow.
 */
export const quoteChange = shopperProcedure
  .meta({ kind: "quote" })
  .input(z.strictObject({ token: OrderToken, wishes: VisitWishes.optional() }))
  .output(QuoteView)
  .query(({ ctx, input: { token, wishes } }) => quoteOrder(ctx.platform, { token }, wishes));

/** The same of one store, for an order that is collected. Faults: as quoteChange. */
export const quotePickupChange = shopperProcedure
  .meta({ kind: "quote" })
  .input(z.strictObject({ token: OrderToken, nodeId: NodeId }))
  .output(PickupView)
  .query(({ ctx, input: { token, nodeId } }) => quoteOrderPickup(ctx.platform, { token }, nodeId));
