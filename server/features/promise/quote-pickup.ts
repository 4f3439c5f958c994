import { pickSecAt } from "#server/core/promise/ask-picking.ts";
import { allGroups, loadOf } from "#server/core/promise/cart-load.ts";
import { lastOrderSec } from "#server/core/promise/last-order.ts";
import { isBeforeCutOff, nextFreeHour, planPicking } from "#server/core/promise/picking-plan.ts";
import type { SourceNode } from "#server/core/promise/promise-problem.ts";
import { hasEverything } from "#server/core/promise/promise-problem.ts";
import { Fault } from "#server/domain/fault.ts";
import { instant } from "#server/domain/instant.ts";
import { OFFER_TTL_SEC } from "#server/domain/offer.ts";
import { PickupRequest, PickupView } from "#server/domain/quote.ts";
import type { Reason } from "#server/domain/reason.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import type { PickupWindows } from "./network-mirror.ts";
import { offerWriter } from "./offer-writer.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import { readNodes, readRegion, readSkus } from "./queries.ts";
import { readFacts } from "./quote-facts.ts";
import { groupCart, sourcesOf } from "./to-problem.ts";
import { toWindowViews, type WindowOutcome } from "./window-view.ts";
import { type Ended, endedHold, factsWithout, readClaims, withoutNodes } from "./without-hold.ts";

/**
 * The pickup windows of one node for a cart: open with a signed offer, or closed with the reason.
 * Faults: not-found (region, SKU, or a node that hands nothing over).
 */
export async function quotePickup(
  services: PromiseServices,
  request: PickupRequest,
  ended: Ended = endedHold(request.insteadOf),
): Promise<PickupView> {
  const { db } = services;
  const { lines, destination, nodeId } = request;
  const [region, nodes, skus, read, claims] = await Promise.all([
    readRegion(db, request.regionId),
    readNodes(db, request.regionId),
    readSkus(db, lines),
    readFacts(db, services.mirrorOf(request.regionId), request.regionId, lines),
    readClaims(db, ended.instead),
  ]);
  const facts = withoutNodes(factsWithout(read, lines, claims), ended.refusedNodeIds);
  const node = nodes.find((row) => row.id === nodeId && row.offersPickup);
  if (!node) throw new Fault("not-found", nodeId);

  const originSec = Math.floor(facts.nowSec);
  const cart = groupCart(lines, skus);
  const source = sourcesOf(facts, [node], cart, originSec)[0]!;
  const writeOffer = offerWriter(region.id, facts.nowSec, lines, destination, request.wanted);
  const pickSec = pickSecAt(source, cart.groups, allGroups(cart.groups));
  const load = loadOf(cart.groups, allGroups(cart.groups));
  const windows = facts.pickupsOf(node.id);
  const outcomes = windows.startSec.map((startSec, w): WindowOutcome => {
    const reason: Reason | undefined = hasEverything(source)
      ? pickupRefusal(facts.nowSec, windows, w, source, pickSec, originSec)
      : { code: node.paused ? "node_paused" : "out_of_stock" };
    if (reason) return { reason };
    const window = [startSec, windows.endSec[w]!] as const;
    const pickBySec = startSec - node.handoverSec;
    return {
      claims: writeOffer("pickup", window, windows.priceCents[w]!, [{ nodeId: node.id, pickSec, pickBySec, load }]),
      deliveries: 1,
      carriers: [],
      isVanNearby: false,
      orderBySec: Math.min(
        windows.orderBySec[w] ?? Number.POSITIVE_INFINITY,
        originSec + lastOrderSec(source.hours, pickSec, pickBySec - originSec),
      ),
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
  nowSec: number,
  windows: PickupWindows,
  w: number,
  { hours, handoverSec }: SourceNode,
  pickSec: number,
  originSec: number,
): Reason | undefined {
  const orderBySec = windows.orderBySec[w] ?? null;
  if (orderBySec !== null && orderBySec <= nowSec) return { code: "cut_off_passed", at: instant(orderBySec) };
  const pickBySec = windows.startSec[w]! - handoverSec;
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
  .meta({ kind: "quote" })
  .input(PickupRequest)
  .output(PickupView)
  .query(({ ctx, input }) => quotePickup(promiseServices(ctx.platform), input));
