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
  /** The nodes that took it over; none while it waits and its exception stands open. */
  takenBy: z.array(Taker),
});

/**
 * The node cannot serve its part of an order: its claims go back, and others take it over if they can keep its promise.
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
    const takenBy = await ctx.db<z.input<typeof Taker>[]>`
      select distinct n.id as "nodeId", n.name
      from public.fulfilments f join public.holds h on h.lead_id = f.replaced_by join public.nodes n on n.id = h.node_id
      where f.id = ${input.fulfilmentId} order by n.name, n.id`;
    return { orderId, takenBy };
  });
