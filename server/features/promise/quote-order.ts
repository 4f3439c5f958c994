import type { VisitWishes } from "#server/domain/delivery-wishes.ts";
import type { NodeId } from "#server/domain/id.ts";
import type { PickupView, QuoteView } from "#server/domain/quote.ts";
import { type OrderKey, type OrderToMove, readOrderToMove } from "./order-to-move.ts";
import type { PromiseServices } from "./promise-services.ts";
import { quoteLines } from "./quote-cart.ts";
import { quotePickup } from "./quote-pickup.ts";
import type { Ended } from "./without-hold.ts";

// The windows that a confirmed order could be moved to, as if it had none: what it claims stands in nobody's way, its own least.

/** Of the order's own service; the others are empty. Without wishes those that were asked for stand. Faults: not-found, wrong-state (it is picked), wish-too-narrow. */
export async function quoteOrder(
  services: PromiseServices,
  key: OrderKey,
  wished: VisitWishes | undefined,
): Promise<QuoteView> {
  const order = await readOrderToMove(services.db, key);
  const { regionId, channelId, lines, destination, service } = order;
  const wishes = wished ?? order.wishes;
  const request = { regionId, lines: [...lines], destination, ...(service === "delivery" && { wishes }) };
  // Of all that was ordered: less of it would be another order.
  const { view: quote } = await quoteLines(services, request, request.lines, undefined, endedBy(order), channelId);
  return {
    ...quote,
    delivery: service === "delivery" ? quote.delivery : [],
    parcel: service === "parcel" ? quote.parcel : [],
    pickup: service === "pickup" ? quote.pickup : [],
  };
}

/** Faults: not-found (order, or a node that hands nothing over), wrong-state (it is picked, or is brought). */
export async function quoteOrderPickup(services: PromiseServices, key: OrderKey, nodeId: NodeId): Promise<PickupView> {
  const order = await readOrderToMove(services.db, key);
  const { regionId, channelId, lines, destination } = order;
  return quotePickup(services, { regionId, lines: [...lines], destination, nodeId }, endedBy(order), channelId);
}

function endedBy({ orderId, refusedNodeIds }: OrderToMove): Ended {
  return { instead: { orderId }, refusedNodeIds };
}
