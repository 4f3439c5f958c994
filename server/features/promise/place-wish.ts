import { randomUUID } from "node:crypto";
import type { CartLoad } from "#server/core/promise/cart-load.ts";
import { findParcels } from "#server/core/promise/find-parcels.ts";
import { findPickups } from "#server/core/promise/find-pickups.ts";
import { PARCEL_STAGE, type ParcelStage } from "#server/core/promise/parcel-problem.ts";
import { planPicking } from "#server/core/promise/picking-plan.ts";
import { PICKUP_STAGE, type PickupStage } from "#server/core/promise/pickup-problem.ts";
import { type SourceNode, STAGE, type Stage } from "#server/core/promise/promise-problem.ts";
import type { Queryable, Transaction } from "#server/db/database.ts";
import { faultOfError, isDeadlock } from "#server/db/fault-of-error.ts";
import type { CartLine, Destination } from "#server/domain/cart.ts";
import type { ChannelId } from "#server/domain/channel.ts";
import type { Decision } from "#server/domain/decision.ts";
import { Fault, type FaultCode } from "#server/domain/fault.ts";
import { instant } from "#server/domain/instant.ts";
import type { OfferClaims } from "#server/domain/offer.ts";
import type { Service } from "#server/domain/state.ts";
import { channelOfOffer } from "./channel-of.ts";
import { readVanShare, type VanShare, withinShares } from "./channel-shares.ts";
import { type LoadedShift, prepareFleet } from "./fleet.ts";
import { runsOf, toParcelProblem } from "./parcel-world.ts";
import { pickupWorld } from "./pickup-world.ts";
import { planWithinShare } from "./plan-within-share.ts";
import type { PromiseServices } from "./promise-services.ts";
import type { SkuRow } from "./queries.ts";
import { type QuoteFacts, readFacts } from "./quote-facts.ts";
import { type DecidedWorld, recordDelivery, recordParcel, recordPickup } from "./record-decision.ts";
import { routeWithVisit } from "./route-with-visit.ts";
import { groupCart, shiftsWithin, sourcesOf, toPromiseProblem } from "./to-problem.ts";
import { type Visit, visitOfOffer } from "./visit.ts";
import { factsWithout, type HoldClaims, type Instead, plansWithout, readClaims, withoutNodes } from "./without-hold.ts";

/** What one cart asks for in one window, by whichever nodes, vans and carriers can. */
export interface Wish {
  readonly regionId: string;
  readonly channelId: ChannelId;
  readonly service: Service;
  /** Pickup happens at this node; the goods may come from any, and a delivery too. */
  readonly pickupNodeId?: string;
  readonly lines: readonly CartLine[];
  readonly destination: Destination;
  readonly windowStartSec: number;
  readonly windowEndSec: number;
  readonly visit: Visit;
  readonly priceCents: number;
  /** Same wish, same text: see app.place_hold. */
  readonly fingerprint: string;
  /** Nodes that must not serve it, because they have refused. */
  readonly excludedNodeIds?: ReadonlySet<string>;
  /** It is promised already and only changes hands: no cut-off stands in its way. */
  readonly isPromised?: boolean;
  /** What ends with the new hold: nothing that it claims stands in the way. See app.swap_hold and app.repromise_order. */
  readonly insteadOf?: Instead;
  /** What a unit of each line costs, where that was promised before; else what it costs today. */
  readonly unitCents?: readonly number[];
  /** Whom the limits count it for; nobody where the platform itself asks. */
  readonly asker?: Asker;
}

/** What an offer says of it: the channel, the window, the visit, the price, and the counter where it is one. */
export function wishedBy(
  claims: OfferClaims,
): Pick<Wish, "channelId" | "service" | "pickupNodeId" | "windowStartSec" | "windowEndSec" | "visit" | "priceCents"> {
  return {
    channelId: channelOfOffer(claims),
    service: claims.svc,
    ...(claims.svc === "pickup" && { pickupNodeId: claims.col ?? claims.pts[0]!.nod }),
    windowStartSec: claims.win[0],
    windowEndSec: claims.win[1],
    visit: visitOfOffer(claims),
    priceCents: claims.prc,
  };
}

/** Whom the limits of holds count a hold for. See app.lock_hold_keys. */
export interface Asker {
  readonly checkoutId: string;
  readonly addressKey: string;
  readonly networkKey: string | null;
}

/** Refusals that a fresh look at the database may cure: someone else was quicker, elsewhere there may be room. */
const WORTH_ANOTHER_LOOK: ReadonlySet<FaultCode> = new Set([
  "plan-moved",
  "insufficient-stock",
  "picking-full",
  "window-gone",
  "carrier-full",
  "run-full",
  "van-full",
  "shift-closed",
  "channel-share-used",
]);
const OPTIMISTIC_TRIES = 3;
const MOST_TRIES = 6;

/** A part of what app.place_hold takes (app.hold_request). */
export type PlacedRequest = Readonly<Record<string, unknown>>;

/**
 * Finds the best way to serve a wish on fresh rows and lets `place` write it in a transaction; tries again when someone
 * was quicker. Faults: the last refusal, or the one that says what the wish lacks.
 */
export async function placeWish<T>(
  services: PromiseServices,
  wish: Wish,
  holdId: string,
  place: (tx: Transaction, planned: PlannedWish) => Promise<T>,
): Promise<T> {
  const { db } = services;
  for (let attempt = 1; ; attempt++) {
    try {
      if (attempt <= OPTIMISTIC_TRIES) {
        const planned = await planWish(services, db, wish, holdId);
        return (await db.begin((tx) => place(tx, planned))) as T;
      }
      return (await db.begin(async (tx) => {
        await lockForPlanning(tx, wish);
        // It has written nothing yet, so what it reads is committed and may be kept for others.
        return place(tx, await planWish(services, tx, wish, holdId));
      })) as T;
    } catch (error) {
      // A repeated request holds its own id while it waits for what the first one has locked ahead of it.
      if (isDeadlock(error) && attempt < MOST_TRIES) continue;
      const fault = faultOfError(error);
      if (!fault || attempt > OPTIMISTIC_TRIES || !WORTH_ANOTHER_LOOK.has(fault.code)) throw fault ?? error;
    }
  }
}

/**
 * Takes, in the global order, every lock that placing the wish could need, so that the plan computed next cannot be
 * overtaken: the hold or the order's parts that it ends, the keys of the limits, stock of the cart, picking hours before the window, pickup
 * windows, carriers' runs that arrive within it, lanes' runs that are ready for it, planned shifts over it, and whatever the old hold gives
 * back.
 */
async function lockForPlanning(tx: Transaction, wish: Wish): Promise<void> {
  const { regionId, insteadOf, asker } = wish;
  const start = instant(wish.windowStartSec);
  const end = instant(wish.windowEndSec);
  if (insteadOf && "holdId" in insteadOf)
    await tx`select from public.holds h where h.lead_id = ${insteadOf.holdId} order by h.id for no key update`;
  else if (insteadOf) await tx`select app.lock_parts(${insteadOf.orderId})`;
  if (asker)
    await tx`select app.lock_hold_keys(${regionId}, ${asker.checkoutId}, ${asker.addressKey}, ${asker.networkKey})`;
  const { stock, work, pickupIds, parcels, lanes, rides } = await readClaims(tx, insteadOf);
  const skus = [...wish.lines, ...stock].map((line) => line.skuId as string);
  await tx`
    select from public.inventory_levels l join public.nodes n on n.id = l.node_id and n.region_id = ${regionId}
    where l.sku_id = any (${skus}) order by l.node_id, l.sku_id for no key update of l`;
  const lastHour = instant(Math.max(wish.windowEndSec, ...work.map(({ hourSec }) => hourSec + 1)));
  await tx`
    select from public.work_buckets b join public.nodes n on n.id = b.node_id and n.region_id = ${regionId}
    where b.starts_at > app.now() - interval '1 hour' and b.starts_at < ${lastHour} order by b.node_id, b.starts_at for no key update of b`;
  const isPickup = wish.service === "pickup";
  await tx`
    select from public.pickup_windows w
    where (${isPickup} and w.node_id = ${wish.pickupNodeId ?? ""} and w.starts_at = ${start}) or w.id = any (${[...pickupIds]})
    order by w.id for no key update`;
  await tx`
    select from public.carrier_days d join public.nodes n on n.id = d.node_id and n.region_id = ${regionId}
    where (${wish.service === "parcel"} and d.arrives_from >= ${start} and d.arrives_until <= ${end})
      or (d.carrier_id, d.node_id, d.day::text) in (
        select * from unnest(${parcels.map((p) => p.carrierId)}::text[], ${parcels.map((p) => p.nodeId)}::text[], ${parcels.map((p) => p.day)}::text[])
      )
    order by d.carrier_id, d.node_id, d.day for no key update of d`;
  await tx`
    select from public.lane_runs r join public.lanes l on l.id = r.lane_id
    where (${isPickup} and l.to_node_id = ${wish.pickupNodeId ?? ""} and r.leaves_at > app.now() and r.ready_at <= ${start})
      or (r.lane_id, r.day::text) in (
        select * from unnest(${lanes.map((one) => one.laneId)}::text[], ${lanes.map((one) => one.day)}::text[])
      )
    order by r.lane_id, r.day for no key update of r`;
  await tx`
    select from public.shifts s
    where (${wish.service === "delivery"} and s.region_id = ${regionId} and s.state = 'planned' and s.starts_at < ${end} and s.ends_at > ${start})
      or s.id = any (${rides.map(({ shiftId }) => shiftId)})
    order by s.id for no key update`;
}

/** How a wish would be served: the parts of the hold, the one that lends it its id first, and what was decided by. */
export interface PlannedWish {
  readonly parts: readonly PlacedRequest[];
  readonly decision: Decision;
}

async function planWish(services: PromiseServices, db: Queryable, wish: Wish, holdId: string): Promise<PlannedWish> {
  // One connection runs a transaction's queries one after the other; a pool runs these at once.
  const [read, claims] = await Promise.all([
    readFacts(db, services.mirrorOf(wish.regionId), wish.regionId, wish.lines, wish.channelId),
    readClaims(db, wish.insteadOf),
  ]);
  const { region, nodes, skus } = read;
  const barred = new Set([...(wish.excludedNodeIds ?? []), ...lateNodes(read, wish)]);
  const facts = withoutNodes(factsWithout(read, wish.lines, claims), barred);
  const fleet = services.fleetOf(region);
  const cart = groupCart(wish.lines, skus, wish.visit.climb.climbSec);
  const plan = async (by: QuoteFacts, share: VanShare | null): Promise<PlannedWish> => {
    const sources = sourcesOf(by, nodes, cart, fleet.originSec);
    const world = { fleet, facts: by, nodes, sources, skus, cart, claims };
    if (wish.service === "pickup") return planPickup(world, wish, holdId);
    if (wish.service === "parcel") return planParcel(world, wish, holdId);
    return planDelivery(services, db, world, wish, holdId, share);
  };
  // What is promised stays, whoever serves it and however much the channel has.
  if (!facts.shares || wish.isPromised) return plan({ ...facts, shares: null }, null);
  try {
    const share =
      wish.service === "delivery" ? await readVanShare(db, region, wish.channelId, facts, fleet.originSec) : null;
    return await plan(withinShares(facts, wish.channelId), share);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // Where it is not the share that is in the way, this says what is.
    await plan(facts, null);
    throw new Fault("channel-share-used");
  }
}

/** Of which it is too late to order in the wish's window. Faults: window-gone, when it is not given any more, or too late for all. */
function lateNodes({ windows, cutOffs, nodeIds, nowSec }: QuoteFacts, wish: Wish): ReadonlySet<string> {
  if (wish.isPromised || wish.service !== "delivery") return new Set();
  const w = windows.startSec.findIndex(
    (startSec, i) => startSec === wish.windowStartSec && windows.endSec[i] === wish.windowEndSec,
  );
  if (w < 0) throw new Fault("window-gone");
  const late = nodeIds.filter((id) => cutOffs.orderBySec(id, w) <= nowSec);
  if (late.length > 0 && late.length === nodeIds.length) throw new Fault("window-gone");
  return new Set(late);
}

interface WishWorld extends DecidedWorld {
  readonly sources: readonly SourceNode[];
  readonly skus: readonly SkuRow[];
  /** Of the hold that ends with the new one. */
  readonly claims: HoldClaims;
}

function planPickup(world: WishWorld, wish: Wish, holdId: string): PlannedWish {
  const { facts, nodes, sources, cart, fleet } = world;
  const store = nodes.findIndex((row) => row.id === wish.pickupNodeId);
  if (store < 0 || nodes[store]!.paused) throw new Fault("window-gone");
  const windows = facts.pickupsOf(nodes[store]!.id);
  const w = windows.startSec.findIndex(
    (startSec, i) => startSec === wish.windowStartSec && windows.endSec[i] === wish.windowEndSec,
  );
  const orderBySec = wish.isPromised ? null : windows.orderBySec[w];
  if (w < 0 || windows.free[w]! < 1 || (orderBySec ?? Number.POSITIVE_INFINITY) <= facts.nowSec)
    throw new Fault("window-gone");
  const collected = pickupWorld(facts, nodes, sources, store, cart, fleet.originSec, [wish.windowStartSec]);
  const answer = findPickups(collected.problem)[0]!;
  if (!("parts" in answer)) throw new Fault(FAULT_OF_PICKUP_STAGE[answer.stage] ?? "window-gone");
  const parts = answer.parts.map((part, i) => {
    const run = part.run === null ? null : collected.rows[part.run]!;
    return {
      ...requestOf(world, wish, i === 0 ? holdId : randomUUID(), {
        ...part,
        node: nodes.indexOf(collected.nodes[part.node]!),
        load: { ...part.load, serviceSec: 0 },
      }),
      price_cents: i === 0 ? wish.priceCents : 0,
      pickup_window_id: windows.id[w],
      ...(run && { lane_id: run.laneId, lane_day: run.day }),
    };
  });
  return { parts, decision: recordPickup(world, wish, collected, windows.free[w]!) };
}

const FAULT_OF_PICKUP_STAGE: Partial<Record<PickupStage, FaultCode>> = {
  [PICKUP_STAGE.noStock]: "insufficient-stock",
  [PICKUP_STAGE.picking]: "picking-full",
  [PICKUP_STAGE.runFull]: "run-full",
};

function planParcel(world: WishWorld, wish: Wish, holdId: string): PlannedWish {
  const { facts, nodes, sources, cart, fleet } = world;
  const rows = runsOf(facts, nodes).filter(
    ({ run }) =>
      run.startSec >= wish.windowStartSec &&
      run.endSec <= wish.windowEndSec &&
      (wish.isPromised || run.orderBySec === null || run.orderBySec > facts.nowSec),
  );
  const problem = toParcelProblem(facts, sources, cart, fleet.originSec, rows, 1, () => 0);
  const answer = findParcels(problem)[0]!;
  if (!("parts" in answer)) throw new Fault(FAULT_OF_PARCEL_STAGE[answer.stage] ?? "window-gone");
  const parts = answer.parts.map((part, i) => ({
    ...requestOf(world, wish, i === 0 ? holdId : randomUUID(), part),
    price_cents: i === 0 ? wish.priceCents : 0,
    carrier_id: rows[part.run]!.run.carrierId,
    carrier_day: rows[part.run]!.run.day,
  }));
  return { parts, decision: recordParcel(world, wish, problem, rows) };
}

const FAULT_OF_PARCEL_STAGE: Partial<Record<ParcelStage, FaultCode>> = {
  [PARCEL_STAGE.noStock]: "insufficient-stock",
  [PARCEL_STAGE.picking]: "picking-full",
  [PARCEL_STAGE.carrierFull]: "carrier-full",
};

async function planDelivery(
  { areas }: PromiseServices,
  db: Queryable,
  world: WishWorld,
  wish: Wish,
  holdId: string,
  share: VanShare | null,
): Promise<PlannedWish> {
  const { fleet, facts, nodes, sources, cart } = world;
  const door = fleet.travel.snap(wish.destination.lng, wish.destination.lat);
  if (!door) throw new Fault("window-gone");
  const reaches = await areas.reach(db, nodes, door);
  const read = await fleet.load(db, facts.shifts.id, facts.shifts.version);
  const loaded = plansWithout(fleet, nodes, read, world.claims);
  const window = { startSec: wish.windowStartSec, endSec: wish.windowEndSec };
  const { visit } = wish;
  const ask = (shifts: readonly LoadedShift[]) => {
    const prepared = prepareFleet(fleet.travel, nodes, shifts);
    const asked = toPromiseProblem(fleet, facts, sources, reaches, prepared, cart, door, [visit]);
    return { planned: prepared, problem: asked };
  };
  const within = shiftsWithin(loaded, window.startSec, window.endSec);
  const { planned, problem, answer } = planWithinShare(within, ask, share, visit, window);
  if (!("parts" in answer)) throw new Fault(FAULT_OF_STAGE[answer.stage] ?? "window-gone");
  const { rows } = problem.asks[0]!;
  const parts = answer.parts.map((part, i) => {
    const id = i === 0 ? holdId : randomUUID();
    const shift = planned.loaded[part.shift]!;
    return {
      ...requestOf(world, wish, id, part),
      // The price is the whole hold's, and stands on the part that lends it its id.
      price_cents: i === 0 ? wish.priceCents : 0,
      shift_id: shift.id,
      plan_version: shift.version,
      route: routeWithVisit(planned, part, rows, visit, id, fleet.originSec),
    };
  });
  return { parts, decision: recordDelivery(world, wish, planned, rows, reaches) };
}

const FAULT_OF_STAGE: Partial<Record<Stage, FaultCode>> = {
  [STAGE.noStock]: "insufficient-stock",
  [STAGE.picking]: "picking-full",
  [STAGE.vansFull]: "van-full",
};

interface PickedPart {
  readonly node: number;
  readonly groups: readonly number[];
  readonly load: CartLoad;
  readonly pickSec: number;
  /** Since the fleet's origin. */
  readonly pickBySec: number;
}

function requestOf(
  { fleet, facts, nodes, sources, skus, cart }: WishWorld,
  wish: Wish,
  holdId: string,
  { node, groups, load, pickSec, pickBySec }: PickedPart,
): PlacedRequest {
  const { originSec } = fleet;
  const picking = planPicking(sources[node]!.hours, facts.nowSec - originSec, pickSec, pickBySec);
  if (!picking) throw new Fault("picking-full");
  const isIn = new Set(groups);
  return {
    hold_id: holdId,
    region_id: wish.regionId,
    channel_id: wish.channelId,
    node_id: nodes[node]!.id,
    service: wish.service,
    fingerprint: wish.fingerprint,
    window_starts_at: instant(wish.windowStartSec),
    window_ends_at: instant(wish.windowEndSec),
    visit_starts_at: instant(wish.visit.startSec),
    visit_ends_at: instant(wish.visit.endSec),
    floor: wish.visit.climb.floor,
    has_lift: wish.visit.climb.hasLift,
    climb_sec: wish.visit.climb.climbSec,
    lng: wish.destination.lng,
    lat: wish.destination.lat,
    address: wish.destination.address,
    service_sec: load.serviceSec,
    weight_g: load.weightG,
    volume_ml: load.volumeMl,
    pick_sec: pickSec,
    pick_by: instant(originSec + pickBySec),
    lines: wish.lines.flatMap((line, i) =>
      isIn.has(cart.lines[i]!.group)
        ? { sku_id: line.skuId, units: line.units, price_cents: wish.unitCents?.[i] ?? skus[i]!.priceCents }
        : [],
    ),
    work: picking.startSec.map((startSec, i) => ({ starts_at: instant(originSec + startSec), sec: picking.sec[i] })),
    checkout_id: wish.asker?.checkoutId,
    address_key: wish.asker?.addressKey,
    network_key: wish.asker?.networkKey,
  };
}
