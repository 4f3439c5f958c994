import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FulfilmentId, NodeId, OrderId, OrderToken, SkuId } from "#server/domain/id.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import {
  confirmHold,
  instant,
  NODES,
  parcelRequest,
  placeDelivery,
  placeHold,
  placePickup,
  SKUS,
  setClock,
} from "#supabase/tests/network-fixture.ts";

let world: TestWorld;
let storeA: Caller;
let storeB: Caller;
const nodeId = NodeId.parse(NODES.storeA);

beforeAll(async () => {
  world = await openTestWorld();
  storeA = world.as(world.network.staff.storeA);
  storeB = world.as(world.network.staff.storeB);
});
afterAll(() => world.close());

async function delivery(options: Parameters<typeof placeDelivery>[2] = {}) {
  const order = await placeDelivery(world.sql, world.network, options);
  return { ...order, fulfilmentId: FulfilmentId.parse(order.fulfilmentId) };
}

test("the queue names each order of the day with its lines, its van and its last moment", async () => {
  const order = await delivery({ cart: { BREAD: 2, MILK: 1 } });
  const queue = await storeA.picking.queue({ nodeId });
  expect(queue).toMatchObject({
    today: "2026-03-02",
    day: "2026-03-02",
    lastDay: "2026-03-09",
    timeZone: "Europe/Lisbon",
  });
  expect(queue.tasks.find((task) => task.fulfilmentId === order.fulfilmentId)).toMatchObject({
    number: order.number,
    state: "to_pick",
    service: "delivery",
    pickBy: instant(9.75),
    promiseStartsAt: instant(10),
    van: { name: "Van A1", startsAt: instant(10) },
    lines: [
      { skuId: "BREAD", units: 2, temperature: "ambient" },
      { skuId: "MILK", units: 1, temperature: "chilled" },
    ],
  });
});

test("of orders to be picked by the same time those of a better class come first", async () => {
  const [usual, better] = [await placePickup(world.sql, { day: 5 }), await placePickup(world.sql, { day: 5 })];
  const ops = world.as(world.network.staff.ops);
  const orderId = OrderId.parse(better.orderId);
  await ops.tower.setPriority({ orderId, priorityClass: 1, note: "It has waited twice" });
  const { tasks } = await storeA.picking.queue({ nodeId, day: "2026-03-07" });
  expect(tasks.map(({ number, priorityClass }) => [number, priorityClass])).toEqual([
    [better.number, 1],
    [usual.number, 3],
  ]);
  const order = await ops.tower.order({ orderId });
  expect(order).toMatchObject({ channelName: "Own shop", priorityClass: 1 });
  expect(order.events.at(-1)).toMatchObject({ kind: "order_prioritised", priority: "1: It has waited twice" });
});

test("a parcel in the queue names who fetches it, and until when", async () => {
  const holdId = randomUUID();
  await placeHold(world.sql, holdId, parcelRequest({ nodeId: NODES.storeA }));
  const { number } = await confirmHold(world.sql, holdId);
  const { tasks } = await storeA.picking.queue({ nodeId });
  expect(tasks.find((task) => task.number === number)).toMatchObject({
    service: "parcel",
    van: null,
    carrier: { name: "Poste", fetchesAt: instant(16) },
    promiseStartsAt: instant(8, 1),
  });
});

test("an order of another day stands in that day's queue", async () => {
  const order = await placePickup(world.sql, { day: 2 });
  const ids = async (day?: string) =>
    (await storeA.picking.queue({ nodeId, day })).tasks.map((task) => task.fulfilmentId as string);
  expect(await ids()).not.toContain(order.fulfilmentId);
  expect(await ids("2026-03-04")).toEqual([order.fulfilmentId]);
});

test("an order is picked and handed to its shopper, however often the buttons are pressed", async () => {
  const { fulfilmentId } = await placePickup(world.sql);
  const id = FulfilmentId.parse(fulfilmentId);
  expect(await faultOf(storeA.picking.handOver({ fulfilmentId: id }))).toBe("wrong-state");
  for (const _ of [1, 2]) expect(await storeA.picking.markReady({ fulfilmentId: id })).toEqual({ state: "ready" });
  for (const _ of [1, 2]) expect(await storeA.picking.handOver({ fulfilmentId: id })).toEqual({ state: "delivered" });
  const [shipped] = await world.sql`select count(*)::int as times from public.claims where reason = 'shipped'`;
  expect(shipped).toEqual({ times: 1 });
});

test("a rejected delivery goes to another node that can keep the promise", async () => {
  const order = await delivery({ cart: { [SKUS.bread]: 3 } });
  const reject = () =>
    storeA.picking.reject({
      fulfilmentId: order.fulfilmentId,
      reason: "out_of_stock",
      missing: [{ skuId: SkuId.parse(SKUS.bread), units: 2 }],
    });
  const takenBy = [{ nodeId: NODES.storeB, name: "Belém" }];
  expect(await reject()).toEqual({ orderId: order.orderId, takenBy });
  expect(await reject()).toEqual({ orderId: order.orderId, takenBy });

  const taken = (await storeB.picking.queue({ nodeId: NodeId.parse(NODES.storeB) })).tasks;
  expect(taken.map((task) => task.number)).toEqual([order.number]);
  const [exception] = await world.sql`select resolution from public.exceptions where order_id = ${order.orderId}`;
  expect(exception).toEqual({ resolution: "automatic" });
  const [movements] = await world.sql`
    select sum(units)::int as units from public.stock_movements where hold_id = ${order.holdId} and reason = 'not_found'`;
  expect(movements).toEqual({ units: -2 });
});

test("a rejected pickup waits for a person: nobody sends a shopper to another store", async () => {
  const order = await placePickup(world.sql);
  const fulfilmentId = FulfilmentId.parse(order.fulfilmentId);
  expect(await storeA.picking.reject({ fulfilmentId, reason: "damaged" })).toEqual({
    orderId: order.orderId,
    takenBy: [],
  });
  const { open } = await world.as(world.network.staff.ops).tower.exceptions({ regionId: (await region()).id });
  expect(open.find((exception) => exception.order?.orderId === order.orderId)).toMatchObject({
    kind: "order_rejected",
    rejectReason: "damaged",
    node: { nodeId: NODES.storeA },
  });
});

async function region() {
  const { regions } = await storeA.staff.me();
  return regions[0]!;
}

test("units that the order never had cannot be missing", async () => {
  const order = await delivery();
  const reject = (skuId: string, units: number) =>
    faultOf(
      storeA.picking.reject({
        fulfilmentId: order.fulfilmentId,
        reason: "out_of_stock",
        missing: [{ skuId: SkuId.parse(skuId), units }],
      }),
    );
  expect(await reject(SKUS.bread, 3)).toBe("invalid-request");
  expect(await reject(SKUS.ice, 1)).toBe("invalid-request");
  expect((await storeA.picking.queue({ nodeId })).tasks.find((t) => t.fulfilmentId === order.fulfilmentId)?.state).toBe(
    "to_pick",
  );
});

test("an hour can be closed for new orders, and what is promised in it stays", async () => {
  const before = await storeA.picking.capacity({ nodeId });
  const first = before.hours[0]!;
  expect(first).toMatchObject({ startsAt: instant(8), targetSec: 10_800, limitSec: 10_800 });
  expect(first.claimedSec).toBeGreaterThan(0);
  const { claimedSec } = first;
  for (const _ of [1, 2])
    expect(await storeA.picking.setCapacity({ nodeId, startsAt: instant(8), targetSec: 0 })).toEqual({
      limitSec: claimedSec,
      claimedSec,
    });
  expect((await storeA.picking.capacity({ nodeId })).hours[0]).toMatchObject({ targetSec: 0, limitSec: claimedSec });
  expect(await faultOf(storeA.picking.setCapacity({ nodeId, startsAt: instant(3), targetSec: 60 }))).toBe("not-found");
});

// Last, because it sets the clock on.
test("a parcel stands in the queue until its carrier has brought it, and then its order says so", async () => {
  const holdId = randomUUID();
  await placeHold(world.sql, holdId, parcelRequest({ nodeId: NODES.storeA, day: 3 }));
  const { number, token } = await confirmHold(world.sql, holdId);
  const find = async (day?: string) =>
    (await storeA.picking.queue({ nodeId, day })).tasks.find((task) => task.number === number);
  const fulfilmentId = (await find("2026-03-05"))!.fulfilmentId;
  await storeA.picking.markReady({ fulfilmentId });
  await storeA.picking.handOver({ fulfilmentId });
  const order = () => world.as(null).orders.byToken({ token: OrderToken.parse(token) });
  expect((await order()).timeline.find(({ step }) => step === "on_the_way")).toMatchObject({
    progress: "current",
    at: expect.any(String),
  });
  await setClock(world.sql, instant(9, 4));
  expect(await find()).toMatchObject({ state: "handed_over" });
  await storeA.picking.finishParcel({ fulfilmentId, outcome: "delivered" });
  expect(await find()).toBeUndefined();
  expect(await order()).toMatchObject({ state: "delivered" });
  expect((await order()).timeline.at(-1)).toMatchObject({ step: "delivered", progress: "done" });
});
