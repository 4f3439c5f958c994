import * as z from "zod";
import { VisitWishes } from "#server/domain/delivery-wishes.ts";
import { NodeId, OrderId } from "#server/domain/id.ts";
import { PickupView, QuoteView } from "#server/domain/quote.ts";
import { quoteOrder, quoteOrderPickup } from "#server/features/promise/contract.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

/** The windows that an order could be moved to. Faults: not-found, wrong-state (picked, or over), wish-too-narrow. */
export const quoteChange = opsProcedure
  .input(z.strictObject({ orderId: OrderId, wishes: VisitWishes.optional() }))
  .output(QuoteView)
  .query(({ ctx, input: { orderId, wishes } }) => quoteOrder(ctx.platform, { orderId }, wishes));

/** The same of one store, for an order that is collected. Faults: as quoteChange. */
export const quotePickupChange = opsProcedure
  .input(z.strictObject({ orderId: OrderId, nodeId: NodeId }))
  .output(PickupView)
  .query(({ ctx, input: { orderId, nodeId } }) => quoteOrderPickup(ctx.platform, { orderId }, nodeId));
