import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  confirmHold,
  insertLane,
  insertNetwork,
  instant,
  type Network,
  NODES,
  type ParkOptions,
  parkOrder,
  pickupRequest,
  placeDelivery,
  placeHold,
  placePickup,
  placeTwoVans,
  repromiseOrder,
  setClock,
  transferRequest,
} from "./network-fixture.ts";
import { actingAs, digestTables, expectRefusal, rolledBack } from "./rolled-back.ts";

let db: TestDatabase;
let network: Network;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
});
afterAll(() => db.drop());

const ops = <T>(tx: Transaction, work: (s: Transaction) => Promise<T>) => actingAs(tx, network.staff.ops, work);
const park = (orderId: string, options?: ParkOptions) => (tx: Transaction) =>
  ops(tx, (s) => parkOrder(s, orderId, options));
const unpark = (orderId: string) => (tx: Transaction) => ops(tx, (s) => s`select app.unpark_order(${orderId})`);
const call = (name: "mark_ready" | "hand_over", fulfilmentId: string) => (tx: Transaction) =>
  ops(tx, (s) =>
    name === "mark_ready" ? s`select app.mark_ready(${fulfilmentId})` : s`select app.hand_over(${fulfilmentId})`,
  );

describe("a parked order", () => {
  test("is neither picked nor handed over until it is released, and keeps what it claims", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId, fulfilmentId } = await placePickup(tx);
      await park(orderId)(tx);
      await expectRefusal(tx, "KPPRK", call("mark_ready", fulfilmentId));
      const [level] =
        await tx`select reserved from public.inventory_levels where node_id = ${NODES.storeA} and sku_id = 'BREAD'`;
      expect(level).toEqual({ reserved: 2 });
      await unpark(orderId)(tx);
      await call("mark_ready", fulfilmentId)(tx);
      await park(orderId)(tx);
      await expectRefusal(tx, "KPPRK", call("hand_over", fulfilmentId));
      await unpark(orderId)(tx);
      await call("hand_over", fulfilmentId)(tx);
      await expectRefusal(tx, "KPSTA", park(orderId));
    }));

  test("that a lane has brought stays behind the counter", () =>
    rolledBack(db.sql, async (tx) => {
      await insertLane(tx);
      const holdId = randomUUID();
      await placeHold(tx, holdId, await transferRequest(tx, { day: 1 }));
      const { orderId } = await confirmHold(tx, holdId);
      const [part] = await tx<{ id: string }[]>`select id from public.fulfilments where hold_id = ${holdId}`;
      for (const step of ["mark_ready", "hand_over", "receive_transfer"])
        await ops(tx, (s) => s.unsafe(`select app.${step}('${part!.id}')`));
      const collect = (s: Transaction) => ops(s, (a) => a`select app.collect_transfer(${part!.id})`);
      await park(orderId)(tx);
      await expectRefusal(tx, "KPPRK", collect);
      await unpark(orderId)(tx);
      await collect(tx);
    }));

  test("is parked and released once, however often either is asked for, and its nodes hear of both", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId } = await placeTwoVans(tx, network, { hour: 12 });
      const parkingId = randomUUID();
      await park(orderId, { parkingId })(tx);
      const before = await digestTables(tx);
      await park(orderId, { parkingId })(tx);
      expect(await digestTables(tx)).toEqual(before);
      await expectRefusal(tx, "KPSTA", park(orderId));
      await unpark(orderId)(tx);
      const released = await digestTables(tx);
      await unpark(orderId)(tx);
      expect(await digestTables(tx)).toEqual(released);
      const events =
        await tx`select kind, node_id as node from public.events where kind like 'order_%parked' order by kind, node_id`;
      expect(events).toEqual([
        { kind: "order_parked", node: NODES.storeA },
        { kind: "order_parked", node: NODES.storeB },
        { kind: "order_unparked", node: NODES.storeA },
        { kind: "order_unparked", node: NODES.storeB },
      ]);
    }));

  test("needs a reason, words where none says it, and a date to come", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId } = await placePickup(tx);
      await expectRefusal(tx, "KPARG", park(orderId, { reason: "tired" }));
      await expectRefusal(tx, "KPARG", park(orderId, { reason: "other" }));
      await expectRefusal(tx, "KPARG", park(orderId, { releaseBy: instant(5) }));
      await park(orderId, { reason: "other", note: "The shopper is abroad." })(tx);
    }));

  test("is operations' to park and to release, and no other's", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId } = await placePickup(tx);
      await expectRefusal(tx, "KPNTF", (s) => actingAs(s, network.staff.storeA, (a) => parkOrder(a, orderId)));
      await expectRefusal(tx, "KPNTF", (s) =>
        actingAs(s, network.staff.storeA, (a) => a`select app.unpark_order(${orderId})`),
      );
      await expectRefusal(tx, "KPNTF", park(randomUUID()));
      const other = await placePickup(tx);
      const parkingId = randomUUID();
      await park(orderId, { parkingId })(tx);
      await expectRefusal(tx, "KPDUP", park(other.orderId, { parkingId }));
    }));

  test("is not moved by its shopper, and stays parked when operations move it", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId } = await placePickup(tx);
      await park(orderId)(tx);
      const asked = await pickupRequest(tx, { hour: 12, day: 1 });
      await expectRefusal(tx, "KPPRK", (s) => repromiseOrder(s, orderId, randomUUID(), asked));
      await repromiseOrder(tx, orderId, randomUUID(), asked, { actor: "system", reason: "address_unclear" });
      const [part] = await tx`select id from public.fulfilments where state = 'to_pick'`;
      await expectRefusal(tx, "KPPRK", call("mark_ready", part!.id));
    }));
});

describe("an exception opens", () => {
  const warnings = async (tx: Transaction) => (await tx<[{ n: number }]>`select app.warn_parked() as n`)[0].n;
  const open = async (tx: Transaction) =>
    (await tx`select kind from public.exceptions where resolved_at is null`).map(({ kind }) => kind);

  test("at the date by which it was to be released, once, and ends as it is", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId } = await placePickup(tx, { day: 1 });
      await park(orderId, { releaseBy: instant(7) })(tx);
      expect(await warnings(tx)).toBe(0);
      await setClock(tx, instant(7));
      expect([await warnings(tx), await warnings(tx)]).toEqual([1, 0]);
      expect(await open(tx)).toEqual(["order_parked"]);
      const [exception] = await tx`select id from public.exceptions`;
      await expectRefusal(tx, "KPSTA", (s) => ops(s, (a) => a`select app.resolve_exception(${exception!.id})`));
      await unpark(orderId)(tx);
      expect(await open(tx)).toEqual([]);
      expect(await warnings(tx)).toBe(0);
    }));

  test("half an hour before it must begin to be picked, whatever date was given", () =>
    rolledBack(db.sql, async (tx) => {
      // Picked by a quarter to ten, in a hundred seconds.
      const { orderId } = await placeDelivery(tx, network);
      await park(orderId, { releaseBy: instant(12) })(tx);
      await setClock(tx, instant(9.75 - 0.5 - 101 / 3600));
      expect(await warnings(tx)).toBe(0);
      await setClock(tx, instant(9.75 - 0.5 - 100 / 3600));
      expect(await warnings(tx)).toBe(1);
    }));

  test("no more for now when it was moved to a later window", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId } = await placePickup(tx);
      await park(orderId, { releaseBy: instant(20) })(tx);
      await setClock(tx, instant(9.3));
      expect(await warnings(tx)).toBe(1);
      const asked = await pickupRequest(tx, { hour: 12, day: 1 });
      await repromiseOrder(tx, orderId, randomUUID(), asked, { actor: "system", reason: "address_unclear" });
      expect([await open(tx), await warnings(tx)]).toEqual([[], 0]);
    }));
});
