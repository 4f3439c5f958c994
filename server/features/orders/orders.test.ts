import { afterAll, beforeAll, expect, test } from "vitest";
import { asCaller } from "#server/db/database.ts";
import { OrderToken, ShiftId } from "#server/domain/id.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import {
  caller,
  instant,
  NODES,
  placeDelivery,
  placePickup,
  placeTwoVans,
  setClock,
  VANS,
} from "#supabase/tests/network-fixture.ts";

let world: TestWorld;
let shopper: Caller;
let shiftId: ReturnType<typeof ShiftId.parse>;

beforeAll(async () => {
  world = await openTestWorld();
  shopper = world.as(null);
  shiftId = ShiftId.parse(world.network.shifts[VANS.a1]);
});
afterAll(() => world.close());

const tokenOf = async (orderId: string) => {
  const [row] = await world.sql<{ token: string }[]>`select token from public.orders where id = ${orderId}`;
  return OrderToken.parse(row?.token);
};
const stepsOf = (order: Awaited<ReturnType<Caller["orders"]["byToken"]>>) =>
  order.timeline.map(({ step, progress }) => `${step} ${progress}`);

test("an unknown link finds nothing", async () => {
  expect(await faultOf(shopper.orders.byToken({ token: OrderToken.parse("0".repeat(32)) }))).toBe("not-found");
});

test("a pickup shows where to collect it and becomes collected", async () => {
  const pickup = await placePickup(world.sql, { hour: 14 });
  const token = await tokenOf(pickup.orderId);
  const order = await shopper.orders.byToken({ token });
  expect(order).toMatchObject({
    number: pickup.number,
    state: "confirmed",
    promiseStartsAt: instant(14),
    van: null,
    parts: [{ state: "confirmed", etaAt: null, doorsBefore: null }],
    pickupPlace: { name: expect.any(String) },
  });
  expect(stepsOf(order)).toEqual(["confirmed current", "ready ahead", "delivered ahead"]);

  await asCaller(world.sql, caller(world.network.staff.storeA), async (tx) => {
    await tx`select app.mark_ready(${pickup.fulfilmentId})`;
    await tx`select app.hand_over(${pickup.fulfilmentId})`;
  });
  expect(stepsOf(await shopper.orders.byToken({ token }))).toEqual(["confirmed done", "ready done", "delivered done"]);
});

test("an order that its store rejected waits for another one, without a place to collect it", async () => {
  const pickup = await placePickup(world.sql, { hour: 16 });
  await asCaller(
    world.sql,
    caller(world.network.staff.storeA),
    (tx) => tx`select app.reject_fulfilment(${pickup.fulfilmentId}, 'damaged')`,
  );
  const order = await shopper.orders.byToken({ token: await tokenOf(pickup.orderId) });
  expect(order).toMatchObject({
    state: "unplaced",
    pickupPlace: null,
    parts: [{ state: "unplaced", nodeName: null }],
  });
  expect(stepsOf(order).slice(0, 2)).toEqual(["confirmed done", "unplaced current"]);
});

test("an order from two stores shows each part with its store, goods and state", async () => {
  const { sql, network } = world;
  const two = await placeTwoVans(sql, network, { day: 3, hour: 16, carts: [{ BREAD: 2 }, { BREAD: 1, MILK: 1 }] });
  await asCaller(sql, caller(network.staff.storeB), (tx) => tx`select app.mark_ready(${two.parts[1].fulfilmentId})`);
  const token = await tokenOf(two.orderId);
  const byStore = (order: Awaited<ReturnType<Caller["orders"]["byToken"]>>) =>
    order.parts
      .map(({ nodeName, state, lines }) => ({ nodeName, state, goods: lines.map((l) => `${l.units} ${l.skuId}`) }))
      .sort((a, b) => `${a.nodeName}`.localeCompare(`${b.nodeName}`));
  const order = await shopper.orders.byToken({ token });
  expect(order).toMatchObject({ state: "confirmed", lines: [{ units: 3 }, { units: 1 }] });
  expect(byStore(order)).toEqual([
    { nodeName: "Alvalade", state: "confirmed", goods: ["2 BREAD"] },
    { nodeName: "Belém", state: "ready", goods: ["1 BREAD", "1 MILK"] },
  ]);

  await asCaller(
    sql,
    caller(network.staff.storeA),
    (tx) => tx`select app.reject_fulfilment(${two.parts[0].fulfilmentId}, 'damaged')`,
  );
  const waiting = await shopper.orders.byToken({ token });
  expect(waiting.state).toBe("unplaced");
  expect(byStore(waiting)).toEqual([
    { nodeName: "Belém", state: "ready", goods: ["1 BREAD", "1 MILK"] },
    { nodeName: null, state: "unplaced", goods: ["2 BREAD"] },
  ]);
});

test("the van is shown to the doors it comes to next, and to nobody farther along", async () => {
  const { sql, network } = world;
  const orders: Awaited<ReturnType<typeof placeDelivery>>[] = [];
  for (const hour of [12, 12, 14, 16, 16]) orders.push(await placeDelivery(sql, network, { hour, shiftId }));
  const view = async (place: number) => shopper.orders.byToken({ token: await tokenOf(orders[place]!.orderId) });
  expect(await view(0)).toMatchObject({
    state: "confirmed",
    parts: [{ etaAt: null, doorsBefore: null }],
    van: null,
  });

  await asCaller(sql, caller(network.staff.storeA), async (tx) => {
    for (const { fulfilmentId } of orders) {
      await tx`select app.mark_ready(${fulfilmentId})`;
      await tx`select app.hand_over(${fulfilmentId})`;
    }
  });
  await setClock(sql, instant(10));
  await asCaller(sql, caller(network.staff.driverA), (tx) => tx`select app.start_shift(${shiftId})`);

  const byDoors = new Map<number, Awaited<ReturnType<typeof view>>>();
  for (const place of orders.keys()) {
    const order = await view(place);
    byDoors.set(order.parts[0]!.doorsBefore!, order);
  }
  expect([...byDoors.keys()].sort()).toEqual([0, 1, 2, 3, 4]);
  expect([0, 1, 2, 3, 4].map((doors) => byDoors.get(doors)?.van?.source ?? null)).toEqual([
    "estimated",
    "estimated",
    "estimated",
    null,
    null,
  ]);
  // The road is drawn to the next door only: beyond it, it would lead past other people's.
  expect(byDoors.get(0)!.van!.road.length).toBeGreaterThan(1);
  expect(byDoors.get(1)!.van!.road).toEqual([]);
  // The van could be there minutes after ten, but rings when the window begins.
  expect(byDoors.get(0)!.parts[0]!.etaAt).toBe(instant(12));

  await world.as(network.staff.driverA).driving.reportPosition({ shiftId, lng: -9.145, lat: 38.745 });
  const next = orders.findIndex((order) => order.number === byDoors.get(0)!.number);
  expect((await view(next)).van).toMatchObject({ source: "reported", lng: -9.145, lat: 38.745 });

  const stopId = (
    await sql<{ id: string }[]>`select id from public.stops where shift_id = ${shiftId} and position = 0`
  )[0]!.id;
  await asCaller(sql, caller(network.staff.driverA), async (tx) => {
    await tx`select app.arrive(${stopId})`;
    await tx`select app.finish_stop(${stopId}, 'failed', 'nobody_home')`;
  });
  const failed = await view(next);
  expect(failed).toMatchObject({ state: "failed", van: null, parts: [{ failReason: "nobody_home", etaAt: null }] });
  expect(stepsOf(failed).at(-1)).toBe("failed done");
});

test("whoever has the link learns nothing about the people who serve it, nor any id they work by", async () => {
  const pickup = await placePickup(world.sql, { hour: 10, day: 1 });
  const answer = JSON.stringify(await shopper.orders.byToken({ token: await tokenOf(pickup.orderId) }));
  for (const secret of ["storeA", world.network.staff.storeA, pickup.fulfilmentId, pickup.holdId, NODES.storeA])
    expect(answer).not.toContain(secret);
});
