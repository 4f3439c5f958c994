import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  confirmHold,
  deliveryRequest,
  type HoldRequest,
  insertNetwork,
  instant,
  type Network,
  NODES,
  parcelRequest,
  pickupRequest,
  placeDelivery,
  placeHold,
  placePickup,
  replaceFulfilment,
  VANS,
} from "./network-fixture.ts";
import { actingAs, digestTables, expectRefusal, rolledBack } from "./rolled-back.ts";

let db: TestDatabase;
let network: Network;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
});
afterAll(() => db.drop());

type Work = (tx: Transaction) => Promise<unknown>;
/** The picker of STORE-A does it. */
const picker = (tx: Transaction, work: Work) => actingAs(tx, network.staff.storeA, work);

const ready = (id: string) => (tx: Transaction) => tx`select app.mark_ready(${id}) as state`;
const handOver = (id: string) => (tx: Transaction) => tx`select app.hand_over(${id}) as state`;
const reject =
  (id: string, missing: unknown = [], reason: string | null = "out_of_stock") =>
  (tx: Transaction) =>
    tx`select app.reject_fulfilment(${id}, ${reason}, ${tx.json(missing as never)}) as order_id`;

async function level(tx: Transaction, sku: string) {
  const [row] =
    await tx`select on_hand, reserved from public.inventory_levels where node_id = ${NODES.storeA} and sku_id = ${sku}`;
  return row;
}

/** Does `work` twice and expects the second time to change nothing and answer the same. */
async function expectOneEffect(tx: Transaction, work: Work): Promise<void> {
  const first = await work(tx);
  const before = await digestTables(tx);
  expect(await work(tx)).toEqual(first);
  expect(await digestTables(tx)).toEqual(before);
}

describe("an hour's capacity", () => {
  const setTo =
    (targetSec: number, hour = 8, node: string = NODES.storeA) =>
    (tx: Transaction) =>
      tx`select * from app.set_capacity(${node}, ${instant(hour)}, ${targetSec})`;

  test("goes up and down with what the manager asks for", () =>
    rolledBack(db.sql, async (tx) => {
      expect(await picker(tx, setTo(20_000))).toEqual([{ limit_sec: 20_000, claimed_sec: 0 }]);
      expect(await picker(tx, setTo(0))).toEqual([{ limit_sec: 0, claimed_sec: 0 }]);
    }));

  test("set below what is promised keeps the promise, and follows when that is given back", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId } = await placePickup(tx);
      const second = randomUUID();
      await placeHold(tx, second, await pickupRequest(tx));
      expect(await picker(tx, setTo(50))).toEqual([{ limit_sec: 200, claimed_sec: 200 }]);
      const third = await pickupRequest(tx, { hour: 12 });
      await expectRefusal(tx, "KPWRK", (s) => placeHold(s, randomUUID(), third));
      await tx`select app.release_hold(${second})`;
      await picker(tx, reject(fulfilmentId));
      const [hour] =
        await tx`select target_sec, limit_sec, claimed_sec from public.work_buckets where node_id = ${NODES.storeA} and starts_at = ${instant(8)}`;
      expect(hour).toEqual({ target_sec: 50, limit_sec: 50, claimed_sec: 0 });
    }));

  test("of a foreign node, an unknown one or a closed hour is not found", () =>
    rolledBack(db.sql, async (tx) => {
      for (const set of [setTo(1, 8, NODES.storeB), setTo(1, 8, "NOWHERE"), setTo(1, 23)])
        await expectRefusal(tx, "KPNTF", (s) => picker(s, set));
      await expectRefusal(tx, "KPNTF", (s) => actingAs(s, network.staff.driverA, setTo(1)));
      await actingAs(tx, network.staff.ops, setTo(1));
    }));

  test("below zero is refused by the table", () =>
    rolledBack(db.sql, async (tx) => {
      await expectRefusal(tx, "23514", (s) => picker(s, setTo(-1)));
    }));
});

describe("picking", () => {
  test("an order makes it ready, once", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId, orderId } = await placePickup(tx);
      await expectOneEffect(tx, (s) => picker(s, ready(fulfilmentId)));
      const [order] = await tx`select state from public.orders where id = ${orderId}`;
      expect(order?.state).toBe("ready");
    }));

  test("a handed over or rejected order is refused as KPSTA", () =>
    rolledBack(db.sql, async (tx) => {
      const [gone, rejected] = [await placePickup(tx), await placePickup(tx)];
      await picker(tx, ready(gone.fulfilmentId));
      await picker(tx, handOver(gone.fulfilmentId));
      await picker(tx, reject(rejected.fulfilmentId));
      for (const { fulfilmentId } of [gone, rejected])
        await expectRefusal(tx, "KPSTA", (s) => picker(s, ready(fulfilmentId)));
    }));

  test("is not for the staff of other nodes, drivers or nobody: the order is unknown to them", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId } = await placePickup(tx);
      for (const act of [ready(fulfilmentId), handOver(fulfilmentId), reject(fulfilmentId)]) {
        for (const user of [network.staff.storeB, network.staff.driverA, randomUUID()])
          await expectRefusal(tx, "KPNTF", (s) => actingAs(s, user, act));
        await expectRefusal(tx, "42501", (s) => actingAs(s, null, act));
      }
      await expectRefusal(tx, "KPNTF", (s) => picker(s, ready(randomUUID())));
    }));
});

describe("handing over", () => {
  test("a pickup counts the goods out and delivers the order, once", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId, holdId, orderId } = await placePickup(tx, { cart: { BREAD: 3, ICE: 1 } });
      await picker(tx, ready(fulfilmentId));
      await expectOneEffect(tx, (s) => picker(s, handOver(fulfilmentId)));
      expect(await level(tx, "BREAD")).toEqual({ on_hand: 47, reserved: 0 });
      const moves =
        await tx`select sku_id, units, reason from public.stock_movements where hold_id = ${holdId} order by sku_id`;
      expect(moves).toEqual([
        { sku_id: "BREAD", units: -3, reason: "shipped" },
        { sku_id: "ICE", units: -1, reason: "shipped" },
      ]);
      const [order] =
        await tx`select o.state, h.state as hold from public.orders o, public.holds h where o.id = ${orderId} and h.id = ${holdId}`;
      expect(order).toEqual({ state: "delivered", hold: "fulfilled" });
    }));

  test("a parcel puts it on its way with the carrier", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      await placeHold(tx, holdId, parcelRequest({ nodeId: NODES.storeA }));
      const { orderId } = await confirmHold(tx, holdId);
      const [f] = await tx`select id from public.fulfilments where hold_id = ${holdId}`;
      await picker(tx, ready(f!.id));
      expect(await picker(tx, handOver(f!.id))).toEqual([{ state: "handed_over" }]);
      const [order] = await tx`select state from public.orders where id = ${orderId}`;
      expect(order?.state).toBe("on_the_way");
    }));

  test("a parcel ends with what its carrier tells, once, and not before the carrier has it", () =>
    rolledBack(db.sql, async (tx) => {
      for (const [outcome, reason] of [
        ["delivered", null],
        ["failed", "refused"],
      ] as const) {
        const holdId = randomUUID();
        await placeHold(tx, holdId, parcelRequest({ nodeId: NODES.storeA }));
        const { orderId } = await confirmHold(tx, holdId);
        const [f] = await tx`select id from public.fulfilments where hold_id = ${holdId}`;
        const finish = (to: string | null, why: string | null) => (s: Transaction) =>
          s`select app.finish_parcel(${f!.id}, ${to}, ${why}) as state`;
        await expectRefusal(tx, "KPSTA", (s) => picker(s, finish(outcome, reason)));
        await picker(tx, ready(f!.id));
        await picker(tx, handOver(f!.id));
        for (const wrong of [
          finish(null, null),
          finish("failed", null),
          finish("delivered", "other"),
          finish("failed", "x"),
        ])
          await expectRefusal(tx, "KPARG", (s) => picker(s, wrong));
        await expectRefusal(tx, "KPNTF", (s) => actingAs(s, network.staff.storeB, finish(outcome, reason)));
        await expectOneEffect(tx, (s) => picker(s, finish(outcome, reason)));
        const [order] =
          await tx`select o.state, h.state as hold from public.orders o, public.holds h where o.id = ${orderId} and h.id = ${holdId}`;
        expect(order).toEqual({ state: outcome, hold: "fulfilled" });
        await expectRefusal(tx, "KPSTA", (s) =>
          picker(s, finish(outcome === "failed" ? "delivered" : "failed", outcome === "failed" ? null : "other")),
        );
      }
      const pickup = await placePickup(tx);
      await expectRefusal(tx, "KPSTA", (s) =>
        picker(s, (t) => t`select app.finish_parcel(${pickup.fulfilmentId}, 'delivered')`),
      );
    }));

  test("what is not ready, or was rejected, is refused as KPSTA", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId } = await placePickup(tx);
      await expectRefusal(tx, "KPSTA", (s) => picker(s, handOver(fulfilmentId)));
      await picker(tx, reject(fulfilmentId));
      await expectRefusal(tx, "KPSTA", (s) => picker(s, handOver(fulfilmentId)));
    }));

  test("a delivery whose van was cancelled is refused as KPSTA until it has another", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId, holdId } = await placeDelivery(tx, network);
      await picker(tx, ready(fulfilmentId));
      await actingAs(tx, network.staff.ops, (s) => s`select app.cancel_shift(${network.shifts[VANS.a1]!})`);
      await expectRefusal(tx, "KPSTA", (s) => picker(s, handOver(fulfilmentId)));
      const other = await deliveryRequest(tx, network, { shiftId: network.shifts[VANS.a2]!, holdId });
      await tx`select app.replan_hold(${holdId}, ${other.shift_id}, ${other.plan_version}, ${tx.json(other.route as never)})`;
      await picker(tx, handOver(fulfilmentId));
    }));
});

describe("rejecting", () => {
  test("gives every claim back, leaves the order waiting and opens one exception", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId, orderId, holdId } = await placeDelivery(tx, network);
      await expectOneEffect(tx, (s) => picker(s, reject(fulfilmentId)));
      const [after] = await tx`select o.state, h.state as hold, f.state as fulfilment, f.reject_reason,
          (select sum(units)::int from public.claims where hold_id = ${holdId}) as claims,
          (select count(*)::int from public.stops) as stops
        from public.orders o, public.holds h, public.fulfilments f where o.id = ${orderId} and h.id = ${holdId} and f.id = ${fulfilmentId}`;
      expect(after).toEqual({
        ...{ state: "unplaced", hold: "released", fulfilment: "rejected" },
        ...{ reject_reason: "out_of_stock", claims: 0, stops: 0 },
      });
      const open = await tx`select kind, node_id, resolved_at from public.exceptions where order_id = ${orderId}`;
      expect(open).toEqual([{ kind: "order_rejected", node_id: NODES.storeA, resolved_at: null }]);
    }));

  test("takes what was missing off the count", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId } = await placePickup(tx, { cart: { BREAD: 5, MILK: 2 } });
      await picker(tx, reject(fulfilmentId, [{ sku_id: "BREAD", units: 3 }]));
      expect(await level(tx, "BREAD")).toEqual({ on_hand: 47, reserved: 0 });
      expect(await level(tx, "MILK")).toEqual({ on_hand: 50, reserved: 0 });
      const moves = await tx`select sku_id, units from public.stock_movements where reason = 'not_found'`;
      expect(moves).toEqual([{ sku_id: "BREAD", units: -3 }]);
    }));

  test("never takes the count below what others hold", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId } = await placePickup(tx, { cart: { ICE: 5 } });
      await placePickup(tx, { cart: { ICE: 43 } });
      await picker(tx, reject(fulfilmentId, [{ sku_id: "ICE", units: 5 }]));
      expect(await level(tx, "ICE")).toEqual({ on_hand: 45, reserved: 43 });
      const again = await placePickup(tx, { cart: { ICE: 2 } });
      await placePickup(tx, { cart: { BREAD: 1 } });
      // Now every unit is held by somebody: of the two that this order misses, both are its own.
      await picker(tx, reject(again.fulfilmentId, [{ sku_id: "ICE", units: 2 }]));
      expect(await level(tx, "ICE")).toEqual({ on_hand: 43, reserved: 43 });
    }));

  test("for units that are not of the order, a reason that is none, or a SKU named twice is refused as KPARG", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId } = await placePickup(tx, { cart: { BREAD: 2 } });
      const two = { sku_id: "BREAD", units: 2 };
      for (const missing of [
        [{ sku_id: "BREAD", units: 3 }],
        [{ sku_id: "BREAD", units: 0 }],
        [{ sku_id: "BREAD" }],
        [{ sku_id: "MILK", units: 1 }],
        [{ units: 1 }],
        [two, two],
      ])
        await expectRefusal(tx, "KPARG", (s) => picker(s, reject(fulfilmentId, missing)));
      for (const reason of ["boredom", null])
        await expectRefusal(tx, "KPARG", (s) => picker(s, reject(fulfilmentId, [], reason)));
    }));

  test("what has left the node is refused as KPSTA", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId } = await placePickup(tx);
      await picker(tx, ready(fulfilmentId));
      await picker(tx, handOver(fulfilmentId));
      await expectRefusal(tx, "KPSTA", (s) => picker(s, reject(fulfilmentId)));
    }));

  test("does not take the order from a shopper who confirms again", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId, holdId, orderId, token } = await placePickup(tx);
      await picker(tx, reject(fulfilmentId));
      expect(await confirmHold(tx, holdId, orderId)).toMatchObject({ orderId, token });
    }));
});

describe("an order without a node", () => {
  async function unplaced(tx: Transaction) {
    const order = await placePickup(tx, { cart: { BREAD: 2, MILK: 1 } });
    await picker(tx, reject(order.fulfilmentId));
    return order;
  }
  const replace = (fulfilmentId: string, holdId: string, request: HoldRequest) => (tx: Transaction) =>
    replaceFulfilment(tx, fulfilmentId, holdId, request);
  const elsewhere = (tx: Transaction) =>
    pickupRequest(tx, { nodeId: NODES.storeB, cart: { BREAD: 2, MILK: 1 }, hour: 14 });

  test("gets another one, once, and its exception ends; the promise stays the first", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId, orderId } = await unplaced(tx);
      const [holdId, request] = [randomUUID(), await elsewhere(tx)];
      await expectOneEffect(tx, replace(fulfilmentId, holdId, request));
      const [after] = await tx`select o.state, o.promise_starts_at, h.state as hold, f.node_id, e.resolution
        from public.orders o join public.fulfilments f on f.order_id = o.id and f.state = 'to_pick' join public.holds h on h.id = f.hold_id
        join public.exceptions e on e.order_id = o.id where o.id = ${orderId}`;
      expect(after).toEqual({
        ...{ state: "confirmed", hold: "confirmed", node_id: NODES.storeB, resolution: "automatic" },
        promise_starts_at: new Date(instant(10)),
      });
    }));

  test("that has a node already, or a finished one, is refused as KPSTA; one that does not exist as KPNTF", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId } = await unplaced(tx);
      const request = await elsewhere(tx);
      await replace(fulfilmentId, randomUUID(), request)(tx);
      await expectRefusal(tx, "KPSTA", replace(fulfilmentId, randomUUID(), await elsewhere(tx)));
      await expectRefusal(tx, "KPNTF", replace(randomUUID(), randomUUID(), await elsewhere(tx)));
    }));

  test("is not placed by a hold that is over", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId } = await unplaced(tx);
      const [holdId, request] = [randomUUID(), await elsewhere(tx)];
      await placeHold(tx, holdId, request);
      await tx`select app.release_hold(${holdId})`;
      await expectRefusal(tx, "KPSTA", replace(fulfilmentId, holdId, request));
    }));

  test("is not placed by a hold for other goods or another service", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId } = await unplaced(tx);
      for (const request of [
        await pickupRequest(tx, { nodeId: NODES.storeB, cart: { BREAD: 2 } }),
        await pickupRequest(tx, { nodeId: NODES.storeB, cart: { BREAD: 2, MILK: 1, ICE: 1 } }),
        await pickupRequest(tx, { nodeId: NODES.storeB, cart: { BREAD: 2, MILK: 2 } }),
        parcelRequest({ cart: { BREAD: 2, MILK: 1 } }),
      ])
        await expectRefusal(tx, "KPBUG", replace(fulfilmentId, randomUUID(), request));
    }));

  test("is refused what its new node lacks, and waits on", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId } = await unplaced(tx);
      await tx`update public.inventory_levels set safety = on_hand where node_id = ${NODES.storeB}`;
      await expectRefusal(tx, "KPSTK", replace(fulfilmentId, randomUUID(), await elsewhere(tx)));
    }));

  test("keeps its exception open, whoever wants to close it", () =>
    rolledBack(db.sql, async (tx) => {
      const { fulfilmentId, orderId } = await unplaced(tx);
      const [e] = await tx`select id from public.exceptions where order_id = ${orderId}`;
      const resolve = (s: Transaction) => s`select app.resolve_exception(${e!.id})`;
      await expectRefusal(tx, "KPSTA", (s) => actingAs(s, network.staff.ops, resolve));
      await replace(fulfilmentId, randomUUID(), await elsewhere(tx))(tx);
      const [before] = await tx`select * from public.exceptions where id = ${e!.id}`;
      await actingAs(tx, network.staff.ops, resolve);
      expect((await tx`select * from public.exceptions where id = ${e!.id}`)[0]).toEqual(before);
    }));
});

describe("an exception", () => {
  const late = (tx: Transaction, lateSec: number) =>
    tx`select app.record_forecast(${network.shifts[VANS.a1]!}, '[]', ${lateSec})`;
  const list = (tx: Transaction) =>
    tx`select id, kind, resolution, resolved_by from public.exceptions order by opened_at`;

  test("is open once for its subject, however often it is found", () =>
    rolledBack(db.sql, async (tx) => {
      await late(tx, 600);
      await late(tx, 900);
      expect(await list(tx)).toMatchObject([{ kind: "van_late", resolution: null }]);
      const events = await tx`select kind from public.events where kind like 'exception%'`;
      expect(events).toHaveLength(1);
    }));

  test("passes when its cause does, and may come again", () =>
    rolledBack(db.sql, async (tx) => {
      await late(tx, 600);
      await late(tx, 0);
      await late(tx, 0);
      await late(tx, 600);
      expect(await list(tx)).toMatchObject([{ resolution: "passed" }, { resolution: null }]);
    }));

  test("is closed by ops, once, who is named; by others it cannot be seen", () =>
    rolledBack(db.sql, async (tx) => {
      await late(tx, 600);
      const [{ id }] = (await list(tx)) as unknown as [{ id: string }];
      const resolve = (s: Transaction) => s`select app.resolve_exception(${id})`;
      for (const user of [network.staff.storeA, network.staff.driverA, randomUUID()])
        await expectRefusal(tx, "KPNTF", (s) => actingAs(s, user, resolve));
      await expectOneEffect(tx, (s) => actingAs(s, network.staff.ops, resolve));
      expect(await list(tx)).toMatchObject([{ resolution: "by_hand", resolved_by: network.staff.ops }]);
      await expectRefusal(tx, "KPNTF", (s) =>
        actingAs(s, network.staff.ops, (r) => r`select app.resolve_exception(${randomUUID()})`),
      );
    }));
});

test("every act is recorded with who did it", () =>
  rolledBack(db.sql, async (tx) => {
    const { fulfilmentId, orderId } = await placePickup(tx);
    await picker(tx, ready(fulfilmentId));
    const events = await tx`select kind, actor from public.events where order_id = ${orderId} order by id`;
    expect(events).toEqual([
      { kind: "order_confirmed", actor: null },
      { kind: "order_ready", actor: network.staff.storeA },
    ]);
  }));
