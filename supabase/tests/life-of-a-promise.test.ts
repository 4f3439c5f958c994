import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asCaller } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  caller,
  confirmHold,
  deliveryRequest,
  insertNetwork,
  type Network,
  parcelRequest,
  pickupRequest,
  placeDelivery,
  placeHold,
  placePickup,
  VANS,
} from "./network-fixture.ts";

let db: TestDatabase;
let network: Network;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
});
afterAll(() => db.drop());

test("a delivery is held, confirmed, picked, loaded, driven and delivered", async () => {
  const { sql } = db;
  const shiftId = network.shifts[VANS.a1]!;
  const holdId = randomUUID();
  const held = await placeHold(sql, holdId, await deliveryRequest(sql, network, { holdId }));
  expect(held.state).toBe("held");
  expect(held.expires_at.getTime() - held.now_at.getTime()).toBeGreaterThan(598_000);

  const { orderId } = await confirmHold(sql, holdId);
  const [fulfilment] = await sql`select id, state from public.fulfilments where order_id = ${orderId}`;
  expect(fulfilment?.state).toBe("to_pick");

  await asCaller(sql, caller(network.staff.storeA), async (tx) => {
    expect(await tx`select app.mark_ready(${fulfilment!.id})`).toEqual([{ mark_ready: "ready" }]);
    expect(await tx`select app.hand_over(${fulfilment!.id})`).toEqual([{ hand_over: "handed_over" }]);
  });
  const [level] =
    await sql`select on_hand, reserved from public.inventory_levels where node_id = 'STORE-A' and sku_id = 'BREAD'`;
  expect(level).toEqual({ on_hand: 48, reserved: 0 });

  await asCaller(sql, caller(network.staff.driverA), async (tx) => {
    await tx`select app.start_shift(${shiftId})`;
    await tx`select app.report_position(${shiftId}, -9.15, 38.74)`;
    await tx`select app.arrive(${holdId})`;
    await tx`select app.finish_stop(${holdId}, 'delivered')`;
  });
  const [end] = await sql`
    select o.state as order_state, o.finished_at, h.state as hold_state, f.state as fulfilment_state, s.state as shift_state
    from public.orders o join public.fulfilments f on f.order_id = o.id join public.holds h on h.id = f.hold_id
    join public.stops p on p.hold_id = h.id join public.shifts s on s.id = p.shift_id where o.id = ${orderId}`;
  expect(end).toEqual({
    order_state: "delivered",
    finished_at: expect.any(Date),
    hold_state: "fulfilled",
    fulfilment_state: "delivered",
    shift_state: "done",
  });
  const events = await sql`select kind from public.events where order_id = ${orderId} order by id`;
  expect(events.map((e) => e.kind)).toEqual([
    "order_confirmed",
    "order_ready",
    "order_handed_over",
    "order_on_the_way",
    "order_arrived",
    "order_delivered",
  ]);
});

test("a second delivery on a van goes behind the first", async () => {
  const shiftId = network.shifts[VANS.b1]!;
  await placeDelivery(db.sql, network, { shiftId });
  await placeDelivery(db.sql, network, { shiftId, hour: 12 });
  const stops =
    await db.sql`select position, start_at >= window_starts_at as on_time from public.stops where shift_id = ${shiftId} order by position`;
  expect(stops).toEqual([
    { position: 0, on_time: true },
    { position: 1, on_time: true },
  ]);
});

test("an order that is collected ends when it is handed over", async () => {
  const { fulfilmentId, orderId } = await placePickup(db.sql);
  await asCaller(db.sql, caller(network.staff.storeA), async (tx) => {
    await tx`select app.mark_ready(${fulfilmentId})`;
    expect(await tx`select app.hand_over(${fulfilmentId})`).toEqual([{ hand_over: "delivered" }]);
  });
  const [order] = await db.sql`select state from public.orders where id = ${orderId}`;
  expect(order?.state).toBe("delivered");
});

test("a parcel claims one of the carrier's day", async () => {
  await placeHold(db.sql, randomUUID(), parcelRequest());
  const [day] =
    await db.sql`select claimed_parcels from public.carrier_days where node_id = 'DC-1' and day = '2026-03-02'`;
  expect(day?.claimed_parcels).toBe(1);
});

test("a pickup claims one place in its window", async () => {
  const request = await pickupRequest(db.sql, { hour: 16, nodeId: "STORE-B" });
  await placeHold(db.sql, randomUUID(), request);
  const [window] =
    await db.sql`select claimed_orders from public.pickup_windows where id = ${request.pickup_window_id!}`;
  expect(window?.claimed_orders).toBe(1);
});
