import type { Random } from "#server/core/random.ts";
import type { Database } from "#server/db/database.ts";
import {
  CARRIER,
  type HoldRequest,
  insertLane,
  insertNetwork,
  instant,
  LANE,
  NODES,
  type Route,
  SKUS,
  VANS,
} from "#supabase/tests/network-fixture.ts";

/** A small network in which everything runs out: what there is of each thing follows from the units on all its shelves. */
export interface ScarceNetwork {
  readonly regionId: string;
  /** Who may do anything at every node. */
  readonly opsUserId: string;
  readonly pickupWindows: readonly { readonly id: string; readonly nodeId: string; readonly hour: number }[];
  readonly vans: readonly { readonly shiftId: string; readonly nodeId: string; readonly isCold: boolean }[];
  /** What an hour of a node offers when nobody has changed it. */
  readonly hourSec: number;
}

/** Held back on every shelf: what a race takes too much is seen there before the table's own check refuses it. */
const SAFETY_UNITS = 3;
/** The hours that are worked in; vans leave at ten. */
export const PICKING_HOURS = [8, 9, 10, 11, 12, 13] as const;
const WINDOW_HOURS = [10, 12, 14, 16] as const;
const LEG_SEC = 120;
const SERVICE_SEC = 180;

/**
 * Fills an empty, migrated database. `units` are those that can be promised, over all shelves together; each limit is
 * chosen so that its resource is sometimes the one that is short.
 */
export async function insertScarceNetwork(sql: Database, units: number): Promise<ScarceNetwork> {
  const { regionId, staff, shifts } = await insertNetwork(sql);
  const shelves = Object.values(NODES).flatMap((node) => Object.values(SKUS).map((sku) => [node, sku] as const));
  const hourSec = Math.max(300, Math.round(units * 5));
  await sql.begin(async (tx) => {
    for (const [i, [node, sku]] of shelves.entries()) {
      const onHand = SAFETY_UNITS + Math.floor(units / shelves.length) + (i < units % shelves.length ? 1 : 0);
      await tx`insert into public.stock_movements (node_id, sku_id, units, reason)
        select node_id, sku_id, ${onHand} - on_hand, 'count' from public.inventory_levels
        where node_id = ${node} and sku_id = ${sku} and on_hand <> ${onHand}`;
      await tx`update public.inventory_levels set on_hand = ${onHand}, safety = ${SAFETY_UNITS}
        where node_id = ${node} and sku_id = ${sku}`;
    }
    await tx`update public.work_buckets set target_sec = ${hourSec}, limit_sec = ${hourSec}`;
    await tx`update public.pickup_windows set limit_orders = ${Math.max(2, Math.round(units / 60))}`;
    await tx`update public.carrier_days set limit_parcels = ${Math.max(2, Math.round(units / 25))}`;
    // What leaves at eleven is there for the windows from noon on.
    await insertLane(tx, { arrives: "11:30", handling_min: 15, limit_orders: Math.max(1, Math.round(units / 80)) });
    await tx`update public.shifts set limit_weight_g = ${Math.max(30_000, units * 160)}`;
  });
  const pickups = await sql<{ id: string; node_id: string; starts_at: Date }[]>`
    select id, node_id, starts_at from public.pickup_windows order by starts_at, node_id`;
  return {
    regionId,
    opsUserId: staff.ops,
    pickupWindows: WINDOW_HOURS.flatMap((hour) =>
      pickups
        .filter(({ starts_at }) => starts_at.toISOString() === instant(hour))
        .map(({ id, node_id }) => ({ id, nodeId: node_id, hour })),
    ),
    vans: Object.values(VANS).map((van) => ({
      shiftId: shifts[van]!,
      nodeId: van.startsWith("VAN-A") ? NODES.storeA : NODES.storeB,
      isCold: van !== VANS.a2,
    })),
    hourSec,
  };
}

// ---------------------------------------------------------------------------------------------------------- requests

/** What a shopper wants, before any route is known: a cart that one node serves, or several. */
export interface Wish {
  readonly fingerprint: string;
  readonly shopper: Shopper | undefined;
  /** The first is the lead. */
  readonly parts: readonly WishPart[];
}

/** Who asks, for the limits against hoarding; few enough that they meet themselves. */
interface Shopper {
  readonly checkout_id: string;
  readonly address_key: string;
  readonly network_key: string;
}

interface WishPart {
  readonly holdId: string;
  readonly service: HoldRequest["service"];
  readonly nodeId: string;
  /** Start of the window, by the clock of the day. */
  readonly hour: number;
  readonly pickupWindowId?: string;
  /** Brought there from its node by the lane. */
  readonly isBrought?: boolean;
  readonly shiftId?: string;
  /** In the order in which they were put into the cart. */
  readonly lines: HoldRequest["lines"];
  readonly pickByHour: number;
  /** Picked in one hour or over two, named in either order. */
  readonly workHours: readonly number[];
}

const SHARE_OF_PICKUPS = 0.4;
const SHARE_OF_DELIVERIES = 0.35;
const SHARE_OF_SPLIT_CARTS = 0.25;
const SHARE_OF_TRANSFERS = 0.6;
/** By then the lane has brought it. */
const FIRST_BROUGHT_HOUR = 12;
const SHARE_OF_SHOPPERS = 0.4;
const SHOPPERS = 60;

function drawShopper(random: Random): Shopper {
  const number = random.below(SHOPPERS);
  const digest = (of: string) => of.padEnd(16, ".");
  return {
    checkout_id: `00000000-0000-4000-8000-${`${number}`.padStart(12, "0")}`,
    address_key: digest(`address ${number % 25}`),
    network_key: digest(`network ${number % 3}`),
  };
}

/**
 * A cart of one to three goods; where the service allows it, some need a second node. `changed` is what the same shopper
 * wished before.
 */
export function drawWish(network: ScarceNetwork, random: Random, fingerprint: string, changed?: Wish): Wish {
  const drawn = random.chance(SHARE_OF_SHOPPERS) ? drawShopper(random) : undefined;
  const shopper = changed ? changed.shopper : drawn;
  const sameCart = changed && random.chance(0.5) ? changed.parts[0]!.lines : undefined;
  const service = random.next();
  const isSplit = random.chance(SHARE_OF_SPLIT_CARTS);
  const common = (pickByHour: number) => ({
    holdId: mintId(random),
    workHours: drawHours(random, pickByHour),
    pickByHour,
  });
  const parcelFrom = (nodeId: string): WishPart => {
    return { ...common(14), service: "parcel", nodeId, hour: 8, lines: sameCart ?? drawLines(random, true) };
  };
  const parts: WishPart[] = [];
  if (service < SHARE_OF_PICKUPS) {
    const { id, nodeId, hour } = random.pick(network.pickupWindows);
    const collect = (from: string, isBrought: boolean, lines: WishPart["lines"]): WishPart => ({
      ...common(isBrought ? 11 : Math.min(hour, 14)),
      service: "pickup",
      nodeId: from,
      hour,
      pickupWindowId: id,
      isBrought,
      lines,
    });
    const isBrought = nodeId === NODES.storeA && hour >= FIRST_BROUGHT_HOUR && random.chance(SHARE_OF_TRANSFERS);
    parts.push(collect(isBrought ? NODES.dc : nodeId, isBrought, sameCart ?? drawLines(random, true)));
    if (isBrought && isSplit) parts.push(collect(nodeId, false, drawLines(random, true)));
  } else if (service < SHARE_OF_PICKUPS + SHARE_OF_DELIVERIES) {
    const hour = random.pick(WINDOW_HOURS);
    const van = random.pick(network.vans);
    const bring = ({ shiftId, nodeId, isCold }: ScarceNetwork["vans"][number]): WishPart => {
      return { ...common(10), service: "delivery", nodeId, hour, shiftId, lines: drawLines(random, isCold) };
    };
    parts.push(bring(van));
    const others = network.vans.filter(({ nodeId }) => nodeId !== van.nodeId);
    if (isSplit) parts.push(random.chance(0.5) ? bring(random.pick(others)) : parcelFrom(NODES.dc));
  } else {
    // From either node first: whoever locks in the order of the parts meets somebody who has the other order.
    const nodes = random.pick([
      [NODES.dc, NODES.storeA],
      [NODES.storeA, NODES.dc],
    ]);
    parts.push(parcelFrom(nodes[0]!));
    if (isSplit) parts.push(parcelFrom(nodes[1]!));
  }
  return { fingerprint: fingerprint.padEnd(16, "."), shopper, parts };
}

/** All that was ordered with a wish, by the same service in another window: from one node or, where there is more than one line, from two. */
export function drawMove(network: ScarceNetwork, random: Random, fingerprint: string, { parts }: Wish): Wish {
  const units = new Map<string, number>();
  for (const line of parts.flatMap(({ lines }) => lines))
    units.set(line.sku_id, (units.get(line.sku_id) ?? 0) + line.units);
  const lines = [...units].map(([sku_id, of]) => ({ sku_id, units: of, price_cents: 100 }));
  const isCold = lines.some(({ sku_id }) => sku_id === SKUS.milk || sku_id === SKUS.ice);
  const { service } = parts[0]!;
  const common = (pickByHour: number, of: WishPart["lines"]) => ({
    holdId: mintId(random),
    service,
    workHours: drawHours(random, pickByHour),
    pickByHour,
    lines: of,
  });
  const cut = lines.length > 1 && random.chance(SHARE_OF_SPLIT_CARTS) ? 1 : lines.length;
  const shares = [lines.slice(0, cut), lines.slice(cut)].filter((share) => share.length > 0);
  const moved = ((): WishPart[] => {
    if (service === "pickup") {
      const { id, nodeId, hour } = random.pick(network.pickupWindows);
      return [{ ...common(Math.min(hour, 14), lines), nodeId, hour, pickupWindowId: id }];
    }
    if (service === "parcel") {
      const nodes = random.chance(0.5) ? [NODES.dc, NODES.storeA] : [NODES.storeA, NODES.dc];
      return shares.map((share, i) => ({ ...common(14, share), nodeId: nodes[i]!, hour: 8 }));
    }
    const hour = random.pick(WINDOW_HOURS);
    const vans = network.vans.filter((van) => van.isCold || !isCold);
    const first = random.pick(vans);
    const others = vans.filter(({ nodeId }) => nodeId !== first.nodeId);
    return shares.map((share, i) => {
      const { shiftId, nodeId } = i === 0 ? first : random.pick(others);
      return { ...common(10, share), nodeId, hour, shiftId };
    });
  })();
  return { fingerprint: fingerprint.padEnd(16, "."), shopper: undefined, parts: moved };
}

function drawHours(random: Random, before: number): readonly number[] {
  const hours = PICKING_HOURS.filter((hour) => hour < before);
  const first = random.pick(hours);
  const second = random.pick(hours);
  return first === second ? [first] : [first, second];
}

/** As random as the seed. */
export function mintId(random: Random): string {
  const digits = Array.from({ length: 32 }, () => random.below(16).toString(16)).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function drawLines(random: Random, isCold: boolean): WishPart["lines"] {
  const goods: string[] = isCold ? Object.values(SKUS) : [SKUS.bread, SKUS.water];
  const wanted = 1 + random.below(Math.min(3, goods.length));
  const skus = new Set<string>();
  while (skus.size < wanted) skus.add(random.pick(goods));
  return [...skus].map((sku_id) => ({ sku_id, units: 1 + random.below(3), price_cents: 100 }));
}

/** A route as it was read, with the version that a change of it must name. */
export interface ReadRoute {
  readonly version: number;
  readonly startsAt: Date;
  readonly stops: readonly { readonly id: string; readonly hour: number }[];
}

const WEIGHT_G: Readonly<Record<string, number>> = { BREAD: 400, WATER: 9000, MILK: 1000, ICE: 500 };

/** What the functions take, as far as the fixture of the tests does not say it. */
export type AskedPart = HoldRequest & Partial<Shopper>;

/**
 * The parts to ask for. Each delivery is given its place in the route of its shift, of those that were read; undefined
 * when no place is left in one. Stops of `leaving` go with the hold that is changed for this one.
 */
export function requestOf(
  network: ScarceNetwork,
  { parts, fingerprint, shopper }: Wish,
  routes: ReadonlyMap<string, ReadRoute>,
  leaving: ReadonlySet<string> = new Set(),
): AskedPart[] | undefined {
  const requests: AskedPart[] = [];
  for (const part of parts) {
    const isParcel = part.service === "parcel";
    const common = {
      ...workOf(part),
      ...shopper,
      hold_id: part.holdId,
      region_id: network.regionId,
      node_id: part.nodeId,
      service: part.service,
      fingerprint,
      window_starts_at: instant(part.hour, isParcel ? 1 : 0),
      window_ends_at: isParcel ? instant(20, 1) : instant(part.hour + 2),
      price_cents: 390,
      lng: -9.15,
      lat: 38.74,
      address: "Rua do Teste 7, Lisboa",
      service_sec: part.service === "delivery" ? SERVICE_SEC : 0,
      weight_g: part.lines.reduce((sum, line) => sum + line.units * (WEIGHT_G[line.sku_id] ?? 100), 0),
      volume_ml: part.lines.reduce((sum, line) => sum + line.units * 1000, 0),
      lines: part.lines,
    };
    if (part.service === "pickup") {
      const run = part.isBrought && { lane_id: LANE, lane_day: instant(0).slice(0, 10) };
      requests.push({ ...common, pickup_window_id: part.pickupWindowId!, ...run });
    } else if (isParcel) {
      requests.push({ ...common, carrier_id: CARRIER, carrier_day: instant(0).slice(0, 10) });
    } else {
      const read = routes.get(part.shiftId!)!;
      const staying = { ...read, stops: read.stops.filter(({ id }) => !leaving.has(id)) };
      const route = driveRoute(staying, { id: part.holdId, hour: part.hour });
      if (!route) return undefined;
      requests.push({ ...common, shift_id: part.shiftId!, plan_version: read.version, route });
    }
  }
  return requests;
}

const LATER_SEC = 40;

function workOf({ lines, workHours, pickByHour }: WishPart): Pick<HoldRequest, "pick_sec" | "pick_by" | "work"> {
  const pickSec = 60 + 30 * lines.length + 5 * lines.reduce((sum, line) => sum + line.units, 0);
  const [first, second] = workHours.map((hour) => instant(hour));
  const work =
    second === undefined
      ? [{ starts_at: first!, sec: pickSec }]
      : [
          { starts_at: first!, sec: pickSec - LATER_SEC },
          { starts_at: second, sec: LATER_SEC },
        ];
  return { pick_sec: pickSec, pick_by: instant(pickByHour - 0.25), work };
}

/** All stops with the new one, in the order of their windows, each leg alike: the earliest times, if they keep every window. */
function driveRoute({ startsAt, stops }: ReadRoute, added: ReadRoute["stops"][number]): Route | undefined {
  let leftMs = startsAt.getTime();
  const driven: Route["stops"][number][] = [];
  for (const { id, hour } of [...stops, added].sort((a, b) => a.hour - b.hour)) {
    const arriveMs = leftMs + LEG_SEC * 1000;
    const startMs = Math.max(arriveMs, Date.parse(instant(hour)));
    if (startMs >= Date.parse(instant(hour + 2))) return undefined;
    const [arrive_at, start_at] = [new Date(arriveMs).toISOString(), new Date(startMs).toISOString()];
    driven.push({ id, leg_sec: LEG_SEC, leg_m: LEG_SEC * 8, arrive_at, start_at });
    leftMs = startMs + SERVICE_SEC * 1000;
  }
  return { return_leg_sec: 600, return_leg_m: 4800, stops: driven };
}
