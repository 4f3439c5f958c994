import { randomUUID } from "node:crypto";
import type { Row } from "postgres";
import { faultOfError } from "#server/db/fault-of-error.ts";
import { Cart } from "#server/domain/cart.ts";
import type { VisitWishes } from "#server/domain/delivery-wishes.ts";
import type { NodeId } from "#server/domain/id.ts";
import type { PickupView, QuoteView, RepromisedView, RepromiseRequest } from "#server/domain/quote.ts";
import type { Platform } from "#server/platform.ts";
import type { OrderKey } from "./order-to-move.ts";
import { placeWish } from "./place-wish.ts";
import { promiseServices } from "./promise-services.ts";
import { quoteOrderPickup as quotePickupOf, quoteOrder as quoteWindows } from "./quote-order.ts";
import { replanHold as replan } from "./replan-hold.ts";
import { type Mover, repromiseOrder as repromise } from "./repromise-order.ts";
import { type VisitColumns, visitOfHold } from "./visit.ts";

// What other contexts may ask of the promise.

/** The windows that a confirmed order could be moved to: see quote-order.ts. */
export function quoteOrder(platform: Platform, key: OrderKey, wished: VisitWishes | undefined): Promise<QuoteView> {
  return quoteWindows(promiseServices(platform), key, wished);
}

/** Those of one place where it could be collected: see quote-order.ts. */
export function quoteOrderPickup(platform: Platform, key: OrderKey, nodeId: NodeId): Promise<PickupView> {
  return quotePickupOf(promiseServices(platform), key, nodeId);
}

/** Moves a confirmed order to another window: see repromise-order.ts. */
export function repromiseOrder(
  platform: Platform,
  key: OrderKey,
  request: RepromiseRequest,
  mover: Mover,
): Promise<RepromisedView> {
  return repromise(promiseServices(platform), key, request, mover);
}

export type Resourcing =
  | { readonly placed: true; readonly nodeIds: readonly string[] }
  /** `reason` is the fault that the last look at the network for a part ended with. */
  | { readonly placed: false; readonly reason: string };

/**
 * Finds other nodes for the parts of an order that lost theirs, within the windows that were promised, and places them there.
 *
 * Only what was rejected is placed anew; what other nodes serve goes on. Nodes that rejected anything of the order are left
 * out; of what was lost on its way the node has done its part, and may send it again. A pickup stays at its counter, to which
 * others may bring it: where the shopper collects it, only the shopper may decide. What finds no node keeps waiting with its exception open; a later call may succeed. Safe to repeat: a part that has a node is left as it is.
 */
export async function resourceOrder(platform: Platform, orderId: string): Promise<Resourcing> {
  const waiting = await platform.db<(VisitColumns & Row)[]>`
    select f.id, h.region_id, h.channel_id, h.service, h.pickup_node_id, h.address, h.lng, h.lat, h.price_cents,
      extract(epoch from h.window_starts_at)::integer as start_sec, extract(epoch from h.window_ends_at)::integer as end_sec,
      extract(epoch from h.visit_starts_at)::integer as visit_start_sec, extract(epoch from h.visit_ends_at)::integer as visit_end_sec,
      h.floor, h.has_lift, h.climb_sec,
      (select jsonb_agg(jsonb_build_object('skuId', l.sku_id, 'units', l.units) order by l.sku_id)
       from public.hold_lines l where l.hold_id = h.id) as lines,
      (select array_agg(x.node_id::text) from public.fulfilments x 
         where x.order_id = f.order_id and x.state = 'rejected' and x.handed_over_at is null) as refused
    from public.fulfilments f join public.holds h on h.id = f.hold_id
    where f.order_id = ${orderId} and f.state = 'rejected' and f.replaced_by is null order by f.created_at, f.id`;
  if (waiting.length === 0) return { placed: false, reason: "wrong-state" };

  const nodeIds: string[] = [];
  let reason: string | undefined;
  for (const part of waiting) {
    const holdId = randomUUID();
    try {
      nodeIds.push(...(await replacePart(platform, part, holdId)));
    } catch (error) {
      const fault = faultOfError(error);
      if (!fault) throw error;
      reason = fault.code;
    }
  }
  return reason === undefined ? { placed: true, nodeIds } : { placed: false, reason };
}

function replacePart(platform: Platform, part: VisitColumns & Row, holdId: string): Promise<string[]> {
  return placeWish(
    promiseServices(platform),
    {
      regionId: part.region_id,
      channelId: part.channel_id,
      service: part.service,
      ...(part.service === "pickup" && { pickupNodeId: part.pickup_node_id }),
      lines: Cart.parse(part.lines),
      destination: { lng: part.lng, lat: part.lat, address: part.address },
      windowStartSec: part.start_sec,
      windowEndSec: part.end_sec,
      visit: visitOfHold(part),
      priceCents: part.price_cents,
      fingerprint: `resource ${part.id} ${holdId}`,
      excludedNodeIds: new Set<string>(part.refused ?? []),
      isPromised: true,
    },
    holdId,
    async (tx, { parts }) => {
      await tx`select app.replace_fulfilment(${part.id}, ${holdId}, ${tx.json(parts as never)})`;
      return parts.map((request) => String(request.node_id));
    },
  );
}

/** Finds a van for a hold whose own fell out: see replan-hold.ts. */
export function replanHold(platform: Platform, holdId: string): Promise<boolean> {
  return replan(promiseServices(platform), holdId);
}
