import { isBeforeCutOff, nextFreeHour, planPicking, type WorkHours } from "#server/core/promise/picking-plan.ts";
import type { CartLine } from "#server/domain/cart.ts";
import { Fault } from "#server/domain/fault.ts";
import { instant } from "#server/domain/instant.ts";
import { OFFER_TTL_SEC } from "#server/domain/offer.ts";
import { PickupRequest, PickupView } from "#server/domain/quote.ts";
import type { Reason } from "#server/domain/reason.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { lastOrderSec } from "./last-order.ts";
import type { PickupWindows } from "./network-mirror.ts";
import { offerWriter } from "./offer-writer.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import { type NodeRow, readNodes, readRegion, readSkus } from "./queries.ts";
import { type QuoteFacts, readFacts } from "./quote-facts.ts";
import { parcelOf, pickSecAt, workHoursOf } from "./to-problem.ts";
import { toWindowViews, type WindowOutcome } from "./window-view.ts";

/**
 * The pickup windows of one node for a cart: open with a signed offer, or closed with the reason.
 * Faults: not-found (region, SKU, or a node that hands nothing over).
 */
export async function quotePickup(services: PromiseServices, request: PickupRequest): Promise<PickupView> {
  const { db } = services;
  const { lines, destination, nodeId } = request;
  const [region, nodes, skus, facts] = await Promise.all([
    readRegion(db, request.regionId),
    readNodes(db, request.regionId),
    readSkus(db, lines),
    readFacts(db, services.mirrorOf(request.regionId), request.regionId, lines),
  ]);
  const node = nodes.find((row) => row.id === nodeId && row.offersPickup);
  if (!node) throw new Fault("not-found", nodeId);

  const originSec = Math.floor(facts.nowSec);
  const hours = workHoursOf(facts, node.id, originSec);
  const writeOffer = offerWriter(region.id, facts.nowSec, lines, destination, parcelOf(lines, skus));
  const pickSec = pickSecAt(node, lines);
  const windows = facts.pickupsOf(node.id);
  const outcomes = windows.startSec.map((startSec, w): WindowOutcome => {
    const reason: Reason | undefined = facts.nodeIds.includes(node.id)
      ? pickupRefusal(facts, windows, w, node, hours, lines, originSec)
      : { code: node.paused ? "node_paused" : "out_of_stock" };
    if (reason) return { reason };
    const window = [startSec, windows.endSec[w]!] as const;
    return {
      claims: writeOffer("pickup", node.id, window, windows.priceCents[w]!, pickSec, startSec - node.handoverSec),
      isVanNearby: false,
      orderBySec: originSec + lastOrderSec(hours, pickSec, startSec - node.handoverSec - originSec),
    };
  });
  return {
    now: instant(facts.nowSec),
    timeZone: region.timeZone,
    currency: region.currency,
    offersExpireAt: instant(originSec + OFFER_TTL_SEC),
    windows: toWindowViews(windows, outcomes, services.offerKeys),
  };
}

/** Why pickup window `w` cannot be offered by its node, which has the cart, or undefined. */
export function pickupRefusal(
  { nowSec }: QuoteFacts,
  windows: PickupWindows,
  w: number,
  node: NodeRow,
  hours: WorkHours,
  lines: readonly CartLine[],
  originSec: number,
): Reason | undefined {
  const pickSec = pickSecAt(node, lines);
  const pickBySec = windows.startSec[w]! - node.handoverSec;
  if (!isBeforeCutOff(hours, nowSec - originSec, pickSec, pickBySec - originSec)) {
    return { code: "cut_off_passed", at: instant(pickBySec - pickSec) };
  }
  if (!planPicking(hours, nowSec - originSec, pickSec, pickBySec - originSec)) {
    const free = nextFreeHour(hours, pickSec, pickBySec - originSec);
    return free === undefined ? { code: "picking_full" } : { code: "picking_full", at: instant(originSec + free) };
  }
  return windows.free[w]! < 1 ? { code: "pickup_full" } : undefined;
}

/** promise.pickup */
export const pickup = shopperProcedure
  .input(PickupRequest)
  .output(PickupView)
  .query(({ ctx, input }) => quotePickup(promiseServices(ctx.platform), input));
