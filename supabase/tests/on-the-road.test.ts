import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  deliveryRequest,
  insertNetwork,
  instant,
  type Network,
  placeDelivery,
  placeHold,
  setClock,
  VANS,
} from "./network-fixture.ts";
import { actingAs, digestTables, expectRefusal, rolledBack } from "./rolled-back.ts";

let db: TestDatabase;
let network: Network;
let vanA1: string;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
  vanA1 = network.shifts[VANS.a1]!;
});
afterAll(() => db.drop());

type Work = (tx: Transaction) => Promise<unknown>;
const driver = (tx: Transaction, work: Work) => actingAs(tx, network.staff.driverA, work);
const start =
  (shiftId = vanA1) =>
  (tx: Transaction) =>
    tx`select app.start_shift(${shiftId})`;
const arrive = (stopId: string) => (tx: Transaction) => tx`select app.arrive(${stopId})`;
const finish =
  (stopId: string, outcome: string | null, reason: string | null = null) =>
  (tx: Transaction) =>
    tx`select app.finish_stop(${stopId}, ${outcome}, ${reason})`;

/** Deliveries on VAN-A1, picked and on board. */
async function load(tx: Transaction, count: number) {
  const orders: Awaited<ReturnType<typeof placeDelivery>>[] = [];
  for (let i = 0; i < count; i++) orders.push(await placeDelivery(tx, network));
  for (const { fulfilmentId } of orders)
    await actingAs(
      tx,
      network.staff.storeA,
      (s) => s`select app.mark_ready(${fulfilmentId}), app.hand_over(${fulfilmentId})`,
    );
  return orders;
}

async function expectOneEffect(tx: Transaction, work: Work): Promise<void> {
  await work(tx);
  const before = await digestTables(tx);
  await work(tx);
  expect(await digestTables(tx)).toEqual(before);
}

describe("a shift", () => {
  test("starts with every order on board, once, and they are on the way", () =>
    rolledBack(db.sql, async (tx) => {
      const orders = await load(tx, 2);
      await expectOneEffect(tx, (s) => driver(s, start()));
      const states = await tx`select state from public.orders where id in ${tx(orders.map(({ orderId }) => orderId))}`;
      expect(states).toEqual([{ state: "on_the_way" }, { state: "on_the_way" }]);
    }));

  test("with an order that is not on board, or only held, is refused as KPLOD", () =>
    rolledBack(db.sql, async (tx) => {
      await load(tx, 1);
      const late = await placeDelivery(tx, network);
      expect((await expectRefusal(tx, "KPLOD", (s) => driver(s, start()))).detail).toBe("1");
      await actingAs(tx, network.staff.storeA, (s) => s`select app.reject_fulfilment(${late.fulfilmentId}, 'other')`);
      const holdId = randomUUID();
      await placeHold(tx, holdId, await deliveryRequest(tx, network, { holdId }));
      await expectRefusal(tx, "KPLOD", (s) => driver(s, start()));
      await tx`select app.release_hold(${holdId})`;
      await driver(tx, start());
    }));

  test("without stops, or that is over, is refused as KPSTA", () =>
    rolledBack(db.sql, async (tx) => {
      await expectRefusal(tx, "KPSTA", (s) => driver(s, start()));
      const [order] = await load(tx, 1);
      await driver(tx, start());
      await driver(tx, finish(order!.holdId, "delivered"));
      await expectRefusal(tx, "KPSTA", (s) => driver(s, start()));
    }));

  test("that has no stop when it should leave is taken off the road, and the others of its hour stay", () =>
    rolledBack(db.sql, async (tx) => {
      const [order] = await load(tx, 1);
      await setClock(tx, instant(9));
      expect(await tx`select app.close_unused_shifts()`).toEqual([{ close_unused_shifts: 0 }]);
      await setClock(tx, instant(10));
      await expectOneEffect(tx, (s) => s`select app.close_unused_shifts()`);
      const today = await tx`
        select vehicle_id, state from public.shifts where starts_at < ${instant(24)} order by vehicle_id`;
      expect(today).toEqual([
        { vehicle_id: VANS.a1, state: "planned" },
        { vehicle_id: VANS.a2, state: "cancelled" },
        { vehicle_id: VANS.b1, state: "cancelled" },
      ]);
      const events = await tx`select data from public.events where kind = 'shift_cancelled'`;
      expect(events).toEqual([{ data: { reason: "unused" } }, { data: { reason: "unused" } }]);
      await driver(tx, start());
      await driver(tx, finish(order!.holdId, "delivered"));
    }));

  test("is unknown to another driver, to a store and to nobody", () =>
    rolledBack(db.sql, async (tx) => {
      const [order] = await load(tx, 1);
      const position = (s: Transaction) => s`select app.report_position(${vanA1}, 0, 0)`;
      for (const user of [network.staff.driverB, network.staff.storeA, randomUUID()]) {
        await expectRefusal(tx, "KPNTF", (s) => actingAs(s, user, start()));
        await expectRefusal(tx, "KPNTF", (s) => actingAs(s, user, position));
        await expectRefusal(tx, "KPNTF", (s) => actingAs(s, user, arrive(order!.holdId)));
        await expectRefusal(tx, "KPNTF", (s) => actingAs(s, user, finish(order!.holdId, "delivered")));
      }
      await expectRefusal(tx, "KPNTF", (s) => driver(s, start(randomUUID())));
      await expectRefusal(tx, "KPNTF", (s) => actingAs(s, network.staff.ops, start(randomUUID())));
      await expectRefusal(tx, "42501", (s) => actingAs(s, null, start()));
    }));
});

describe("a stop", () => {
  test("is reached once", () =>
    rolledBack(db.sql, async (tx) => {
      const [order] = await load(tx, 1);
      await driver(tx, start());
      await expectOneEffect(tx, (s) => driver(s, arrive(order!.holdId)));
      const [state] =
        await tx`select o.state, s.state as stop from public.orders o, public.stops s where o.id = ${order!.orderId} and s.id = ${order!.holdId}`;
      expect(state).toEqual({ state: "arrived", stop: "arrived" });
    }));

  test.each([
    ["delivered", null],
    ["failed", "nobody_home"],
  ] as const)("ends %s once, and so do order, fulfilment and hold", (outcome, reason) =>
    rolledBack(db.sql, async (tx) => {
      const [first] = await load(tx, 2);
      await driver(tx, start());
      await expectOneEffect(tx, (s) => driver(s, finish(first!.holdId, outcome, reason)));
      const [after] =
        await tx`select o.state, o.finished_at is not null as finished, f.state as fulfilment, h.state as hold, s.fail_reason, v.state as shift
        from public.orders o join public.fulfilments f on f.order_id = o.id join public.holds h on h.id = f.hold_id
        join public.stops s on s.hold_id = h.id join public.shifts v on v.id = s.shift_id where o.id = ${first!.orderId}`;
      expect(after).toEqual({
        state: outcome,
        finished: true,
        fulfilment: outcome,
        hold: "fulfilled",
        fail_reason: reason,
        shift: "under_way",
      });
    }),
  );

  test("that is the last ends the shift and the exception of its lateness; repeated, nothing changes", () =>
    rolledBack(db.sql, async (tx) => {
      const [first, last] = await load(tx, 2);
      await driver(tx, start());
      await tx`select app.record_forecast(${vanA1}, '[]', 900)`;
      await driver(tx, finish(last!.holdId, "delivered"));
      await expectOneEffect(tx, (s) => driver(s, finish(first!.holdId, "failed", "refused")));
      const [shift] =
        await tx`select v.state, e.resolution from public.shifts v, public.exceptions e where v.id = ${vanA1}`;
      expect(shift).toEqual({ state: "done", resolution: "passed" });
      await driver(tx, arrive(first!.holdId));
    }));

  test("that ended otherwise is refused as KPSTA, what is no outcome as KPARG", () =>
    rolledBack(db.sql, async (tx) => {
      const [order] = await load(tx, 2);
      await driver(tx, start());
      for (const [outcome, reason] of [
        ["lost", null],
        [null, null],
        ["failed", null],
        ["failed", "boredom"],
        ["delivered", "refused"],
      ] as const)
        await expectRefusal(tx, "KPARG", (s) => driver(s, finish(order!.holdId, outcome, reason)));
      await driver(tx, finish(order!.holdId, "delivered"));
      await expectRefusal(tx, "KPSTA", (s) => driver(s, finish(order!.holdId, "failed", "refused")));
    }));

  test("of a van that has not left is refused as KPSTA, one that does not exist as KPNTF", () =>
    rolledBack(db.sql, async (tx) => {
      const [order] = await load(tx, 1);
      await expectRefusal(tx, "KPSTA", (s) => driver(s, arrive(order!.holdId)));
      await expectRefusal(tx, "KPSTA", (s) => driver(s, finish(order!.holdId, "delivered")));
      await expectRefusal(tx, "KPNTF", (s) => driver(s, arrive(randomUUID())));
    }));
});

describe("a position", () => {
  const report = (lng: number) => (tx: Transaction) => tx`select app.report_position(${vanA1}, ${lng}, 38.7)`;
  const known = async (tx: Transaction) =>
    (await tx`select lng from public.positions where shift_id = ${vanA1}`)[0]?.lng;

  test("is the last one reported; older news is dropped", () =>
    rolledBack(db.sql, async (tx) => {
      await load(tx, 1);
      await driver(tx, start());
      await driver(tx, report(-9.1));
      await driver(tx, report(-9.2));
      expect(await known(tx)).toBe(-9.2);
      await setClock(tx, instant(5));
      await driver(tx, report(-9.3));
      expect(await known(tx)).toBe(-9.2);
    }));

  test("of a van that is not under way is refused as KPSTA", () =>
    rolledBack(db.sql, async (tx) => {
      await expectRefusal(tx, "KPSTA", (s) => driver(s, report(-9.1)));
    }));
});

test("a forecast tells the stops to come their time, and not those of other vans or that were reached", () =>
  rolledBack(db.sql, async (tx) => {
    const [reached, coming] = await load(tx, 2);
    const other = await placeDelivery(tx, network, { shiftId: network.shifts[VANS.b1]! });
    await driver(tx, start());
    await driver(tx, arrive(reached!.holdId));
    const [at] = await tx`select eta_at from public.stops where id = ${reached!.holdId}`;
    const etas = [reached, coming, other].map((o) => ({ id: o!.holdId, eta_at: instant(11) }));
    await tx`select app.record_forecast(${vanA1}, ${tx.json(etas)}, 0)`;
    const eta = async (id: string) => (await tx`select eta_at from public.stops where id = ${id}`)[0]?.eta_at;
    expect(await eta(coming!.holdId)).toEqual(new Date(instant(11)));
    expect(await eta(reached!.holdId)).toEqual(at?.eta_at);
    expect(await eta(other.holdId)).toBeNull();
    await driver(tx, finish(reached!.holdId, "delivered"));
    await driver(tx, finish(coming!.holdId, "delivered"));
    const before = await digestTables(tx);
    await tx`select app.record_forecast(${vanA1}, ${tx.json(etas)}, 900)`;
    expect(await digestTables(tx)).toEqual(before);
  }));
