import { randomUUID } from "node:crypto";
import { findDeliveryWindows, STAGE, type Stage, type WindowAnswer } from "#server/core/promise/delivery-windows.ts";
import { isBeforeCutOff, nextFreeHour, planPicking } from "#server/core/promise/picking-plan.ts";
import { type CartLine, canonicalPlace, type Destination } from "#server/domain/cart.ts";
import { NodeId } from "#server/domain/id.ts";
import { instant } from "#server/domain/instant.ts";
import { OFFER_ISSUER, OFFER_TTL_SEC, type OfferClaims } from "#server/domain/offer.ts";
import { type PickupPlaceView, QuoteRequest, QuoteView, type WindowView } from "#server/domain/quote.ts";
import type { Reason, ReasonCode } from "#server/domain/reason.ts";
import { createTravelRow, type Place } from "#server/travel/travel.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { cartDigest } from "./cart-digest.ts";
import type { Fleet } from "./fleet.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import {
  type NodeRow,
  type QuoteFacts,
  type RegionRow,
  readNodes,
  readQuoteFacts,
  readRegion,
  readSkus,
} from "./queries.ts";
import { parcelOf, pickSecAt, toPromiseProblem, workHoursByNode } from "./to-problem.ts";

const PICKUP_PLACES = 5;

/**
 * Every window of the coming days for a cart and a door: open with a signed, priced offer, or closed with the reason.
 *
 * Nothing is held; what is offered was feasible for stock, picking work and a real route at one moment of the database.
 * Faults: not-found (region or SKU).
 */
export async function quoteCart(services: PromiseServices, request: QuoteRequest): Promise<QuoteView> {
  const { db } = services;
  const { lines, destination } = request;
  const [region, nodeRows, skus, facts] = await Promise.all([
    readRegion(db, request.regionId),
    readNodes(db, request.regionId),
    readSkus(db, lines),
    readQuoteFacts(db, request.regionId, lines),
  ]);
  const fleet = services.fleetOf(region);
  const parcel = parcelOf(lines, skus);
  const door = fleet.travel.snap(destination.lng, destination.lat);
  const signing = signerOf(services, region, facts, lines, destination, parcel);

  return {
    now: instant(facts.nowSec),
    timeZone: region.timeZone,
    currency: region.currency,
    offersExpireAt: instant(Math.floor(facts.nowSec) + OFFER_TTL_SEC),
    delivery: door
      ? await deliveryWindows(services, fleet, facts, nodeRows, request, door, parcel, signing)
      : facts.windows.startSec.map((_, i) => closed(facts.windows, i, { code: "outside_area" })),
    pickup: pickupPlaces(fleet, facts, nodeRows, lines, door, destination, signing),
  };
}

async function deliveryWindows(
  services: PromiseServices,
  fleet: Fleet,
  facts: QuoteFacts,
  nodeRows: readonly NodeRow[],
  { lines }: QuoteRequest,
  door: Place,
  parcel: ReturnType<typeof parcelOf>,
  sign: OfferSigner,
): Promise<WindowView[]> {
  const { windows } = facts;
  const loaded = await fleet.load(services.db, facts.shifts.id, facts.shifts.version);
  const problem = toPromiseProblem(
    fleet,
    facts,
    workHoursByNode(facts, fleet.originSec),
    nodeRows,
    loaded,
    lines,
    parcel,
    door,
    windows.startSec.map((startSec, i) => ({ startSec, endSec: windows.endSec[i]! })),
  );
  const answers = findDeliveryWindows(problem.nowSec, parcel, problem.nodes, problem.shifts, problem.windows);
  return answers.map((answer, i) => {
    if (answer.stage !== STAGE.feasible) return closed(windows, i, reasonOf(answer, fleet.originSec));
    const node = problem.nodeRows[answer.node]!;
    return open(windows, i, (window) =>
      sign(
        "delivery",
        node.id,
        window,
        windows.priceCents[i]!,
        problem.nodes[answer.node]!.pickSec,
        fleet.originSec + answer.pickBySec,
      ),
    );
  });
}

/** The nearest nodes by road that hand over at the counter and have the whole cart, with each of their windows. */
function pickupPlaces(
  fleet: Fleet,
  facts: QuoteFacts,
  nodeRows: readonly NodeRow[],
  lines: readonly CartLine[],
  door: Place | null,
  destination: Destination,
  sign: OfferSigner,
): PickupPlaceView[] {
  const { pickups } = facts;
  const able = new Set(facts.nodeIds);
  const places = nodeRows.filter((node) => node.offersPickup && able.has(node.id));
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
  const hours = workHoursByNode(facts, fleet.originSec);
  const nowSec = facts.nowSec - fleet.originSec;
  return nearest.slice(0, PICKUP_PLACES).map(({ node, i }) => {
    const pickSec = pickSecAt(node, lines);
    const nodeHours = hours.get(node.id);
    const windows = pickups.id.flatMap((_, w): WindowView[] => {
      if (pickups.nodeId[w] !== node.id) return [];
      const pickBySec = pickups.startSec[w]! - node.handoverSec;
      const by = pickBySec - fleet.originSec;
      if (!nodeHours || !isBeforeCutOff(nodeHours, nowSec, pickSec, by)) {
        return [closed(pickups, w, { code: "cut_off_passed", at: instant(pickBySec - pickSec) })];
      }
      if (!planPicking(nodeHours, nowSec, pickSec, by)) {
        const free = nextFreeHour(nodeHours, pickSec, by);
        return [
          closed(pickups, w, {
            code: "picking_full",
            ...(free !== undefined && { at: instant(fleet.originSec + free) }),
          }),
        ];
      }
      if (pickups.free[w]! < 1) return [closed(pickups, w, { code: "pickup_full" })];
      return [
        open(pickups, w, (window) => sign("pickup", node.id, window, pickups.priceCents[w]!, pickSec, pickBySec)),
      ];
    });
    return {
      nodeId: NodeId.parse(node.id),
      name: node.name,
      address: node.address,
      lng: node.lng,
      lat: node.lat,
      distanceM: way.distanceM[i]!,
      driveSec: way.durationSec[i]!,
      windows,
    };
  });
}

// -------------------------------------------------------------------------------------------------------------- offers

type OfferSigner = (
  service: OfferClaims["svc"],
  nodeId: string,
  window: readonly [startSec: number, endSec: number],
  priceCents: number,
  pickSec: number,
  pickBySec: number,
) => string;

function signerOf(
  services: PromiseServices,
  region: RegionRow,
  facts: QuoteFacts,
  lines: readonly CartLine[],
  destination: Destination,
  parcel: ReturnType<typeof parcelOf>,
): OfferSigner {
  const iat = Math.floor(facts.nowSec);
  const crt = cartDigest(lines);
  const plc = canonicalPlace(destination);
  return (svc, nod, window, prc, pck, by) =>
    services.offerKeys.sign({
      iss: OFFER_ISSUER,
      jti: randomUUID(),
      iat,
      exp: iat + OFFER_TTL_SEC,
      rgn: region.id,
      svc,
      nod,
      win: [window[0], window[1]],
      prc,
      crt,
      plc,
      pck,
      by,
      wgt: parcel.weightG,
      vol: parcel.volumeMl,
    });
}

// --------------------------------------------------------------------------------------------------------------- views

interface WindowColumns {
  readonly startSec: readonly number[];
  readonly endSec: readonly number[];
  readonly priceCents: readonly number[];
}

function open(windows: WindowColumns, i: number, offer: (window: readonly [number, number]) => string): WindowView {
  return {
    open: true,
    startsAt: instant(windows.startSec[i]!),
    endsAt: instant(windows.endSec[i]!),
    priceCents: windows.priceCents[i]!,
    offer: offer([windows.startSec[i]!, windows.endSec[i]!]),
  };
}

function closed(windows: WindowColumns, i: number, reason: Reason): WindowView {
  return {
    open: false,
    startsAt: instant(windows.startSec[i]!),
    endsAt: instant(windows.endSec[i]!),
    priceCents: windows.priceCents[i]!,
    reason,
  };
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
function crowFliesM(a: { lng: number; lat: number }, b: { lng: number; lat: number }): number {
  const rad = Math.PI / 180;
  const x = (b.lng - a.lng) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
  return Math.hypot(x, (b.lat - a.lat) * rad) * 6_371_000;
}

/** promise.quote */
export const quote = shopperProcedure
  .input(QuoteRequest)
  .output(QuoteView)
  .query(({ ctx, input }) => quoteCart(promiseServices(ctx.platform), input));
