import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import { asCaller } from "#server/db/database.ts";
import { HoldId, NodeId, OrderId, RegionId, SkuId } from "#server/domain/id.ts";
import type { QuoteView, WindowView } from "#server/domain/quote.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { caller, NODES, setClock } from "#supabase/tests/network-fixture.ts";
import { replanHold, resourceOrder } from "./contract.ts";

// The fixture's Monday begins at 06:00; vans leave at 10:00 and are back at 18:00, stores pick from 08:00.

let world: TestWorld;
let shopper: Caller;
beforeEach(async () => {
  await world?.close();
  world = await openTestWorld();
  shopper = world.as(null);
});
afterAll(() => world.close());

const DOOR = { lng: -9.15, lat: 38.735, address: "Rua do Teste 7" };
const cart = (units = 1, sku = "BREAD") => [{ skuId: SkuId.parse(sku), units }];
const regionId = RegionId.parse("LISBOA");

function quote(lines = cart(), destination = DOOR): Promise<QuoteView> {
  return shopper.promise.quote({ regionId, lines, destination });
}

/** The window of the first day that starts at the hour; Lisbon is on UTC in March. */
function windowAt(view: { delivery: WindowView[] } | { windows: WindowView[] }, hour: number): WindowView {
  const windows = "delivery" in view ? view.delivery : view.windows;
  const found = windows.find((window) => window.startsAt.startsWith(`2026-03-02T${String(hour).padStart(2, "0")}`));
  if (!found) throw new Error(`no window at ${hour}`);
  return found;
}

function offerOf(window: WindowView): string {
  if (!window.open) throw new Error(`closed: ${window.reason.code}`);
  return window.offer;
}

const hold = (offer: string, lines = cart(), holdId = HoldId.parse(randomUUID()), destination = DOOR) =>
  shopper.promise.hold({ holdId, offer, lines, destination });

test("a quote names every window of the horizon, open with an offer or closed with a reason", async () => {
  const view = await quote();
  expect(view.delivery).toHaveLength(8 * 4);
  expect(view.delivery.every((window) => window.open)).toBe(true);
  expect(view.timeZone).toBe("Europe/Lisbon");
  expect(Date.parse(view.offersExpireAt) - Date.parse(view.now)).toBeGreaterThan(599_000);
  expect(view.pickup.map((place) => place.nodeId)).toEqual([NODES.storeA, NODES.storeB].map((id) => NodeId.parse(id)));
  expect(view.pickup.every((place) => place.distanceM > 0 && place.nextStartsAt === "2026-03-02T10:00:00.000Z")).toBe(
    true,
  );
  const nodeId = NodeId.parse(NODES.storeA);
  const { windows } = await shopper.promise.pickup({ regionId, lines: cart(), destination: DOOR, nodeId });
  expect(windows).toHaveLength(8 * 4);
  const placed = await hold(offerOf(windowAt({ windows }, 12)));
  expect(placed.state).toBe("held");
});

test("an offer becomes a hold with a place in a route, and the hold an order with a link", async () => {
  const placed = await hold(offerOf(windowAt(await quote(), 12)));
  expect(placed.state).toBe("held");
  const [stop] =
    await world.sql`select s.*, h.plan_version from public.stops s join public.shifts h on h.id = s.shift_id`;
  expect(stop).toMatchObject({ hold_id: placed.holdId, position: 0, plan_version: 1, service_sec: 180 });
  expect(stop!.start_at.toISOString() >= "2026-03-02T12:00:00.000Z").toBe(true);

  const orderId = OrderId.parse(randomUUID());
  const customer = { name: "Ana", phone: "+351 910 000 000", note: "" };
  const order = await shopper.promise.confirm({ holdId: placed.holdId, orderId, customer });
  expect(order.token).toMatch(/^[0-9a-f]{32}$/);
  expect(await shopper.promise.confirm({ holdId: placed.holdId, orderId, customer })).toEqual(order);
  expect(await faultOf(shopper.promise.release({ holdId: placed.holdId }))).toBe("wrong-state");
});

test("once a van comes to the same street, its window says that a van is nearby", async () => {
  expect((await quote()).delivery.some((window) => window.open && window.isVanNearby)).toBe(false);
  await hold(offerOf(windowAt(await quote(), 12)));
  const green = (await quote()).delivery.filter((window) => window.open && window.isVanNearby);
  expect(green.map(({ startsAt }) => startsAt)).toContain("2026-03-02T12:00:00.000Z");
  expect(green.every(({ startsAt }) => startsAt < "2026-03-03")).toBe(true);
});

test("the soonest window of a product says until when it can be ordered, and keeps that only while it is true", async () => {
  const ask = () => shopper.promise.soonest({ regionId, skuId: cart()[0]!.skuId, destination: DOOR });
  const [first] = (await quote()).delivery.filter((window) => window.open);
  const before = await ask();
  expect(before.delivery).toMatchObject({ startsAt: first?.startsAt, orderBy: first?.open && first.orderBy });
  expect(before.pickupAt).toBe("2026-03-02T10:00:00.000Z");
  const { delivery } = before;
  // The clock goes on while the quote is made.
  await setClock(world.sql, new Date(Date.parse(delivery!.orderBy) - 10_000).toISOString());
  expect((await quote()).delivery.find((window) => window.startsAt === delivery!.startsAt)?.open).toBe(true);
  await setClock(world.sql, new Date(Date.parse(delivery!.orderBy) + 1000).toISOString());
  expect((await ask()).delivery?.startsAt).not.toBe(delivery!.startsAt);

  await world.sql`update public.inventory_levels set on_hand = 0, reserved = 0`;
  await setClock(world.sql, new Date(Date.parse(delivery!.orderBy) + 40_000).toISOString());
  expect(await ask()).toMatchObject({ delivery: null, parcel: null, pickupAt: null });
});

test("a cart that no node has whole comes from two, in one hold with a stop in a van of each and one order", async () => {
  await world.sql`update public.inventory_levels set on_hand = 0 where sku_id = 'BREAD' and node_id <> 'STORE-A'`;
  await world.sql`update public.inventory_levels set on_hand = 0 where sku_id = 'ICE' and node_id <> 'STORE-B'`;
  const lines = [...cart(2), ...cart(1, "ICE")];
  const window = windowAt(await quote(lines), 12);
  expect(window).toMatchObject({ deliveries: 2 });
  const placed = await hold(offerOf(window), lines);
  const parts = await world.sql`
    select h.node_id, h.price_cents > 0 as priced, (select array_agg(l.sku_id::text) from public.hold_lines l where l.hold_id = h.id) as skus,
      (select v.node_id from public.stops s join public.shifts f on f.id = s.shift_id join public.vehicles v on v.id = f.vehicle_id where s.hold_id = h.id) as van_of
    from public.holds h where h.lead_id = ${placed.holdId} order by h.node_id`;
  expect(parts.map((part) => ({ ...part }))).toEqual([
    { node_id: "STORE-A", priced: parts[0]!.priced, skus: ["BREAD"], van_of: "STORE-A" },
    { node_id: "STORE-B", priced: !parts[0]!.priced, skus: ["ICE"], van_of: "STORE-B" },
  ]);
  const orderId = OrderId.parse(randomUUID());
  const customer = { name: "Ana", phone: "+351 910 000 000", note: "" };
  await shopper.promise.confirm({ holdId: placed.holdId, orderId, customer });
  const [order] = await world.sql`
    select (select count(*)::int from public.fulfilments f where f.order_id = o.id) as fulfilments,
      (select sum(l.units)::int from public.order_lines l where l.order_id = o.id) as units from public.orders o`;
  expect(order).toEqual({ fulfilments: 2, units: 3 });
});

test("a cart is not split where the region says so, nor goods that are kept together", async () => {
  await world.sql`update public.inventory_levels set on_hand = 0 where sku_id = 'BREAD' and node_id <> 'STORE-A'`;
  await world.sql`update public.inventory_levels set on_hand = 0 where sku_id = 'ICE' and node_id <> 'STORE-B'`;
  const lines = [...cart(2), ...cart(1, "ICE")];
  const isOpen = async () => windowAt(await quote(lines), 12).open;
  expect(await isOpen()).toBe(true);
  await world.sql`update public.skus set kept_with = 'PICNIC' where id in ('BREAD', 'ICE')`;
  expect(await isOpen()).toBe(false);
  await world.sql`update public.skus set kept_with = null`;
  await world.sql`update public.sourcing_rules set most_nodes = 1`;
  expect(await isOpen()).toBe(false);
  expect(await reasonAt(12, lines)).toEqual({ code: "out_of_stock" });
  await world.sql`update public.sourcing_rules set most_nodes = 2, least_part_cents = 1000000`;
  expect(await isOpen()).toBe(false);
});

test("a repeated hold is the same hold, also when it took the last place itself", async () => {
  await world.sql`update public.inventory_levels set on_hand = 1 where sku_id = 'ICE' and node_id = 'STORE-A'`;
  await world.sql`update public.inventory_levels set on_hand = 0 where sku_id = 'ICE' and node_id <> 'STORE-A'`;
  const offer = offerOf(windowAt(await quote(cart(1, "ICE")), 12));
  const first = await hold(offer, cart(1, "ICE"));
  expect(await hold(offer, cart(1, "ICE"), first.holdId)).toMatchObject({ state: "held", expiresAt: first.expiresAt });
  expect(await faultOf(hold(offer, cart(1, "ICE")))).toBe("insufficient-stock");
  const [count] =
    await world.sql`select count(*)::int as holds, (select sum(units) from public.claims where kind = 'stock')::int as units from public.holds`;
  expect(count).toEqual({ holds: 1, units: 1 });
});

test("an offer is good for its cart, its door and its ten minutes only", async () => {
  const view = await quote();
  const offer = offerOf(windowAt(view, 12));
  expect(await faultOf(hold(offer, cart(2)))).toBe("offer-invalid");
  expect(await faultOf(hold(offer, cart(), undefined, { ...DOOR, lng: -9.16 }))).toBe("offer-invalid");
  expect(await faultOf(hold(`${offer.slice(0, -6)}AAAAAA`))).toBe("offer-invalid");
  const placed = await hold(offer);
  expect(await faultOf(hold(offerOf(windowAt(view, 14)), cart(), placed.holdId))).toBe("id-reused");
  await setClock(world.sql, new Date(Date.parse(view.offersExpireAt) + 1000).toISOString());
  expect(await faultOf(hold(offer))).toBe("offer-expired");
});

test("a released hold gives its window back, and releasing twice changes nothing more", async () => {
  const placed = await hold(offerOf(windowAt(await quote(), 12)));
  expect(await shopper.promise.release({ holdId: placed.holdId })).toEqual({ state: "released" });
  expect(await shopper.promise.release({ holdId: placed.holdId })).toEqual({ state: "released" });
  const [left] = await world.sql`
    select (select count(*) from public.stops)::int as stops, (select sum(units) from public.claims)::int as open,
      (select sum(claimed_weight_g) from public.shifts)::int as grams`;
  expect(left).toEqual({ stops: 0, open: 0, grams: 0 });
});

// ------------------------------------------------------------------------------------------------ reasons, one by one

async function reasonAt(hour: number, lines = cart(), destination = DOOR) {
  const window = windowAt(await quote(lines, destination), hour);
  return window.open ? "open" : window.reason;
}

test("a cart that no node has in one place closes every window for stock", async () => {
  expect(await reasonAt(12, cart(999))).toEqual({ code: "out_of_stock" });
});

test("once the vans have to be loaded the cut-off has passed, and says when it was", async () => {
  // Vans leave at 10:00, 15 minutes after the last pick; one bread takes 60 + 30 + 5 seconds: 09:45 less 95 s. Hours end on
  // the hour, so at 09:00 the one from 08:00 is over and nothing ends in time any more.
  await setClock(world.sql, "2026-03-02T09:00:00Z");
  expect(await reasonAt(12)).toEqual({ code: "cut_off_passed", at: "2026-03-02T09:43:25.000Z" });
});

test("a full hour of picking says until when it is full", async () => {
  await world.sql`update public.work_buckets set target_sec = 0, limit_sec = 0 where starts_at < '2026-03-02T11:00:00Z'`;
  expect(await reasonAt(12)).toEqual({ code: "picking_full", at: "2026-03-02T11:00:00.000Z" });
});

test("vans without room say so, and vans without the cold too", async () => {
  await world.sql`update public.shifts set limit_weight_g = 399`;
  expect(await reasonAt(12)).toEqual({ code: "no_vehicle_for_goods" });
  await world.sql`update public.shifts set limit_weight_g = 1000, claimed_weight_g = 800`;
  expect(await reasonAt(12)).toEqual({ code: "vans_full" });
  await world.sql`update public.shifts set limit_weight_g = 200000, claimed_weight_g = 0`;
  await world.sql`update public.vehicles set carries_frozen = false`;
  expect(await reasonAt(12, cart(1, "ICE"))).toEqual({ code: "no_vehicle_for_goods" });
});

test("a window without a shift, and a door without a road, say so", async () => {
  await world.sql`update public.shifts set ends_at = starts_at + interval '2 hours'`;
  expect(await reasonAt(14)).toEqual({ code: "no_shift" });
  expect(await reasonAt(10, cart(), { ...DOOR, lng: -12 })).toEqual({ code: "outside_area" });
});

test("a window that an empty van could serve in time but a long shift end forbids is too far", async () => {
  // The only window of the shift begins at 16:00 and the van must be home five minutes later, most of which the door takes.
  await world.sql`update public.shifts set ends_at = date_trunc('day', starts_at) + interval '16 hours 5 minutes'`;
  expect(await reasonAt(16)).toEqual({ code: "vans_too_far" });
});

test("a paused node serves nobody, and its pickup is not offered", async () => {
  await world.sql`update public.nodes set paused_at = now() where id <> 'STORE-B'`;
  const view = await quote();
  expect(view.pickup.map((place) => place.nodeId)).toEqual([NODES.storeB]);
});

test("pickup windows close for the cut-off, for picking and when they are full", async () => {
  const at = async (hour: number) => {
    const place = await shopper.promise.pickup({
      regionId,
      lines: cart(),
      destination: DOOR,
      nodeId: NodeId.parse(NODES.storeA),
    });
    const window = windowAt(place, hour);
    return window.open ? "open" : window.reason.code;
  };
  expect(await at(12)).toBe("open");
  await world.sql`update public.pickup_windows set limit_orders = 0 where node_id = 'STORE-A' and starts_at = '2026-03-02T12:00:00Z'`;
  expect(await at(12)).toBe("pickup_full");
  await world.sql`update public.work_buckets set target_sec = 0, limit_sec = 0 where node_id = 'STORE-A'`;
  expect(await at(14)).toBe("picking_full");
  await setClock(world.sql, "2026-03-02T13:50:00Z");
  expect(await at(14)).toBe("cut_off_passed");
});

// ---------------------------------------------------------------------------------------------------- under contention

test("twenty shoppers who saw the same empty route all get a place in it, each at a plan version of its own", async () => {
  await world.sql`update public.hold_limits set per_address = 100`;
  const view = await quote();
  const offer = offerOf(windowAt(view, 12));
  const holds = await Promise.all(Array.from({ length: 20 }, () => hold(offer)));
  expect(holds.every((placed) => placed.state === "held")).toBe(true);
  const [sum] =
    await world.sql`select sum(plan_version)::int as versions, (select count(*) from public.stops)::int as stops from public.shifts`;
  expect(sum).toEqual({ versions: 20, stops: 20 });
});

test("of ten shoppers for the last two units exactly two get one", async () => {
  await world.sql`update public.hold_limits set per_address = 100`;
  await world.sql`update public.inventory_levels set on_hand = 2 where sku_id = 'MILK' and node_id = 'STORE-B'`;
  await world.sql`update public.inventory_levels set on_hand = 0 where sku_id = 'MILK' and node_id <> 'STORE-B'`;
  const offer = offerOf(windowAt(await quote(cart(1, "MILK")), 12));
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => faultOf(hold(offer, cart(1, "MILK")))));
  expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(2);
  expect(new Set(outcomes)).toEqual(new Set(["ok", "insufficient-stock"]));
});

// --------------------------------------------------------------------------------------------------------- re-sourcing

test("an order that its node rejects is placed with another node within the promised window, or stays open", async () => {
  const placed = await hold(offerOf(windowAt(await quote(), 14)));
  const orderId = OrderId.parse(randomUUID());
  await shopper.promise.confirm({
    holdId: placed.holdId,
    orderId,
    customer: { name: "Ana", phone: "910000000", note: "" },
  });
  const [first] = await world.sql`select id, node_id from public.fulfilments`;
  await asOps((tx) => tx`select app.reject_fulfilment(${first!.id}, 'out_of_stock')`);

  const again = await resourceOrder(world.platform, orderId);
  expect(again).toMatchObject({ placed: true });
  const fulfilments = await world.sql`select node_id, state from public.fulfilments order by created_at`;
  expect(fulfilments.map((f) => f.state)).toEqual(["rejected", "to_pick"]);
  expect(fulfilments[1]!.node_id).not.toBe(first!.node_id);
  const [exception] = await world.sql`select resolution from public.exceptions where order_id = ${orderId}`;
  expect(exception).toEqual({ resolution: "automatic" });
  expect(await resourceOrder(world.platform, orderId)).toEqual({ placed: false, reason: "wrong-state" });
});

// ------------------------------------------------------------------------------------------------- a van falls out

async function asOps<T>(work: Parameters<typeof asCaller<T>>[2]): Promise<T> {
  return asCaller(world.sql, caller(world.network.staff.ops), work);
}

test("the stops of a cancelled shift find another van of their node, or stand as exceptions until they do", async () => {
  const placed = await hold(offerOf(windowAt(await quote(), 12)));
  const [stop] = await world.sql`select shift_id from public.stops`;
  const displaced = await asOps(async (tx) => (await tx`select app.cancel_shift(${stop!.shift_id}) as ids`)[0]!.ids);
  expect(displaced).toEqual([placed.holdId]);
  const open = () => world.sql`select kind from public.exceptions where resolved_at is null`;
  expect(await open()).toHaveLength(1);

  // With the cold van of the node gone and the other one full there is nowhere to go; with room there is.
  await world.sql`update public.shifts set limit_weight_g = 1 where state = 'planned'`;
  expect(await replanHold(world.platform, placed.holdId)).toBe(false);
  expect(await open()).toHaveLength(1);
  await world.sql`update public.shifts set limit_weight_g = 200000 where state = 'planned'`;
  expect(await replanHold(world.platform, placed.holdId)).toBe(true);
  expect(await open()).toHaveLength(0);
  const [moved] = await world.sql`select shift_id from public.stops`;
  expect(moved!.shift_id).not.toBe(stop!.shift_id);
  expect(await replanHold(world.platform, placed.holdId)).toBe(true);
});

test("what a stranger sends is refused by name and leaves nothing behind", async () => {
  const bad = [
    () => quote([]),
    () => quote([...cart(), ...cart()]),
    () => quote(cart(0)),
    () => quote(cart(1, "NOT-A-SKU")),
    () => shopper.promise.quote({ regionId: RegionId.parse("NOWHERE"), lines: cart(), destination: DOOR }),
    () => hold("x".repeat(3000)),
    () => hold("not-a-token-but-long-enough"),
    () => shopper.promise.release({ holdId: HoldId.parse(randomUUID()) }),
  ];
  for (const call of bad)
    await expect(call()).rejects.toMatchObject({ code: expect.stringMatching(/BAD_REQUEST|NOT_FOUND/) });
  const [count] =
    await world.sql`select (select count(*) from public.holds)::int as holds, (select count(*) from public.events)::int as events`;
  expect(count).toEqual({ holds: 0, events: 0 });
});
