import { findDeliveryWindows, STAGE } from "#server/core/promise/delivery-windows.ts";
import { planPicking } from "#server/core/promise/picking-plan.ts";
import type { Queryable, Transaction } from "#server/db/database.ts";
import { faultOfError, isDeadlock } from "#server/db/fault-of-error.ts";
import type { CartLine, Destination } from "#server/domain/cart.ts";
import { Fault, type FaultCode } from "#server/domain/fault.ts";
import { instant } from "#server/domain/instant.ts";
import type { Fleet } from "./fleet.ts";
import type { PromiseServices } from "./promise-services.ts";
import { type NodeRow, readNodes, readRegion, readSkus, type SkuRow } from "./queries.ts";
import { type QuoteFacts, readFacts } from "./quote-facts.ts";
import { routeWithVisit } from "./route-with-visit.ts";
import { parcelOf, pickSecAt, toPromiseProblem, workHoursOf } from "./to-problem.ts";

/** What one cart asks for in one window, by whichever node and van can. */
export interface Wish {
  readonly regionId: string;
  readonly service: "delivery" | "pickup";
  /** Pickup happens at this node; a delivery may come from any. */
  readonly pickupNodeId?: string;
  readonly lines: readonly CartLine[];
  readonly destination: Destination;
  readonly windowStartSec: number;
  readonly windowEndSec: number;
  readonly priceCents: number;
  /** Same wish, same text: see app.place_hold. */
  readonly fingerprint: string;
  /** Nodes that must not serve it, because they have refused. */
  readonly excludedNodeIds?: ReadonlySet<string>;
}

/** Refusals that a fresh look at the database may cure: someone else was quicker, elsewhere there may be room. */
const WORTH_ANOTHER_LOOK: ReadonlySet<FaultCode> = new Set([
  "plan-moved",
  "insufficient-stock",
  "picking-full",
  "window-gone",
  "van-full",
  "shift-closed",
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
  place: (tx: Transaction, request: PlacedRequest) => Promise<T>,
): Promise<T> {
  const { db } = services;
  for (let attempt = 1; ; attempt++) {
    try {
      if (attempt <= OPTIMISTIC_TRIES) {
        const request = await planWish(services, db, wish, holdId);
        return (await db.begin((tx) => place(tx, request))) as T;
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
 * overtaken: stock of the cart, picking hours before the window, pickup windows, planned shifts over the window.
 */
async function lockForPlanning(tx: Transaction, wish: Wish): Promise<void> {
  const start = instant(wish.windowStartSec);
  const end = instant(wish.windowEndSec);
  const skus = wish.lines.map((line) => line.skuId as string);
  await tx`
    select from public.inventory_levels l join public.nodes n on n.id = l.node_id and n.region_id = ${wish.regionId}
    where l.sku_id = any (${skus}) order by l.node_id, l.sku_id for no key update of l`;
  await tx`
    select from public.work_buckets b join public.nodes n on n.id = b.node_id and n.region_id = ${wish.regionId}
    where b.starts_at > app.now() - interval '1 hour' and b.starts_at < ${end} order by b.node_id, b.starts_at for no key update of b`;
  if (wish.service === "pickup") {
    await tx`
      select from public.pickup_windows w where w.node_id = ${wish.pickupNodeId ?? ""} and w.starts_at = ${start}
      order by w.id for no key update`;
  } else {
    await tx`
      select from public.shifts s where s.region_id = ${wish.regionId} and s.state = 'planned' and s.starts_at < ${end} and s.ends_at > ${start}
      order by s.id for no key update`;
  }
}

async function planWish(services: PromiseServices, db: Queryable, wish: Wish, holdId: string): Promise<PlacedRequest> {
  // One connection runs a transaction's queries one after the other; a pool runs these at once.
  const [region, allNodes, skus, allFacts] = await Promise.all([
    readRegion(db, wish.regionId),
    readNodes(db, wish.regionId),
    readSkus(db, wish.lines),
    readFacts(db, services.mirrorOf(wish.regionId), wish.regionId, wish.lines),
  ]);
  const facts = { ...allFacts, nodeIds: allFacts.nodeIds.filter((id) => !wish.excludedNodeIds?.has(id)) };
  const fleet = services.fleetOf(region);
  return wish.service === "pickup"
    ? planPickup(fleet, facts, allNodes, skus, wish, holdId)
    : planDelivery(db, fleet, facts, allNodes, skus, wish, holdId);
}

function planPickup(
  fleet: Fleet,
  facts: QuoteFacts,
  nodes: readonly NodeRow[],
  skus: readonly SkuRow[],
  wish: Wish,
  holdId: string,
): PlacedRequest {
  const node = nodes.find((row) => row.id === wish.pickupNodeId);
  if (!node) throw new Fault("window-gone");
  if (!facts.nodeIds.includes(node.id)) throw new Fault("insufficient-stock");
  const windows = facts.pickupsOf(node.id);
  const w = windows.startSec.findIndex(
    (startSec, i) => startSec === wish.windowStartSec && windows.endSec[i] === wish.windowEndSec,
  );
  if (w < 0 || windows.free[w]! < 1) throw new Fault("window-gone");

  const pickSec = pickSecAt(node, wish.lines);
  const pickBySec = wish.windowStartSec - node.handoverSec;
  const hours = workHoursOf(facts, node.id, fleet.originSec);
  const picking = planPicking(hours, facts.nowSec - fleet.originSec, pickSec, pickBySec - fleet.originSec);
  if (!picking) throw new Fault("picking-full");
  return {
    ...requestOf(wish, holdId, node, skus, pickSec, pickBySec, picking, fleet.originSec),
    pickup_window_id: windows.id[w],
  };
}

async function planDelivery(
  db: Queryable,
  fleet: Fleet,
  facts: QuoteFacts,
  nodes: readonly NodeRow[],
  skus: readonly SkuRow[],
  wish: Wish,
  holdId: string,
): Promise<PlacedRequest> {
  const door = fleet.travel.snap(wish.destination.lng, wish.destination.lat);
  if (!door) throw new Fault("window-gone");
  const loaded = (await fleet.load(db, facts.shifts.id, facts.shifts.version)).filter(
    (shift) => shift.row.startSec < wish.windowEndSec && shift.row.endSec > wish.windowStartSec,
  );
  const window = { startSec: wish.windowStartSec, endSec: wish.windowEndSec };
  const parcel = parcelOf(wish.lines, skus);
  const problem = toPromiseProblem(fleet, facts, nodes, loaded, wish.lines, parcel, door, [window]);
  const [answer] = findDeliveryWindows(problem.nowSec, parcel, problem.nodes, problem.shifts, problem.windows);
  if (!answer || answer.stage !== STAGE.feasible)
    throw new Fault(FAULT_OF_STAGE[answer?.stage ?? STAGE.noShift] ?? "window-gone");

  const node = problem.nodeRows[answer.node]!;
  const source = problem.nodes[answer.node]!;
  const picking = planPicking(source.hours, problem.nowSec, source.pickSec, answer.pickBySec);
  if (!picking) throw new Fault("picking-full");
  return {
    ...requestOf(
      wish,
      holdId,
      node,
      skus,
      source.pickSec,
      fleet.originSec + answer.pickBySec,
      picking,
      fleet.originSec,
    ),
    shift_id: problem.loaded[answer.shift]!.id,
    plan_version: problem.loaded[answer.shift]!.version,
    route: routeWithVisit(problem, answer.shift, answer.position, holdId, fleet.originSec),
  };
}

const FAULT_OF_STAGE: Partial<Record<number, FaultCode>> = {
  [STAGE.noStock]: "insufficient-stock",
  [STAGE.picking]: "picking-full",
  [STAGE.vansFull]: "van-full",
};

function requestOf(
  wish: Wish,
  holdId: string,
  node: NodeRow,
  skus: readonly SkuRow[],
  pickSec: number,
  pickBySec: number,
  picking: { startSec: readonly number[]; sec: readonly number[] },
  originSec: number,
): PlacedRequest {
  const parcel = parcelOf(wish.lines, skus);
  return {
    hold_id: holdId,
    region_id: wish.regionId,
    node_id: node.id,
    service: wish.service,
    fingerprint: wish.fingerprint,
    window_starts_at: instant(wish.windowStartSec),
    window_ends_at: instant(wish.windowEndSec),
    price_cents: wish.priceCents,
    lng: wish.destination.lng,
    lat: wish.destination.lat,
    address: wish.destination.address,
    service_sec: wish.service === "delivery" ? parcel.serviceSec : 0,
    weight_g: parcel.weightG,
    volume_ml: parcel.volumeMl,
    pick_sec: pickSec,
    pick_by: instant(pickBySec),
    lines: wish.lines.map((line, i) => ({ sku_id: line.skuId, units: line.units, price_cents: skus[i]!.priceCents })),
    work: picking.startSec.map((startSec, i) => ({ starts_at: instant(originSec + startSec), sec: picking.sec[i] })),
  };
}
