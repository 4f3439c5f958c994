import { reduceCart } from "#server/core/allocation/reduce-cart.ts";
import type { CartLine } from "#server/domain/cart.ts";
import type { ChannelId } from "#server/domain/channel.ts";
import { instant } from "#server/domain/instant.ts";
import { OFFER_TTL_SEC } from "#server/domain/offer.ts";
import { QuoteRequest, QuoteView, type ShortLine } from "#server/domain/quote.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { channelOfRequest } from "./channel-of.ts";
import { outcomeWithin, readVanShare, type VanShare, withinShares } from "./channel-shares.ts";
import { prepareFleet } from "./fleet.ts";
import { offerWriter } from "./offer-writer.ts";
import { pickupPlaces } from "./pickup-places.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import type { NodeRow, SkuRow } from "./queries.ts";
import { deliveryOutcomes } from "./quote-delivery.ts";
import type { QuoteFacts } from "./quote-facts.ts";
import { parcelDays } from "./quote-parcels.ts";
import { type GroupedCart, groupCart, sourcesOf } from "./to-problem.ts";
import { climbOf, narrowWindows } from "./visit.ts";
import { toWindowViews, type WindowOutcome } from "./window-view.ts";
import { type Ended, endedHold, factsWithout, plansWithout, readClaims, withoutNodes } from "./without-hold.ts";

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
  const [read, claims] = await Promise.all([
    services.readFacts(request.regionId, lines, channelId),
    readClaims(db, ended.instead),
  ]);
  const { region, nodes, skus } = read;
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

/** promise.quote */
export const quote = shopperProcedure
  .meta({ kind: "quote" })
  .input(QuoteRequest)
  .output(QuoteView)
  .query(({ ctx, input }) => quoteCart(promiseServices(ctx.platform), input));
