import { randomUUID } from "node:crypto";
import { faultOfError } from "#server/db/fault-of-error.ts";
import { Cart } from "#server/domain/cart.ts";
import type { Platform } from "#server/platform.ts";
import { placeWish } from "./place-wish.ts";
import { promiseServices } from "./promise-services.ts";
import { replanHold as replan } from "./replan-hold.ts";

// What other contexts may ask of the promise.

export type Resourcing =
  | { readonly placed: true; readonly nodeId: string }
  /** `reason` is the fault that the last look at the network ended with. */
  | { readonly placed: false; readonly reason: string };

/**
 * Finds another node for an order that lost its own, within the window that was promised, and places it there.
 *
 * Nodes that rejected the order are left out. A pickup is not moved: that would send the shopper elsewhere, which only the
 * shopper may decide. When nothing is found the order stays unplaced and its exception open; a later call may succeed.
 * Safe to repeat: an order that has a node is left as it is.
 */
export async function resourceOrder(platform: Platform, orderId: string): Promise<Resourcing> {
  const { db } = platform;
  const [order] = await db`
    select o.region_id, o.service, o.state, o.address, o.lng, o.lat, o.price_cents,
      extract(epoch from o.promise_starts_at)::integer as start_sec, extract(epoch from o.promise_ends_at)::integer as end_sec,
      (select jsonb_agg(jsonb_build_object('skuId', l.sku_id, 'units', l.units) order by l.sku_id)
       from public.order_lines l where l.order_id = o.id) as lines,
      (select array_agg(f.node_id::text) from public.fulfilments f where f.order_id = o.id and f.state = 'rejected') as refused
    from public.orders o where o.id = ${orderId}`;
  if (order?.state !== "unplaced") return { placed: false, reason: "wrong-state" };
  if (order.service !== "delivery") return { placed: false, reason: "pickup-stays" };

  const holdId = randomUUID();
  try {
    const nodeId = await placeWish(
      promiseServices(platform),
      {
        regionId: order.region_id,
        service: "delivery",
        lines: Cart.parse(order.lines),
        destination: { lng: order.lng, lat: order.lat, address: order.address },
        windowStartSec: order.start_sec,
        windowEndSec: order.end_sec,
        priceCents: order.price_cents,
        fingerprint: `resource ${orderId} ${holdId}`,
        excludedNodeIds: new Set<string>(order.refused ?? []),
      },
      holdId,
      async (tx, request) => {
        await tx`select app.replace_fulfilment(${orderId}, ${holdId}, ${tx.json(request as never)})`;
        return String(request.node_id);
      },
    );
    return { placed: true, nodeId };
  } catch (error) {
    const fault = faultOfError(error);
    if (!fault) throw error;
    return { placed: false, reason: fault.code };
  }
}

/** Finds a van for a hold whose own fell out: see replan-hold.ts. */
export function replanHold(platform: Platform, holdId: string): Promise<boolean> {
  return replan(promiseServices(platform), holdId);
}
