import * as z from "zod";
import { MAX_CART_LINES } from "#server/domain/cart.ts";
import { FulfilmentId, NodeId, OrderId, SkuId } from "#server/domain/id.ts";
import { RejectReason } from "#server/domain/state.ts";
import { resourceOrder } from "#server/features/promise/contract.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({
  fulfilmentId: FulfilmentId,
  reason: RejectReason,
  /** What the shelf did not have; it leaves the count. */
  missing: z
    .array(z.strictObject({ skuId: SkuId, units: z.int().min(1).max(9999) }))
    .max(MAX_CART_LINES)
    .refine((lines) => new Set(lines.map((line) => line.skuId)).size === lines.length, "each SKU once")
    .default([]),
});

const Taker = z.object({ nodeId: NodeId, name: z.string() });

const Output = z.object({
  orderId: OrderId,
  /** The node that took the order over; null while it has none and its exception stands open. */
  takenBy: Taker.nullable(),
});

/**
 * The node cannot serve an order: its claims go back, and another node takes the order over if one can keep its promise.
 *
 * Two transactions on purpose: the rejection is a fact whatever the network then finds. Safe to repeat, which also looks
 * for a node again. Faults: not-found, wrong-state (it has left), invalid-request (units that are not of the order).
 */
export const rejectFulfilment = storeProcedure
  .input(Input)
  .output(Output)
  .mutation(async ({ ctx, input }) => {
    const missing = input.missing.map(({ skuId, units }) => ({ sku_id: skuId, units }));
    const [{ orderId }] = await ctx.asCaller(
      (tx) => tx<[{ orderId: string }]>`
        select app.reject_fulfilment(${input.fulfilmentId}, ${input.reason}, ${tx.json(missing)}) as "orderId"`,
    );
    await resourceOrder(ctx.platform, orderId);
    // Not as the caller: one store does not see what another one works on, but may know who took its order.
    const [taker] = await ctx.db<z.input<typeof Taker>[]>`
      select n.id as "nodeId", n.name from public.fulfilments f join public.nodes n on n.id = f.node_id
      where f.order_id = ${orderId} and f.state <> 'rejected'`;
    return { orderId, takenBy: taker ?? null };
  });
