import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type * as z from "zod";
import { asCaller } from "#server/db/database.ts";
import { ExceptionId, OrderId, RegionId, ShiftId } from "#server/domain/id.ts";
import { type Caller, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import {
  type ConfirmedOrder,
  caller,
  confirmHold,
  deliveryRequest,
  from,
  instant,
  NODES,
  parcelRequest,
  pickupRequest,
  placeDelivery,
  placeHold,
  placePickup,
  placeTwoVans,
  SKUS,
  setClock,
  VANS,
} from "#supabase/tests/network-fixture.ts";

let world: TestWorld;
let ops: Caller;
let regionId: z.infer<typeof RegionId>;
let shiftId: z.infer<typeof ShiftId>;
let delivery: ConfirmedOrder & { holdId: string; fulfilmentId: string };
let pickup: ConfirmedOrder & { fulfilmentId: string };

beforeAll(async () => {
  world = await openTestWorld();
  ops = world.as(world.network.staff.ops);
  regionId = RegionId.parse(world.network.regionId);
  shiftId = ShiftId.parse(world.network.shifts[VANS.a1]);
  delivery = await placeDelivery(world.sql, world.network);
  pickup = await placePickup(world.sql, { hour: 14 });
});
afterAll(() => world.close());

test("the figures count the day's orders and shifts, and what stands open", async () => {
  const overview = await ops.tower.overview({ regionId });
  expect(overview).toMatchObject({
    day: "2026-03-02",
    lastDay: "2026-03-09",
    orders: { confirmed: 2, ready: 0, delivered: 0, unplaced: 0 },
    shifts: { planned: 3, under_way: 0, done: 0, cancelled: 0 },
    exceptions: { hold_unplannable: 0, order_rejected: 0, van_late: 0, stock_short: 0 },
    // Three nodes open twelve hours with three pickers.
    workLimitSec: 3 * 12 * 10_800,
  });
  const tomorrow = await ops.tower.overview({ regionId, day: "2026-03-03" });
  expect(tomorrow.orders.confirmed).toBe(0);
});

test("what is held and not ordered is counted, beside the limits that operations set", async () => {
  const ana = { checkout: randomUUID(), address: "Rua do Teste 7", network: "192.0.2.7" };
  const holdIds = [randomUUID(), randomUUID()];
  const limits = { perCheckout: 2, perAddress: 4, perNetwork: 8, unconfirmedPercent: 50 };
  expect((await ops.tower.holdLimits({ regionId })).held).toMatchObject({ holds: 0, ofOneCheckout: 0 });
  await ops.tower.setHoldLimits({ regionId, limits });
  for (const holdId of holdIds)
    await placeHold(world.sql, holdId, from(ana, await pickupRequest(world.sql, { day: 2 })));
  expect(await ops.tower.holdLimits({ regionId })).toEqual({
    limits,
    held: { holds: 2, ofOneCheckout: 2, ofOneAddress: 2, ofOneNetwork: 2 },
  });
  expect((await ops.tower.overview({ regionId })).held).toBe(2);
  for (const holdId of holdIds) await world.sql`select app.release_hold(${holdId})`;
});

test("the map has every node and van of the day, and a held window as a stop without an order", async () => {
  const holdId = randomUUID();
  await placeHold(world.sql, holdId, await deliveryRequest(world.sql, world.network, { holdId }));
  const { nodes, routes } = await ops.tower.routes({ regionId });
  expect(nodes.map((node) => node.nodeId).sort()).toEqual([NODES.dc, NODES.storeA, NODES.storeB].sort());
  expect(routes.map((route) => route.vanName)).toEqual(["Van A1", "Van A2", "Van B1"]);
  expect(routes[0]).toMatchObject({ shiftId, driverName: "driverA", planVersion: 2, van: null, lateSec: 0 });
  expect(routes[0]?.stops).toMatchObject([
    { stopId: delivery.holdId, orderNumber: delivery.number, state: "planned" },
    { stopId: holdId, orderId: null, orderNumber: null },
  ]);
  await world.sql`select app.release_hold(${holdId})`;
});

test("a route is traced along the roads, there and back", async () => {
  const { legs, planVersion } = await ops.tower.traceRoute({ shiftId, planVersion: 0 });
  expect(planVersion).toBeGreaterThan(0);
  expect(legs).toHaveLength(2);
  const [there, back] = legs as [[number, number][], [number, number][]];
  // From STORE-A at a crossing, ten streets west and ten south: the line turns, it does not cut across.
  expect(there[0]).toEqual([-9.14, 38.75]);
  expect(there.at(-1)).toEqual([-9.15, 38.74]);
  expect(there.length).toBeGreaterThan(2);
  for (let i = 1; i < there.length; i++) {
    const [from, to] = [there[i - 1]!, there[i]!];
    expect(from[0] === to[0] || from[1] === to[1]).toBe(true);
  }
  expect(back[0]).toEqual(there.at(-1));
  expect(back.at(-1)).toEqual(there[0]);
  const empty = world.network.shifts[VANS.a2]!;
  expect((await ops.tower.traceRoute({ shiftId: ShiftId.parse(empty), planVersion: 0 })).legs).toEqual([]);
});

test("orders are found by state, by number and by part of a name or an address", async () => {
  const numbers = async (filter: Omit<Parameters<Caller["tower"]["orders"]>[0], "regionId">) =>
    (await ops.tower.orders({ regionId, ...filter })).orders.map((order) => order.number);
  expect(await numbers({})).toEqual([pickup.number, delivery.number]);
  expect(await numbers({ text: String(delivery.number) })).toEqual([delivery.number]);
  expect(await numbers({ text: "sousa" })).toHaveLength(2);
  expect(await numbers({ text: "TESTE 7" })).toHaveLength(2);
  expect(await numbers({ text: "%" })).toEqual([]);
  expect(await numbers({ state: "delivered" })).toEqual([]);
  expect(await numbers({ day: "2026-03-03" })).toEqual([]);
});

test("an order from two nodes stands in the list with both, and opens with what each serves", async () => {
  const two = await placeTwoVans(world.sql, world.network, { day: 3, hour: 16, carts: [{ BREAD: 2 }, { MILK: 1 }] });
  const { orders } = await ops.tower.orders({ regionId });
  expect(orders.find(({ number }) => number === two.number)).toMatchObject({
    nodeNames: ["Alvalade", "Belém"],
    vanNames: ["Van A1", "Van B1"],
  });
  const order = await ops.tower.order({ orderId: OrderId.parse(two.orderId) });
  expect(order.fulfilments).toMatchObject([
    { nodeName: "Alvalade", service: "delivery", lines: [{ skuId: SKUS.bread, units: 2 }], replaced: false },
    { nodeName: "Belém", service: "delivery", lines: [{ skuId: SKUS.milk, units: 1 }], replaced: false },
  ]);
});

test("a parcel stands in the list with its carrier, and opens with it", async () => {
  const holdId = randomUUID();
  await placeHold(world.sql, holdId, parcelRequest({ nodeId: NODES.storeA, day: 3 }));
  const { orderId, number } = await confirmHold(world.sql, holdId);
  const { orders } = await ops.tower.orders({ regionId, text: String(number) });
  expect(orders).toMatchObject([{ vanNames: [], carrierNames: ["Poste"] }]);
  const order = await ops.tower.order({ orderId: OrderId.parse(orderId) });
  expect(order.fulfilments).toMatchObject([{ service: "parcel", carrierName: "Poste", stop: null }]);
});

test("pages follow each other without a gap or a repeat", async () => {
  for (let i = 0; i < 55; i++) {
    const sku = Object.values(SKUS)[i % 4]!;
    await placePickup(world.sql, { cart: { [sku]: 1 }, day: 1 + (i % 7), hour: 10 + 2 * (i % 4) });
  }
  const first = await ops.tower.orders({ regionId });
  const second = await ops.tower.orders({ regionId, cursor: first.nextCursor ?? undefined });
  expect(second.nextCursor).toBeNull();
  const numbers = [...first.orders, ...second.orders].map((order) => order.number);
  const all = await world.sql<{ number: number }[]>`select number from public.orders order by number desc`;
  expect(numbers).toEqual(all.map((order) => order.number));
});

test("an order shows its lines, its node and van, and who did what", async () => {
  const order = await ops.tower.order({ orderId: OrderId.parse(delivery.orderId) });
  expect(order).toMatchObject({
    number: delivery.number,
    currency: "EUR",
    lines: [{ skuId: "BREAD", units: 2, priceCents: 190 }],
    fulfilments: [{ nodeId: NODES.storeA, state: "to_pick", stop: { shiftId, vanName: "Van A1", place: 1 } }],
  });
  expect(order.events.map((event) => event.kind)).toEqual(["hold_placed", "order_confirmed"]);
});

test("a van that runs late is an exception with its figure until a person ends it, once", async () => {
  await world.sql`select app.record_forecast(${shiftId}, ${world.sql.json([
    { id: delivery.holdId, eta_at: instant(12.25) },
  ])}, 900)`;
  const { open } = await ops.tower.exceptions({ regionId });
  expect(open).toMatchObject([{ kind: "van_late", lateSec: 900, van: { shiftId, name: "Van A1" }, order: null }]);
  expect((await ops.tower.routes({ regionId })).routes[0]).toMatchObject({ shiftId, lateSec: 900 });

  const exceptionId = ExceptionId.parse(open[0]?.exceptionId);
  for (const _ of [1, 2]) await ops.tower.resolveException({ exceptionId });
  const after = await ops.tower.exceptions({ regionId });
  expect(after.open).toEqual([]);
  expect(after.resolved).toMatchObject([{ exceptionId, resolution: "by_hand", resolvedBy: "ops" }]);
  const [told] = await world.sql`select count(*)::int as times from public.events where kind = 'exception_resolved'`;
  expect(told).toEqual({ times: 1 });
});

test("a van on the road is where its phone says, or where the plan has it by then", async () => {
  const { sql, network } = world;
  await asCaller(sql, caller(network.staff.storeA), async (tx) => {
    await tx`select app.mark_ready(${delivery.fulfilmentId})`;
    await tx`select app.hand_over(${delivery.fulfilmentId})`;
  });
  await setClock(sql, instant(10));
  await asCaller(sql, caller(network.staff.driverA), (tx) => tx`select app.start_shift(${shiftId})`);
  const van = async () => (await ops.tower.routes({ regionId })).routes.find((route) => route.shiftId === shiftId)?.van;
  expect(await van()).toMatchObject({
    source: "estimated",
    lng: expect.closeTo(-9.14, 2),
    lat: expect.closeTo(38.75, 2),
  });

  await world.as(network.staff.driverA).driving.reportPosition({ shiftId, lng: -9.171, lat: 38.721 });
  expect(await van()).toMatchObject({ source: "reported", lng: -9.171, lat: 38.721 });

  // The leg lasts two minutes; the phone has been silent for ten.
  await setClock(sql, instant(10 + 10 / 60));
  expect(await van()).toMatchObject({ source: "estimated", lng: -9.15, lat: 38.74 });
});

test("a van that falls out gives its stops to another one of the node, and says how many", async () => {
  await setClock(world.sql, "2026-03-03T06:00:00Z");
  const shifts = await world.sql<{ id: string; vehicle_id: string }[]>`
    select id, vehicle_id from public.shifts where starts_at = ${instant(10, 1)}`;
  const shiftOf = (van: string) => ShiftId.parse(shifts.find((shift) => shift.vehicle_id === van)?.id);
  const placed = await placeDelivery(world.sql, world.network, { day: 1, hour: 12, shiftId: shiftOf(VANS.a1) });

  const cancelled = { shiftId: shiftOf(VANS.a1) };
  expect(await ops.tower.cancelShift(cancelled)).toEqual({ displaced: 1, replanned: 1 });
  expect(await ops.tower.cancelShift(cancelled)).toEqual({ displaced: 0, replanned: 0 });
  const { routes } = await ops.tower.routes({ regionId, day: "2026-03-03" });
  const driven = routes.filter((route) => route.stops.length > 0);
  expect(driven).toMatchObject([{ shiftId: shiftOf(VANS.a2), stops: [{ orderId: placed.orderId }] }]);

  // The last van of the node: nobody is left to take the stop, so it stands as an exception of its order.
  expect(await ops.tower.cancelShift({ shiftId: shiftOf(VANS.a2) })).toEqual({ displaced: 1, replanned: 0 });
  const { open } = await ops.tower.exceptions({ regionId });
  expect(open).toMatchObject([
    { kind: "hold_unplannable", order: { orderId: placed.orderId }, door: { windowStartsAt: instant(12, 1) } },
  ]);
});
