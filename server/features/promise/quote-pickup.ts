import { findPickups } from "#server/core/promise/find-pickups.ts";
import { lastOrderSec } from "#server/core/promise/last-order.ts";
import { PICKUP_STAGE, type PickupAnswer } from "#server/core/promise/pickup-problem.ts";
import type { ChannelId } from "#server/domain/channel.ts";
import { Fault } from "#server/domain/fault.ts";
import { instant } from "#server/domain/instant.ts";
import { OFFER_TTL_SEC } from "#server/domain/offer.ts";
import { PickupRequest, PickupView } from "#server/domain/quote.ts";
import type { Reason } from "#server/domain/reason.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { channelOfRequest } from "./channel-of.ts";
import { outcomeWithin, withinShares } from "./channel-shares.ts";
import { PICKUP_REASON, reasonOfLoss } from "./loss-reason.ts";
import type { PickupWindows } from "./network-mirror.ts";
import { offeredParts, offerWriter } from "./offer-writer.ts";
import { pickupWorld } from "./pickup-world.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import type { QuoteFacts } from "./quote-facts.ts";
import { groupCart, sourcesOf } from "./to-problem.ts";
import { toWindowViews, type WindowOutcome } from "./window-view.ts";
import { type Ended, endedHold, factsWithout, readClaims, withoutNodes } from "./without-hold.ts";

/**
 * The pickup windows of one node for a cart, from its shelves or with what the runs of lanes bring in time: open with a signed
 * offer, or closed with the reason.
 * Faults: not-found (region, SKU, or a node that hands nothing over).
 */
export async function quotePickup(
  services: PromiseServices,
  request: PickupRequest,
  ended: Ended = endedHold(request.insteadOf),
  channelId: ChannelId = channelOfRequest(services, request),
): Promise<PickupView> {
  const { db } = services;
  const { lines, destination, nodeId } = request;
  const [read, claims] = await Promise.all([
    services.readFacts(request.regionId, lines, channelId),
    readClaims(db, ended.instead),
  ]);
  const { region, nodes, skus } = read;
  const facts = withoutNodes(factsWithout(read, lines, claims), ended.refusedNodeIds);
  const node = nodes.find((row) => row.id === nodeId && row.offersPickup);
  if (!node) throw new Fault("not-found", nodeId);

  const originSec = Math.floor(facts.nowSec);
  const cart = groupCart(lines, skus);
  const writeOffer = offerWriter(region.id, facts.nowSec, lines, destination, channelId, request.wanted);
  const outcomesBy = (by: QuoteFacts): WindowOutcome[] => {
    const windows = by.pickupsOf(node.id);
    const sources = sourcesOf(by, nodes, cart, originSec);
    const world = pickupWorld(by, nodes, sources, nodes.indexOf(node), cart, originSec, windows.startSec);
    const answers = node.paused ? null : findPickups(world.problem);
    return windows.startSec.map((startSec, w): WindowOutcome => {
      const answer = answers?.[w];
      if (!answer) return { reason: { code: "node_paused" } };
      const reason = pickupRefusal(facts.nowSec, windows, w, answer, originSec);
      if (reason || !("parts" in answer)) return { reason: reason! };
      const window = [startSec, windows.endSec[w]!] as const;
      const parts = offeredParts(answer.parts, world.nodes, originSec).map((part, p) => {
        const { run } = answer.parts[p]!;
        return run === null ? part : { ...part, laneLeavesSec: world.rows[run]!.startSec };
      });
      const readySec = answer.parts.flatMap(({ run }) => (run === null ? [] : world.rows[run]!.readySec));
      return {
        claims: writeOffer(
          "pickup",
          window,
          windows.priceCents[w]!,
          parts,
          readySec.length > 0 ? { col: node.id } : {},
        ),
        deliveries: 1,
        carriers: [],
        isVanNearby: false,
        orderBySec: Math.min(
          windows.orderBySec[w] ?? Number.POSITIVE_INFINITY,
          ...answer.parts.map(
            ({ node: place, pickSec, pickBySec }) =>
              originSec + lastOrderSec(world.problem.nodes[place]!.hours, pickSec, pickBySec),
          ),
        ),
        broughtBySec: readySec.length > 0 ? Math.max(...readySec) : null,
      };
    });
  };
  const limited = outcomesBy(withinShares(facts, channelId));
  const isClosed = facts.shares && !limited.every((outcome) => "claims" in outcome);
  // What a share closes is closed for nothing else: asked again without.
  const unlimited = isClosed ? outcomesBy(facts) : limited;
  const outcomes = limited.map((outcome, w) => outcomeWithin(outcome, unlimited[w]!));
  return {
    now: instant(facts.nowSec),
    timeZone: region.timeZone,
    currency: region.currency,
    offersExpireAt: instant(originSec + OFFER_TTL_SEC),
    windows: toWindowViews(facts.pickupsOf(node.id), outcomes, services.offerKeys),
  };
}

/** Why pickup window `w` of a store that takes orders cannot be offered, or undefined where its plan can be had. */
export function pickupRefusal(
  nowSec: number,
  windows: PickupWindows,
  w: number,
  answer: PickupAnswer,
  originSec: number,
): Reason | undefined {
  const orderBySec = windows.orderBySec[w] ?? null;
  // What nobody has is no question of the hour.
  const isMissing = "stage" in answer && answer.stage === PICKUP_STAGE.noStock;
  if (!isMissing && orderBySec !== null && orderBySec <= nowSec)
    return { code: "cut_off_passed", at: instant(orderBySec) };
  if ("parts" in answer) return windows.free[w]! < 1 ? { code: "pickup_full" } : undefined;
  return reasonOfLoss(PICKUP_REASON, answer, originSec);
}

/** promise.pickup */
export const pickup = shopperProcedure
  .meta({ kind: "quote" })
  .input(PickupRequest)
  .output(PickupView)
  .query(({ ctx, input }) => quotePickup(promiseServices(ctx.platform), input));
