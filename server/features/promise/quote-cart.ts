import { reduceCart } from "#server/core/allocation/reduce-cart.ts";
import { firstPickup, holdTogether } from "#server/core/promise/find-pickups.ts";
import { findPlans } from "#server/core/promise/find-plans.ts";
import type { WindowSpan } from "#server/core/promise/group-windows.ts";
import { lastOrderSec } from "#server/core/promise/last-order.ts";
import {
  hasEverything,
  type SourceNode,
  STAGE,
  type Stage,
  type WindowAnswer,
  type WindowLoss,
} from "#server/core/promise/promise-problem.ts";
import { isVanNearby } from "#server/core/promise/van-nearby.ts";
import type { VisitRows } from "#server/core/routing/offer-windows.ts";
import type { CartLine, Destination } from "#server/domain/cart.ts";
import type { ChannelId } from "#server/domain/channel.ts";
import { NodeId } from "#server/domain/id.ts";
import { instant } from "#server/domain/instant.ts";
import { OFFER_TTL_SEC } from "#server/domain/offer.ts";
import { type PickupPlaceView, QuoteRequest, QuoteView, type ShortLine } from "#server/domain/quote.ts";
import type { Reason, ReasonCode } from "#server/domain/reason.ts";
import { createTravelRow, type Place } from "#server/travel/travel.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { channelOfRequest } from "./channel-of.ts";
import { outcomeWithin, readVanShare, type VanShare, withinShares } from "./channel-shares.ts";
import { type Fleet, type LoadedShift, type PlannedFleet, prepareFleet } from "./fleet.ts";
import { type OfferWriter, offerWriter } from "./offer-writer.ts";
import { pickupWorld } from "./pickup-world.ts";
import { planWithinShare } from "./plan-within-share.ts";
import { policyOf } from "./policy-of.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import { type NodeRow, readNodes, readRegion, readSkus, type SkuRow } from "./queries.ts";
import { type QuoteFacts, readFacts } from "./quote-facts.ts";
import { parcelDays } from "./quote-parcels.ts";
import {
  type GroupedCart,
  groupCart,
  isSource,
  shiftsWithin,
  sourcesInTime,
  sourcesOf,
  toPromiseProblem,
} from "./to-problem.ts";
import { type Climb, climbOf, narrowWindows, visitClaims } from "./visit.ts";
import { toWindowViews, type WindowOutcome } from "./window-view.ts";
import { type Ended, endedHold, factsWithout, plansWithout, readClaims, withoutNodes } from "./without-hold.ts";

const PICKUP_PLACES = 5;
/** How many smaller carts are tried where there is too little stock for the one that was asked for. */
const MOST_REDUCED = 3;

/**
 * Every delivery window of the coming days for a cart and a door, and every day on which a carrier could bring it: open with a
 * signed, priced offer, or closed with the reason; and the places near the door where the cart can be picked up.
 *
 * Where only stock is in the way it says of which lines there are fewer, and, where that is allowed, offers what there is.
 * Nothing is held; what is offered was feasible for stock, picking work and a real route when the database was asked.
 * Faults: not-found (region or SKU), wish-too-narrow.
 */
export async function quoteCart(services: PromiseServices, request: QuoteRequest): Promise<QuoteView> {
  const whole = await quoteLines(services, request, request.lines, request.wanted);
  if (!lacksStock(whole.view)) return whole.view;
  for (const lines of lessOf(request.lines, whole)) {
    const { view } = await quoteLines(services, request, lines, request.wanted ?? request.lines);
    if (!canBeHad(view) || (whole.view.pickup.length > 0 && !isBrought(view))) continue;
    const short = shortLines(request.lines, lines, whole.skus);
    return request.partial ? { ...view, short } : { ...whole.view, short };
  }
  return whole.view;
}

/** Whether some of it could be brought if there were more of it, and nothing can. */
function lacksStock(view: QuoteView): boolean {
  if (isBrought(view)) return false;
  return [...view.delivery, ...view.parcel].some((window) => !window.open && window.reason.code === "out_of_stock");
}

function isBrought({ delivery, parcel }: QuoteView): boolean {
  return [...delivery, ...parcel].some((window) => window.open);
}

function canBeHad(view: QuoteView): boolean {
  return isBrought(view) || view.pickup.some(({ nextStartsAt }) => nextStartsAt !== null);
}

/** What there is of a cart, the most first. */
function lessOf(lines: readonly CartLine[], { facts, nodes, skus, cart, reaches }: QuotedLines): CartLine[][] {
  const wanted = lines.map(({ units }, i) => ({
    group: cart.lines[i]!.group,
    units,
    unitCents: skus[i]!.priceCents,
  }));
  const available = nodes.flatMap(({ id }, n) => (reaches[n] ? (facts.stock.get(id) ?? []) : []));
  return reduceCart(wanted, available, facts.rules.mostNodes, MOST_REDUCED).map((units) =>
    lines.flatMap(({ skuId }, i) => (units[i]! > 0 ? { skuId, units: units[i]! } : [])),
  );
}

function shortLines(wanted: readonly CartLine[], had: readonly CartLine[], skus: readonly SkuRow[]): ShortLine[] {
  const unitsOf = new Map(had.map(({ skuId, units }) => [skuId, units]));
  return wanted.flatMap(({ skuId, units }, i) => {
    const available = unitsOf.get(skuId) ?? 0;
    return available < units ? { skuId, name: skus[i]!.name, wanted: units, available } : [];
  });
}

/** A quote, and what it went by. */
interface QuotedLines {
  readonly view: QuoteView;
  readonly facts: QuoteFacts;
  readonly nodes: readonly NodeRow[];
  readonly skus: readonly SkuRow[];
  readonly cart: GroupedCart;
  /** By node: 1 where its vans go to this door. */
  readonly reaches: Uint8Array;
}

/** The quote for these lines, which are the cart that was asked for, or less of it. */
export async function quoteLines(
  services: PromiseServices,
  request: QuoteRequest,
  lines: readonly CartLine[],
  wanted: readonly CartLine[] | undefined,
  ended: Ended = endedHold(request.insteadOf),
  channelId: ChannelId = channelOfRequest(services, request),
): Promise<QuotedLines> {
  const { db } = services;
  const { destination } = request;
  const [region, nodes, skus, read, claims] = await Promise.all([
    readRegion(db, request.regionId),
    readNodes(db, request.regionId),
    readSkus(db, lines),
    readFacts(db, services.mirrorOf(request.regionId), request.regionId, lines, channelId),
    readClaims(db, ended.instead),
  ]);
  const facts = withoutNodes(factsWithout(read, lines, claims), ended.refusedNodeIds);
  const fleet = services.fleetOf(region);
  const loaded = await fleet.load(db, facts.shifts.id, facts.shifts.version);
  const others = plansWithout(fleet, nodes, loaded, claims);
  // What one shopper sees without their own hold is nothing to keep for the next one.
  const planned = others === loaded ? fleet.prepare(nodes, loaded) : prepareFleet(fleet.travel, nodes, others);
  const wishes = request.wishes ?? {};
  const climb = climbOf(wishes, region);
  const cart = groupCart(lines, skus, climb.climbSec);
  const door = fleet.travel.snap(destination.lng, destination.lat);
  const writeOffer = offerWriter(region.id, facts.nowSec, lines, destination, channelId, wanted);
  const reaches = door ? await services.areas.reach(db, nodes, door) : new Uint8Array(nodes.length);
  const { windows } = facts;
  const spans = windows.startSec.map((startSec, w) => ({ startSec, endSec: windows.endSec[w]! }));
  const visits = { spans: narrowWindows(spans, wishes, region.timeZone), climb };
  const answer = (by: QuoteFacts, share: VanShare | null) => {
    const sources = sourcesOf(by, nodes, cart, fleet.originSec);
    const deliveries = door
      ? deliveryOutcomes(fleet, by, nodes, sources, reaches, planned, cart, door, visits, writeOffer, share)
      : windows.startSec.map((): WindowOutcome => ({ reason: { code: "outside_area" } }));
    const days = parcelDays(by, nodes, sources, cart, fleet.originSec, writeOffer);
    // A carrier keeps a day: who asks for hours within it is not promised what nobody keeps.
    const parcels =
      wishes.notBefore || wishes.notAfter
        ? { ...days, outcomes: days.outcomes.map((): WindowOutcome => ({ reason: { code: "outside_wish" } })) }
        : days;
    return { sources, deliveries, parcels, outcomes: [...deliveries, ...parcels.outcomes] };
  };
  const limited = withinShares(facts, channelId);
  const { sources, deliveries, parcels, outcomes } = answer(
    limited,
    await readVanShare(db, region, channelId, facts, fleet.originSec),
  );
  // What a share closes is closed for nothing else: asked again without.
  const isClosed = facts.shares && !outcomes.every((outcome) => "claims" in outcome);
  const unlimited = isClosed ? answer(facts, null).outcomes : outcomes;
  // Together, so that they are signed together.
  const views = toWindowViews(
    {
      startSec: [...windows.startSec, ...parcels.startSec],
      endSec: [...windows.endSec, ...parcels.endSec],
      priceCents: [...windows.priceCents, ...parcels.priceCents],
    },
    outcomes.map((outcome, i) => outcomeWithin(outcome, unlimited[i]!)),
    services.offerKeys,
  );
  const view = {
    now: instant(facts.nowSec),
    timeZone: region.timeZone,
    currency: region.currency,
    offersExpireAt: instant(Math.floor(facts.nowSec) + OFFER_TTL_SEC),
    lines: [...lines],
    short: [],
    delivery: views.slice(0, deliveries.length),
    parcel: views.slice(deliveries.length),
    pickup: pickupPlaces(fleet, limited, nodes, sources, cart, destination, door),
  };
  return { view, facts, nodes, skus, cart, reaches };
}

/** By window: when service may start, or null where the wishes leave no time. */
interface WishedVisits {
  readonly spans: readonly (WindowSpan | null)[];
  readonly climb: Climb;
}

function deliveryOutcomes(
  fleet: Fleet,
  facts: QuoteFacts,
  nodes: readonly NodeRow[],
  sources: readonly SourceNode[],
  reaches: Uint8Array,
  planned: PlannedFleet,
  cart: GroupedCart,
  door: Place,
  visits: WishedVisits,
  writeOffer: OfferWriter,
  share: VanShare | null,
): WindowOutcome[] {
  const { windows } = facts;
  const { originSec } = fleet;
  const nodeIds = nodes.map(({ id }) => id);
  // Windows that leave no time for the visit are closed whatever the vans do.
  const outcomes = windows.startSec.map((): WindowOutcome => ({ reason: { code: "outside_wish" } }));
  // Windows in which the same nodes can still be ordered from are asked about together: mostly all that no cut-off has closed.
  for (const { lateNodeIds, windows: chosen } of facts.cutOffs.groupsAt(facts.nowSec, nodeIds)) {
    const late =
      lateNodeIds.size === 0
        ? []
        : nodes.filter(({ id }, n) => reaches[n] && lateNodeIds.has(id) && isSource(sources[n]!));
    const inTime = sourcesInTime(sources, nodes, lateNodeIds);
    const cutOffSec = (w: number) => Math.max(...late.map(({ id }) => facts.cutOffs.orderBySec(id, w)));
    if (late.length > 0 && !inTime.some(isSource)) {
      for (const w of chosen)
        if (visits.spans[w]) outcomes[w] = { reason: { code: "cut_off_passed", at: instant(cutOffSec(w)) } };
      continue;
    }
    answerWindows(chosen, inTime, (loss, w) =>
      late.length > 0 && loss.stage < STAGE.cutOff ? { stage: STAGE.cutOff, atSec: cutOffSec(w) - originSec } : loss,
    );
  }
  return outcomes;

  function answerWindows(
    chosen: readonly number[],
    inTime: readonly SourceNode[],
    lossOf: (loss: WindowLoss, w: number) => WindowLoss,
  ): void {
    const asked = chosen.flatMap((w) => (visits.spans[w] ? { ...visits.spans[w], w } : []));
    const problem = toPromiseProblem(fleet, facts, inTime, reaches, planned, cart, door, asked);
    const answers = findPlans(problem);
    for (const { rows, index } of problem.asks) {
      for (const place of index) {
        const { w } = asked[place]!;
        const window = { startSec: windows.startSec[w]!, endSec: windows.endSec[w]! };
        const kept = keepShare({ planned, rows, answer: answers[place]! }, inTime, asked[place]!, window);
        const { answer } = kept;
        if (!("parts" in answer)) {
          outcomes[w] = { reason: reasonOf(lossOf(answer, w), originSec) };
          continue;
        }
        const { parts } = answer;
        outcomes[w] = {
          claims: writeOffer(
            "delivery",
            [window.startSec, window.endSec],
            windows.priceCents[w]!,
            parts.map(({ node, pickSec, pickBySec, load }) => ({
              nodeId: nodes[node]!.id,
              pickSec,
              pickBySec: originSec + pickBySec,
              load,
            })),
            visitClaims(window, asked[place]!, visits.climb),
          ),
          orderBySec: Math.min(
            ...parts.map(({ node, pickSec, pickBySec }) =>
              Math.min(
                facts.cutOffs.orderBySec(nodes[node]!.id, w),
                originSec + lastOrderSec(sources[node]!.hours, pickSec, pickBySec),
              ),
            ),
          ),
          deliveries: parts.length,
          carriers: [],
          isVanNearby: parts.every((part) =>
            isVanNearby(part, kept.planned.routes.shifts[part.shift]!, kept.rows, problem.policy.weights.route),
          ),
        };
      }
    }
  }

  /** The answer, or that of the vans in which the channel has room left: see planWithinShare. */
  function keepShare(
    found: { readonly planned: PlannedFleet; readonly rows: VisitRows; readonly answer: WindowAnswer },
    inTime: readonly SourceNode[],
    visit: WindowSpan,
    window: WindowSpan,
  ): typeof found {
    const { answer } = found;
    if (!share || !("parts" in answer)) return found;
    if (answer.parts.every((part) => share(planned, part, found.rows, visit, window))) return found;
    const ask = (loaded: readonly LoadedShift[]) => {
      const some = prepareFleet(fleet.travel, nodes, loaded);
      return {
        planned: some,
        problem: toPromiseProblem(fleet, facts, inTime, reaches, some, cart, door, [visit]),
      };
    };
    const within = shiftsWithin(planned.loaded, window.startSec, window.endSec);
    const kept = planWithinShare(within, ask, share, visit, window);
    return { planned: kept.planned, rows: kept.problem.asks[0]!.rows, answer: kept.answer };
  }
}

/** The nearest nodes by road that hand over at the counter and have the whole cart, or get what they lack by the runs of lanes. */
function pickupPlaces(
  fleet: Fleet,
  facts: QuoteFacts,
  nodes: readonly NodeRow[],
  sources: readonly SourceNode[],
  cart: GroupedCart,
  destination: Destination,
  door: Place | null,
): PickupPlaceView[] {
  const asked = { cart: cart.groups, policy: policyOf(facts.rules) };
  const sourceOf = new Map(nodes.map(({ id }, n) => [id, sources[n]!]));
  const places = nodes.flatMap((node, store) => {
    if (!node.offersPickup || node.paused) return [];
    const isThere = hasEverything(sources[store]!);
    const senders = () => [...new Set(facts.laneRunsTo(node.id).map(({ fromNodeId }) => sourceOf.get(fromNodeId)!))];
    return isThere || holdTogether(asked, [sources[store]!, ...senders()]) ? [{ node, store, isThere }] : [];
  });
  const way = createTravelRow(places.length);
  if (door) {
    const targets = fleet.travel.snapAll(
      places.map(({ node }) => node.lng),
      places.map(({ node }) => node.lat),
    );
    fleet.travel.oneToMany(door, targets, fleet.periodAt(facts.nowSec), way);
  } else {
    places.forEach(({ node }, i) => {
      way.distanceM[i] = Math.round(crowFliesM(node, destination));
    });
  }

  const nearest = places.map((place, i) => ({ ...place, i })).sort((a, b) => way.distanceM[a.i]! - way.distanceM[b.i]!);
  return nearest.slice(0, PICKUP_PLACES).map(({ node, store, isThere, i }) => {
    const windows = facts.pickupsOf(node.id);
    const { problem } = pickupWorld(facts, nodes, sources, store, cart, fleet.originSec, windows.startSec);
    const first = firstPickup(
      problem,
      (w) => windows.free[w]! > 0 && (windows.orderBySec[w] ?? Number.POSITIVE_INFINITY) > facts.nowSec,
    );
    return {
      nodeId: NodeId.parse(node.id),
      name: node.name,
      address: node.address,
      lng: node.lng,
      lat: node.lat,
      distanceM: way.distanceM[i]!,
      driveSec: way.durationSec[i]!,
      nextStartsAt: first < 0 ? null : instant(windows.startSec[first]!),
      isBroughtHere: !isThere,
    };
  });
}

export const REASON_OF_STAGE: Record<Stage, ReasonCode> = {
  [STAGE.noStock]: "out_of_stock",
  [STAGE.outsideArea]: "outside_area",
  [STAGE.noShift]: "no_shift",
  [STAGE.goods]: "no_vehicle_for_goods",
  [STAGE.tooFar]: "vans_too_far",
  [STAGE.cutOff]: "cut_off_passed",
  [STAGE.picking]: "picking_full",
  [STAGE.vansFull]: "vans_full",
};

function reasonOf({ stage, atSec }: WindowLoss, originSec: number): Reason {
  const code = REASON_OF_STAGE[stage];
  return atSec === undefined ? { code } : { code, at: instant(originSec + atSec) };
}

/** Only to sort pickup places for a door that no road leads to. */
function crowFliesM(a: { lng: number; lat: number }, b: Destination): number {
  const rad = Math.PI / 180;
  const x = (b.lng - a.lng) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
  return Math.hypot(x, (b.lat - a.lat) * rad) * 6_371_000;
}

/** promise.quote */
export const quote = shopperProcedure
  .meta({ kind: "quote" })
  .input(QuoteRequest)
  .output(QuoteView)
  .query(({ ctx, input }) => quoteCart(promiseServices(ctx.platform), input));
