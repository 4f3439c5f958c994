import { randomBytes, randomUUID } from "node:crypto";
import type { Database, DatabaseCaller, Queryable } from "#server/db/database.ts";

// A network small enough to keep in the head, for every test that needs a database with something in it:
//
//   const db = await cloneDatabase();
//   const network = await insertNetwork(db.sql);
//   const holdId = randomUUID();
//   await placeHold(db.sql, holdId, await deliveryRequest(db.sql, network));
//   const { orderId } = await confirmHold(db.sql, holdId);
//
// The platform's clock is set to Monday 2 March 2026, 06:00 in Lisbon (which is UTC then) and runs on from there, so
// every shift, window and picking hour of that day is still ahead. `setClock` moves it.
//
//   node      kind                 picks        stock of each SKU   vans (10:00-18:00 every day, 200 kg, 1000 l)
//   STORE-A   store                08:00-20:00  50                  VAN-A1 (chilled, frozen; driverA), VAN-A2 (no cold)
//   STORE-B   store                08:00-20:00  50                  VAN-B1 (chilled, frozen; driverB)
//   DC-1      distribution centre  08:00-20:00  500                 none; carrier POSTE to the door, 20 parcels a day
//
// Three pickers an hour everywhere (10 800 s). Delivery and pickup windows: 10-12, 12-14, 14-16, 16-18, every day, for
// 8 days; a node hands over 6 orders in a pickup window. The carrier also calls at STORE-A.

const REGION = "LISBOA";
export const NODES = { storeA: "STORE-A", storeB: "STORE-B", dc: "DC-1" } as const;
/** Two ambient goods, one light (400 g, 2 l) and one heavy (9 kg, 9 l); one chilled (1 kg, 1 l), one frozen (500 g, 1 l). */
export const SKUS = { bread: "BREAD", water: "WATER", milk: "MILK", ice: "ICE" } as const;
export const VANS = { a1: "VAN-A1", a2: "VAN-A2", b1: "VAN-B1" } as const;
export const CARRIER = "POSTE";
export const FIXTURE_START = "2026-03-02T06:00:00Z";

const WEIGHT_G: Record<string, number> = { BREAD: 400, WATER: 9000, MILK: 1000, ICE: 500 };
const VOLUME_ML: Record<string, number> = { BREAD: 2000, WATER: 9000, MILK: 1000, ICE: 1000 };
const PRICE_CENTS: Record<string, number> = { BREAD: 190, WATER: 350, MILK: 95, ICE: 420 };

/** Who can sign in to the fixture's network; user ids. */
export interface FixtureStaff {
  readonly ops: string;
  readonly storeA: string;
  readonly storeB: string;
  readonly driverA: string;
  readonly driverB: string;
}

export interface Network {
  readonly regionId: string;
  readonly staff: FixtureStaff;
  /** Today's shift of each van, by vehicle id. */
  readonly shifts: Readonly<Record<string, string>>;
}

/** Inserts the network above into an empty, migrated database, sets the clock and opens the horizon. */
export async function insertNetwork(sql: Database, options: { startAt?: string } = {}): Promise<Network> {
  await setClock(sql, options.startAt ?? FIXTURE_START);
  const staff: FixtureStaff = {
    ops: randomUUID(),
    storeA: randomUUID(),
    storeB: randomUUID(),
    driverA: randomUUID(),
    driverB: randomUUID(),
  };
  await sql.begin(async (tx) => {
    await tx.unsafe(NETWORK);
    for (const [name, id] of Object.entries(staff)) {
      const role = name.replace(/[AB]$/, "");
      await tx`insert into auth.users (id, email) values (${id}, ${`${name.toLowerCase()}@kept.test`})`;
      await tx`insert into public.staff (user_id, role, name) values (${id}, ${role}, ${name})`;
    }
    await tx`insert into public.staff_nodes (user_id, node_id)
      values (${staff.storeA}, ${NODES.storeA}), (${staff.storeB}, ${NODES.storeB})`;
    await tx`insert into public.shift_rules (vehicle_id, weekday, starts, ends, driver_id)
      select v.id, weekday, '10:00', '18:00',
        case v.id when ${VANS.a1} then ${staff.driverA}::uuid when ${VANS.b1} then ${staff.driverB}::uuid end
      from public.vehicles v cross join generate_series(1, 7) weekday`;
    await tx`select from app.open_horizon(${REGION})`;
  });
  const today = await sql<{ vehicle_id: string; id: string }[]>`
    select distinct on (vehicle_id) vehicle_id, id from public.shifts where starts_at > app.now() order by vehicle_id, starts_at`;
  return { regionId: REGION, staff, shifts: Object.fromEntries(today.map((s) => [s.vehicle_id, s.id])) };
}

const NETWORK = `
  insert into public.regions (id, name, time_zone, currency, lng, lat)
  values ('${REGION}', 'Lisboa', 'Europe/Lisbon', 'EUR', -9.14, 38.72);

  insert into public.nodes (id, region_id, kind, name, address, lng, lat, offers_pickup, pick_setup_sec, pick_line_sec, pick_unit_sec)
  values ('STORE-A', '${REGION}', 'store', 'Alvalade', 'Rua A 1', -9.140, 38.750, true, 60, 30, 5),
         ('STORE-B', '${REGION}', 'store', 'Belém', 'Rua B 1', -9.200, 38.700, true, 60, 30, 5),
         ('DC-1', '${REGION}', 'distribution_centre', 'Carregado', 'Rua C 1', -8.970, 39.020, false, 60, 20, 3);

  insert into public.node_hours (node_id, weekday, opens, closes, work_sec)
  select id, weekday, '08:00', '20:00', 10800 from public.nodes cross join generate_series(1, 7) weekday;

  insert into public.skus (id, name, category, price_cents, weight_g, volume_ml, temperature)
  values ('BREAD', 'Bread', 'bakery', ${PRICE_CENTS.BREAD}, ${WEIGHT_G.BREAD}, ${VOLUME_ML.BREAD}, 'ambient'),
         ('WATER', 'Water, six bottles', 'drinks', ${PRICE_CENTS.WATER}, ${WEIGHT_G.WATER}, ${VOLUME_ML.WATER}, 'ambient'),
         ('MILK', 'Milk', 'dairy', ${PRICE_CENTS.MILK}, ${WEIGHT_G.MILK}, ${VOLUME_ML.MILK}, 'chilled'),
         ('ICE', 'Ice cream', 'frozen', ${PRICE_CENTS.ICE}, ${WEIGHT_G.ICE}, ${VOLUME_ML.ICE}, 'frozen');

  insert into public.inventory_levels (node_id, sku_id, on_hand)
  select n.id, s.id, case n.id when 'DC-1' then 500 else 50 end from public.nodes n cross join public.skus s;
  insert into public.stock_movements (node_id, sku_id, units, reason)
  select node_id, sku_id, on_hand, 'count' from public.inventory_levels;

  insert into public.vehicles (id, node_id, name, limit_weight_g, limit_volume_ml, carries_chilled, carries_frozen, km_cents, hour_cents)
  values ('VAN-A1', 'STORE-A', 'Van A1', 200000, 1000000, true, true, 30, 1500),
         ('VAN-A2', 'STORE-A', 'Van A2', 200000, 1000000, false, false, 30, 1500),
         ('VAN-B1', 'STORE-B', 'Van B1', 200000, 1000000, true, true, 30, 1500);

  insert into public.carriers (id, name) values ('${CARRIER}', 'Poste');
  insert into public.carrier_services (carrier_id, node_id, cut_off, transit_days, base_cents, kg_cents, day_limit_parcels)
  values ('${CARRIER}', 'DC-1', '16:00', 1, 350, 20, 20), ('${CARRIER}', 'STORE-A', '16:00', 1, 350, 20, 20);

  insert into public.window_rules (region_id, service, weekday, starts, ends, price_cents, limit_orders)
  select '${REGION}', service, weekday, make_time(hour, 0, 0), make_time(hour + 2, 0, 0),
         case service when 'delivery' then 390 else 0 end, case service when 'pickup' then 6 end
  from unnest(array['delivery', 'pickup']) service cross join generate_series(1, 7) weekday cross join unnest(array[10, 12, 14, 16]) hour;
`;

/** Makes it `instant` on the platform's clock, which runs on from there. */
export async function setClock(sql: Queryable, instant: string): Promise<void> {
  await sql`update app.clock set shift = ${instant}::timestamptz - clock_timestamp()`;
}

/** The caller that `asCaller` (server/db) takes: `await asCaller(sql, caller(network.staff.ops), (tx) => tx`…`)`. */
export function caller(userId: string): DatabaseCaller {
  return { userId, claims: { sub: userId, role: "authenticated" } };
}

// ------------------------------------------------------------------------------------------------------- hold requests

export interface HoldLine {
  readonly sku_id: string;
  readonly units: number;
  readonly price_cents: number;
}

export interface RouteStop {
  readonly id: string;
  readonly leg_sec: number;
  readonly leg_m: number;
  readonly arrive_at: string;
  readonly start_at: string;
}

export interface Route {
  readonly return_leg_sec: number;
  readonly return_leg_m: number;
  readonly stops: readonly RouteStop[];
}

/** One part of what `app.place_hold` takes: the fields of the type `app.hold_request`. Spread one to spoil it. */
export interface HoldRequest {
  /** Of a part that is not the lead; `placeHold` gives the lead its own. */
  readonly hold_id?: string;
  readonly region_id: string;
  readonly node_id: string;
  readonly service: "delivery" | "parcel" | "pickup";
  readonly fingerprint: string;
  readonly window_starts_at: string;
  readonly window_ends_at: string;
  readonly price_cents: number;
  readonly lng: number;
  readonly lat: number;
  readonly address: string;
  readonly service_sec: number;
  readonly weight_g: number;
  readonly volume_ml: number;
  readonly pick_sec: number;
  readonly pick_by: string;
  readonly lines: readonly HoldLine[];
  readonly work: readonly { readonly starts_at: string; readonly sec: number }[];
  readonly pickup_window_id?: string;
  readonly carrier_id?: string;
  readonly carrier_day?: string;
  readonly lane_id?: string;
  readonly lane_day?: string;
  readonly shift_id?: string;
  readonly plan_version?: number;
  readonly route?: Route;
  readonly checkout_id?: string;
  readonly address_key?: string;
  readonly network_key?: string;
  readonly channel_id?: string;
}

/** Units by SKU, e.g. `{ BREAD: 2 }`. */
export type Cart = Readonly<Record<string, number>>;

export interface RequestOptions {
  /** Default: two loaves. */
  readonly cart?: Cart;
  /** Local hour at which the window starts: 10, 12, 14 or 16. Default 10. */
  readonly hour?: number;
  /** 0 = the fixture's first day. */
  readonly day?: number;
  readonly nodeId?: string;
}

const DAY_MS = 86_400_000;

/** The instant of `hour` o'clock on the fixture's day `day`: Lisbon keeps UTC in that week. */
export function instant(hour: number, day = 0): string {
  return new Date(Date.parse(FIXTURE_START.replace("T06", "T00")) + day * DAY_MS + hour * 3_600_000).toISOString();
}

function basket({ cart = { BREAD: 2 }, hour = 10, day = 0, nodeId = NODES.storeA }: RequestOptions) {
  const lines = Object.entries(cart).map(([sku_id, units]) => ({
    sku_id,
    units,
    price_cents: PRICE_CENTS[sku_id] ?? 100,
  }));
  const sum = (each: (sku: string) => number) => lines.reduce((total, l) => total + l.units * each(l.sku_id), 0);
  const pickSec = 60 + 30 * lines.length + 5 * lines.reduce((total, l) => total + l.units, 0);
  return {
    region_id: REGION,
    node_id: nodeId,
    fingerprint: randomBytes(16).toString("hex"),
    window_starts_at: instant(hour, day),
    window_ends_at: instant(hour + 2, day),
    lng: -9.15,
    lat: 38.74,
    address: "Rua do Teste 7, Lisboa",
    weight_g: sum((sku) => WEIGHT_G[sku] ?? 100),
    volume_ml: sum((sku) => VOLUME_ML[sku] ?? 100),
    pick_sec: pickSec,
    // The van leaves at 10:00 and the quarter of an hour before it is for loading.
    pick_by: instant(9.75, day),
    lines,
    // All of the work in the first hour; the day has many.
    work: [{ starts_at: instant(8, day), sec: pickSec }],
  };
}

/** A request to collect a cart (default at STORE-A). */
export async function pickupRequest(sql: Queryable, options: RequestOptions = {}): Promise<HoldRequest> {
  const common = basket(options);
  const [window] = await sql<{ id: string }[]>`select id from public.pickup_windows
    where node_id = ${common.node_id} and starts_at = ${common.window_starts_at}`;
  if (!window) throw new Error("the fixture has no such pickup window");
  return { ...common, service: "pickup", price_cents: 0, service_sec: 0, pickup_window_id: window.id };
}

/** A request to send a cart by the carrier (default from DC-1), delivered the day after. */
export function parcelRequest(options: RequestOptions = {}): HoldRequest {
  const day = options.day ?? 0;
  return {
    ...basket({ nodeId: NODES.dc, ...options }),
    service: "parcel",
    price_cents: 450,
    service_sec: 0,
    window_starts_at: instant(8, day + 1),
    window_ends_at: instant(20, day + 1),
    carrier_id: CARRIER,
    carrier_day: instant(0, day).slice(0, 10),
  };
}

/** From DC-1 to STORE-A: it leaves at 11:00, and what it brings can be collected from 13:00 on. */
export const LANE = "DC-1-STORE-A";

/** Adds the lane to the network and opens its runs. */
export async function insertLane(sql: Queryable, terms: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const lane = {
    id: LANE,
    from_node_id: NODES.dc,
    to_node_id: NODES.storeA,
    departs: "11:00",
    arrives: "12:30",
    handling_min: 30,
    base_cents: 90,
    kg_cents: 3,
    limit_orders: 8,
    carries_chilled: true,
    carries_frozen: true,
    ...terms,
  };
  await sql`insert into public.lanes ${sql(lane)}`;
  await sql`select from app.open_horizon(${REGION})`;
}

/** A request to collect at STORE-A what the lane brings from DC-1, from 14:00 on. */
export async function transferRequest(sql: Queryable, options: RequestOptions = {}): Promise<HoldRequest> {
  const { hour = 14, day = 0 } = options;
  const { pickup_window_id } = await pickupRequest(sql, { hour, day });
  return {
    ...basket({ nodeId: NODES.dc, ...options, hour }),
    service: "pickup",
    price_cents: 0,
    service_sec: 0,
    pickup_window_id: pickup_window_id!,
    lane_id: LANE,
    lane_day: instant(0, day).slice(0, 10),
  };
}

/** What is collected at STORE-A, of its own (the lead) and of what the lane brings. */
export async function mixedParts(
  sql: Queryable,
  options: RequestOptions & { carts?: readonly [Cart, Cart] } = {},
): Promise<readonly [HoldRequest, HoldRequest]> {
  const { carts = [{ BREAD: 2 }, { MILK: 1 }], hour = 14, ...common } = options;
  return [
    await pickupRequest(sql, { ...common, hour, cart: carts[0] }),
    await transferRequest(sql, { ...common, hour, cart: carts[1] }),
  ];
}

/**
 * A request to bring a cart by van (default VAN-A1 today), as the last stop of its route at its present version.
 *
 * The hold's id belongs into the route, hence into the request: pass it, or take it from `route.stops.at(-1).id`.
 * A leg lasts 120 s (or `legSec`) and a stop 180 s, so a window of two hours takes 24 stops.
 */
export async function deliveryRequest(
  sql: Queryable,
  network: Network,
  options: RequestOptions & { holdId?: string; shiftId?: string; legSec?: number } = {},
): Promise<HoldRequest & { readonly route: Route; readonly shift_id: string; readonly plan_version: number }> {
  const shiftId = options.shiftId ?? network.shifts[VANS.a1];
  if (shiftId === undefined) throw new Error("the fixture has no such shift");
  // One statement, hence one snapshot: the version and the stops belong together.
  const [shift] = await sql<ShiftRow[]>`
    select s.node_id, s.starts_at, s.plan_version,
      coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'leg_sec', p.leg_sec, 'leg_m', p.leg_m, 'arrive_at', p.arrive_at,
        'start_at', p.start_at, 'depart_at', p.depart_at) order by p.position) from public.stops p where p.shift_id = s.id), '[]') as stops
    from public.shifts s where s.id = ${shiftId}`;
  if (!shift) throw new Error("the fixture has no such shift");
  const common = basket({ nodeId: shift.node_id, ...options });
  const serviceSec = 180;
  const legSec = options.legSec ?? 120;
  const leftAt = Date.parse(shift.stops.at(-1)?.depart_at ?? shift.starts_at.toISOString());
  const arriveAt = leftAt + legSec * 1000;
  const stop: RouteStop = {
    id: options.holdId ?? randomUUID(),
    leg_sec: legSec,
    leg_m: legSec * 8,
    arrive_at: new Date(arriveAt).toISOString(),
    start_at: new Date(Math.max(arriveAt, Date.parse(common.window_starts_at))).toISOString(),
  };
  const before = shift.stops.map(({ depart_at: _, ...planned }) => planned);
  return {
    ...common,
    service: "delivery",
    price_cents: 390,
    service_sec: serviceSec,
    shift_id: shiftId,
    plan_version: shift.plan_version,
    route: { return_leg_sec: 600, return_leg_m: 4800, stops: [...before, stop] },
  };
}

interface ShiftRow {
  node_id: string;
  starts_at: Date;
  plan_version: number;
  stops: (RouteStop & { depart_at: string })[];
}

// ----------------------------------------------------------------------------------------------- the life of a promise

export interface PlacedHold {
  readonly state: string;
  readonly expires_at: Date;
  readonly now_at: Date;
}

/** Places a hold of one part or of several, the lead's first. */
export async function placeHold(
  sql: Queryable,
  holdId: string,
  request: HoldRequest | readonly HoldRequest[],
  ttlSec = 600,
): Promise<PlacedHold> {
  const [placed] = await sql<PlacedHold[]>`
    select * from app.place_hold(${holdId}, ${sql.json(partsOf(holdId, request) as never)}, ${ttlSec})`;
  return placed!;
}

/** Changes a hold for another of the same shopper. */
export async function swapHold(
  sql: Queryable,
  oldId: string,
  holdId: string,
  request: HoldRequest | readonly HoldRequest[],
  ttlSec = 600,
): Promise<PlacedHold> {
  const [placed] = await sql<PlacedHold[]>`
    select * from app.swap_hold(${oldId}, ${holdId}, ${sql.json(partsOf(holdId, request) as never)}, ${ttlSec})`;
  return placed!;
}

/** Gives a hold more time; `extensionId` is the client's key of this one wish. */
export async function extendHold(
  sql: Queryable,
  holdId: string,
  extensionId: string = randomUUID(),
  ttlSec = 600,
): Promise<PlacedHold> {
  const [extended] = await sql<PlacedHold[]>`select * from app.extend_hold(${holdId}, ${extensionId}, ${ttlSec})`;
  return extended!;
}

/** A request of a shopper whom the limits know: the checkout, and what stands for the addresses. */
export function from<T extends HoldRequest>(
  shopper: { readonly checkout?: string; readonly address?: string; readonly network?: string },
  request: T,
): T {
  return {
    ...request,
    ...(shopper.checkout && { checkout_id: shopper.checkout }),
    ...(shopper.address && { address_key: shopper.address.padEnd(16, ".") }),
    ...(shopper.network && { network_key: shopper.network.padEnd(16, ".") }),
  };
}

/** Places what a node rejected with others. */
export async function replaceFulfilment(
  sql: Queryable,
  fulfilmentId: string,
  holdId: string,
  request: HoldRequest | readonly HoldRequest[],
): Promise<void> {
  await sql`select app.replace_fulfilment(${fulfilmentId}, ${holdId}, ${sql.json(partsOf(holdId, request) as never)})`;
}

export interface RepromiseOptions {
  /** How often the caller knows the order to have been moved. */
  readonly after?: number;
  readonly actor?: "shopper" | "ops" | "system";
  readonly reason?: string;
  readonly note?: string;
}

/** Moves a confirmed order to what is asked for; by default its shopper does, for the first time. */
export async function repromiseOrder(
  sql: Queryable,
  orderId: string,
  holdId: string,
  request: HoldRequest | readonly HoldRequest[],
  { after = 0, actor = "shopper", reason = "shopper_asked", note = "" }: RepromiseOptions = {},
): Promise<number> {
  const [done] = await sql<[{ number: number }]>`
    select app.repromise_order(${orderId}, ${after}, ${holdId}, ${sql.json(partsOf(holdId, request) as never)}, ${actor}, ${reason}, ${note}) as number`;
  return done.number;
}

export interface ParkOptions {
  readonly parkingId?: string;
  readonly reason?: string;
  readonly note?: string;
  readonly releaseBy?: string;
}

/** Parks an order, by default until the evening of the next day: its payment is looked at. */
export async function parkOrder(
  sql: Queryable,
  orderId: string,
  { parkingId = randomUUID(), reason = "payment_check", note = "", releaseBy = instant(20, 1) }: ParkOptions = {},
): Promise<void> {
  await sql`select app.park_order(${orderId}, ${parkingId}, ${reason}, ${note}, ${releaseBy})`;
}

/** A request's route without the doors of these holds: they leave it as the new stop joins. */
export function withoutStops<T extends HoldRequest>(request: T, holdIds: readonly string[]): T {
  const { route } = request;
  return route
    ? { ...request, route: { ...route, stops: route.stops.filter(({ id }) => !holdIds.includes(id)) } }
    : request;
}

/** The parts of one hold as the functions take them: each with its id, all with the lead's digest of what was asked. */
export function partsOf(holdId: string, request: HoldRequest | readonly HoldRequest[]): readonly HoldRequest[] {
  return [request].flat().map((part, i, [lead]) => ({
    ...part,
    hold_id: i === 0 ? holdId : (part.hold_id ?? part.route?.stops.at(-1)?.id ?? randomUUID()),
    fingerprint: lead!.fingerprint,
  }));
}

export interface ConfirmedOrder {
  readonly orderId: string;
  readonly token: string;
  readonly number: number;
}

/** Turns a hold into an order, by default a new one of a customer without a note. */
export async function confirmHold(
  sql: Queryable,
  holdId: string,
  orderId: string = randomUUID(),
): Promise<ConfirmedOrder> {
  const customer = {
    token: randomBytes(16).toString("hex"),
    customer_name: "Ana Sousa",
    customer_phone: "+351 210 000 000",
  };
  const [order] = await sql<{ order_number: number; token: string }[]>`
    select * from app.confirm_hold(${holdId}, ${orderId}, ${sql.json(customer)})`;
  return { orderId, token: order!.token, number: order!.order_number };
}

/**
 * The parts of one cart that two nodes serve in one window: a van from each of two nodes (default STORE-A and STORE-B), the
 * lead's first. Their ids stand in their routes.
 */
export async function twoVanParts(
  sql: Queryable,
  network: Network,
  options: RequestOptions & { holdId?: string; carts?: readonly [Cart, Cart]; vans?: readonly [string, string] } = {},
): Promise<readonly [HoldRequest, HoldRequest]> {
  const { holdId, carts = [{ BREAD: 2 }, { MILK: 1 }], vans = [VANS.a1, VANS.b1], ...common } = options;
  const [first, second] = [await shiftOf(sql, vans[0], options.day), await shiftOf(sql, vans[1], options.day)];
  return [
    await deliveryRequest(sql, network, {
      ...common,
      cart: carts[0],
      shiftId: first,
      ...(holdId !== undefined && { holdId }),
    }),
    await deliveryRequest(sql, network, { ...common, cart: carts[1], shiftId: second }),
  ];
}

/** A van's shift on the fixture's day `day`. */
export async function shiftOf(sql: Queryable, van: string, day = 0): Promise<string> {
  const [shift] = await sql<{ id: string }[]>`
    select id from public.shifts where vehicle_id = ${van} and starts_at::date = ${instant(0, day).slice(0, 10)}`;
  if (!shift) throw new Error("the fixture has no such shift");
  return shift.id;
}

/** A cart from two nodes that was held and confirmed: one order, two fulfilments in the order of their nodes. */
export async function placeTwoVans(
  sql: Queryable,
  network: Network,
  options: RequestOptions & { carts?: readonly [Cart, Cart] } = {},
): Promise<ConfirmedOrder & { readonly holdId: string; readonly parts: readonly [PlacedPart, PlacedPart] }> {
  const holdId = randomUUID();
  await placeHold(sql, holdId, await twoVanParts(sql, network, { ...options, holdId }));
  const order = await confirmHold(sql, holdId);
  const [first, second] = await sql<PlacedPart[]>`
    select id as "fulfilmentId", hold_id as "holdId", node_id as "nodeId" from public.fulfilments where order_id = ${order.orderId} order by node_id`;
  return { ...order, holdId, parts: [first!, second!] };
}

export interface PlacedPart {
  readonly fulfilmentId: string;
  readonly holdId: string;
  readonly nodeId: string;
}

/** A delivery by van that was held and confirmed, as the last stop of its route. */
export async function placeDelivery(
  sql: Queryable,
  network: Network,
  options: RequestOptions & { shiftId?: string; legSec?: number } = {},
): Promise<ConfirmedOrder & { readonly holdId: string; readonly fulfilmentId: string }> {
  const holdId = randomUUID();
  await placeHold(sql, holdId, await deliveryRequest(sql, network, { ...options, holdId }));
  return { holdId, ...(await confirmAndFind(sql, holdId)) };
}

/** An order to be collected, held and confirmed. */
export async function placePickup(
  sql: Queryable,
  options: RequestOptions = {},
): Promise<ConfirmedOrder & { readonly holdId: string; readonly fulfilmentId: string }> {
  const holdId = randomUUID();
  await placeHold(sql, holdId, await pickupRequest(sql, options));
  return { holdId, ...(await confirmAndFind(sql, holdId)) };
}

async function confirmAndFind(sql: Queryable, holdId: string) {
  const order = await confirmHold(sql, holdId);
  const [fulfilment] = await sql<{ id: string }[]>`select id from public.fulfilments where hold_id = ${holdId}`;
  return { ...order, fulfilmentId: fulfilment!.id };
}
