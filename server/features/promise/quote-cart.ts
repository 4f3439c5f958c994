import { findDeliveryWindows, STAGE, type Stage, type WindowAnswer } from "#server/core/promise/delivery-windows.ts";
import type { Destination } from "#server/domain/cart.ts";
import { NodeId } from "#server/domain/id.ts";
import { instant } from "#server/domain/instant.ts";
import { OFFER_TTL_SEC } from "#server/domain/offer.ts";
import { type PickupPlaceView, QuoteRequest, QuoteView } from "#server/domain/quote.ts";
import type { Reason, ReasonCode } from "#server/domain/reason.ts";
import { createTravelRow, type Place } from "#server/travel/travel.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import type { Fleet, LoadedShift } from "./fleet.ts";
import { lastOrderSec } from "./last-order.ts";
import { type OfferWriter, offerWriter } from "./offer-writer.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import { type NodeRow, readNodes, readRegion, readSkus } from "./queries.ts";
import { type QuoteFacts, readFacts } from "./quote-facts.ts";
import { pickupRefusal } from "./quote-pickup.ts";
import { parcelOf, toPromiseProblem, workHoursOf } from "./to-problem.ts";
import { isVanNearby } from "./van-nearby.ts";
import { toWindowViews, type WindowOutcome } from "./window-view.ts";

const PICKUP_PLACES = 5;

/**
 * Every delivery window of the coming days for a cart and a door: open with a signed, priced offer, or closed with the
 * reason; and the places near the door where the cart can be picked up.
 *
 * Nothing is held; what is offered was feasible for stock, picking work and a real route when the database was asked.
 * Faults: not-found (region or SKU).
 */
export async function quoteCart(services: PromiseServices, request: QuoteRequest): Promise<QuoteView> {
  const { db } = services;
  const { lines, destination } = request;
  const [region, nodes, skus, facts] = await Promise.all([
    readRegion(db, request.regionId),
    readNodes(db, request.regionId),
    readSkus(db, lines),
    readFacts(db, services.mirrorOf(request.regionId), request.regionId, lines),
  ]);
  const fleet = services.fleetOf(region);
  const loaded = await fleet.load(db, facts.shifts.id, facts.shifts.version);
  const parcel = parcelOf(lines, skus);
  const door = fleet.travel.snap(destination.lng, destination.lat);
  const writeOffer = offerWriter(region.id, facts.nowSec, lines, destination, parcel);
  const delivery = door
    ? deliveryOutcomes(fleet, facts, nodes, loaded, request, door, parcel, writeOffer)
    : facts.windows.startSec.map((): WindowOutcome => ({ reason: { code: "outside_area" } }));
  return {
    now: instant(facts.nowSec),
    timeZone: region.timeZone,
    currency: region.currency,
    offersExpireAt: instant(Math.floor(facts.nowSec) + OFFER_TTL_SEC),
    delivery: toWindowViews(facts.windows, delivery, services.offerKeys),
    pickup: pickupPlaces(fleet, facts, nodes, request, door),
  };
}

function deliveryOutcomes(
  fleet: Fleet,
  facts: QuoteFacts,
  nodes: readonly NodeRow[],
  loaded: readonly LoadedShift[],
  { lines }: QuoteRequest,
  door: Place,
  parcel: ReturnType<typeof parcelOf>,
  writeOffer: OfferWriter,
): WindowOutcome[] {
  const { windows } = facts;
  const spans = windows.startSec.map((startSec, i) => ({ startSec, endSec: windows.endSec[i]! }));
  const problem = toPromiseProblem(fleet, facts, nodes, loaded, lines, parcel, door, spans);
  const answers = findDeliveryWindows(problem.nowSec, parcel, problem.nodes, problem.shifts, problem.windows);
  return answers.map((answer, i) => {
    if (answer.stage !== STAGE.feasible) return { reason: reasonOf(answer, fleet.originSec) };
    const node = problem.nodes[answer.node]!;
    const { pickSec } = node;
    const window = [windows.startSec[i]!, windows.endSec[i]!] as const;
    const pickBySec = fleet.originSec + answer.pickBySec;
    const nodeId = problem.nodeRows[answer.node]!.id;
    return {
      claims: writeOffer("delivery", nodeId, window, windows.priceCents[i]!, pickSec, pickBySec),
      orderBySec: fleet.originSec + lastOrderSec(node.hours, pickSec, answer.pickBySec),
      isVanNearby: isVanNearby(answer, node, problem.shifts[answer.shift]!, problem.windows[i]!, parcel.serviceSec),
    };
  });
}

/** The nearest nodes by road that hand over at the counter and have the whole cart. */
function pickupPlaces(
  fleet: Fleet,
  facts: QuoteFacts,
  nodes: readonly NodeRow[],
  { lines, destination }: QuoteRequest,
  door: Place | null,
): PickupPlaceView[] {
  const able = new Set(facts.nodeIds);
  const places = nodes.filter((node) => node.offersPickup && able.has(node.id));
  const way = createTravelRow(places.length);
  if (door) {
    const targets = fleet.travel.snapAll(
      places.map((node) => node.lng),
      places.map((node) => node.lat),
    );
    fleet.travel.oneToMany(door, targets, fleet.periodAt(facts.nowSec), way);
  } else {
    places.forEach((node, i) => {
      way.distanceM[i] = Math.round(crowFliesM(node, destination));
    });
  }

  const nearest = places.map((node, i) => ({ node, i })).sort((a, b) => way.distanceM[a.i]! - way.distanceM[b.i]!);
  return nearest.slice(0, PICKUP_PLACES).map(({ node, i }) => {
    const windows = facts.pickupsOf(node.id);
    const hours = workHoursOf(facts, node.id, fleet.originSec);
    const first = windows.startSec.findIndex(
      (_, w) => !pickupRefusal(facts, windows, w, node, hours, lines, fleet.originSec),
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
    };
  });
}

const REASON_OF_STAGE: Record<Exclude<Stage, typeof STAGE.feasible>, ReasonCode> = {
  [STAGE.noStock]: "out_of_stock",
  [STAGE.noShift]: "no_shift",
  [STAGE.goods]: "no_vehicle_for_goods",
  [STAGE.tooFar]: "vans_too_far",
  [STAGE.cutOff]: "cut_off_passed",
  [STAGE.picking]: "picking_full",
  [STAGE.vansFull]: "vans_full",
};

function reasonOf(answer: WindowAnswer, originSec: number): Reason {
  const code = REASON_OF_STAGE[answer.stage as Exclude<Stage, typeof STAGE.feasible>];
  return answer.atSec === undefined ? { code } : { code, at: instant(originSec + answer.atSec) };
}

/** Only to sort pickup places for a door that no road leads to. */
function crowFliesM(a: { lng: number; lat: number }, b: Destination): number {
  const rad = Math.PI / 180;
  const x = (b.lng - a.lng) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
  return Math.hypot(x, (b.lat - a.lat) * rad) * 6_371_000;
}

/** promise.quote */
export const quote = shopperProcedure
  .input(QuoteRequest)
  .output(QuoteView)
  .query(({ ctx, input }) => quoteCart(promiseServices(ctx.platform), input));
