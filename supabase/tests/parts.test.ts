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
  placeHold,
  placeTwoVans,
  replaceFulfilment,
  setClock,
  twoVanParts,
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

const ops = (tx: Transaction, work: (s: Transaction) => Promise<unknown>) => actingAs(tx, network.staff.ops, work);
const idOf = (part: HoldRequest) => part.hold_id ?? part.route!.stops.at(-1)!.id;
const statesOf = async (tx: Transaction) =>
  (await tx<{ state: string }[]>`select state from public.holds order by node_id`).map(({ state }) => state);
const orderState = async (tx: Transaction, orderId: string) =>
  (await tx<{ state: string }[]>`select state from public.orders where id = ${orderId}`)[0]?.state;

/** A van from STORE-A and a parcel from DC-1 that comes the day after. */
async function vanAndParcel(tx: Transaction): Promise<readonly [HoldRequest, HoldRequest]> {
  const van = await deliveryRequest(tx, network, { cart: { MILK: 2 } });
  return [van, { ...parcelRequest({ cart: { WATER: 1 } }), hold_id: randomUUID() }];
}

const CARTS: Record<string, (tx: Transaction) => Promise<readonly [HoldRequest, HoldRequest]>> = {
  "two vans": (tx) => twoVanParts(tx, network),
  "a van and a parcel": vanAndParcel,
};

describe.each(Object.keys(CARTS))("a cart that comes by %s", (name) => {
  const partsOf = (tx: Transaction) => CARTS[name]!(tx);

  test("is held at both nodes, and given back at both, however often either is asked", () =>
    rolledBack(db.sql, async (tx) => {
      const parts = await partsOf(tx);
      const holdId = idOf(parts[0]);
      const placed = await placeHold(tx, holdId, parts);
      const before = await digestTables(tx);
      expect((await placeHold(tx, holdId, parts)).expires_at).toEqual(placed.expires_at);
      expect(await digestTables(tx)).toEqual(before);
      expect(await statesOf(tx)).toEqual(["held", "held"]);
      for (const _ of [1, 2])
        expect(await tx`select app.release_hold(${holdId}) as state`).toEqual([{ state: "released" }]);
      expect(await statesOf(tx)).toEqual(["released", "released"]);
      const [left] = await tx`select sum(units)::int as units from public.claims`;
      expect(left).toEqual({ units: 0 });
    }));

  test("expires whole and is counted as one", () =>
    rolledBack(db.sql, async (tx) => {
      const parts = await partsOf(tx);
      await placeHold(tx, idOf(parts[0]), parts);
      await setClock(tx, instant(6.25));
      expect(await tx`select app.expire_holds() as holds`).toEqual([{ holds: 1 }]);
      expect(await statesOf(tx)).toEqual(["expired", "expired"]);
      await expectRefusal(tx, "KPEXP", (s) => confirmHold(s, idOf(parts[0])));
    }));

  test("is held at neither when one of them lacks something", () =>
    rolledBack(db.sql, async (tx) => {
      const parts = await partsOf(tx);
      const short = parts[1].lines[0]!.sku_id;
      await tx`update public.inventory_levels set safety = on_hand where node_id = ${parts[1].node_id} and sku_id = ${short}`;
      const refusal = await expectRefusal(tx, "KPSTK", (s) => placeHold(s, idOf(parts[0]), parts));
      expect(refusal.detail).toBe(short);
    }));

  test("becomes one order with a fulfilment at each node, the sum of its lines and its prices", () =>
    rolledBack(db.sql, async (tx) => {
      const parts = await partsOf(tx);
      const first = await confirmAs(tx, parts);
      const [order] = await tx`
        select price_cents, goods_cents, promise_starts_at, promise_ends_at,
          (select jsonb_object_agg(sku_id, units) from public.order_lines l where l.order_id = o.id) as lines,
          (select array_agg(node_id::text order by node_id) from public.fulfilments f where f.order_id = o.id) as nodes
        from public.orders o`;
      const lines = parts.flatMap((part) => part.lines);
      expect(order).toEqual({
        price_cents: parts[0].price_cents + parts[1].price_cents,
        goods_cents: lines.reduce((sum, line) => sum + line.units * line.price_cents, 0),
        promise_starts_at: new Date(instant(10)),
        promise_ends_at: new Date(parts[1].window_ends_at),
        lines: Object.fromEntries(lines.map((line) => [line.sku_id, line.units])),
        nodes: parts.map((part) => part.node_id).sort(),
      });
      expect(await confirmHold(tx, idOf(parts[0]), first.orderId)).toEqual(first);
      await expectRefusal(tx, "KPSTA", (s) => s`select app.release_hold(${idOf(parts[0])})`);
    }));

  test("is called by its lead: another part's id is no hold", () =>
    rolledBack(db.sql, async (tx) => {
      const parts = await partsOf(tx);
      await placeHold(tx, idOf(parts[0]), parts);
      const other = parts[1].hold_id ?? idOf(parts[1]);
      await expectRefusal(tx, "KPNTF", (s) => confirmHold(s, other));
      await expectRefusal(tx, "KPNTF", (s) => s`select app.release_hold(${other})`);
    }));
});

async function confirmAs(tx: Transaction, parts: readonly HoldRequest[]) {
  await placeHold(tx, idOf(parts[0]!), parts);
  return confirmHold(tx, idOf(parts[0]!));
}

test("parts that make no sense together are refused as KPBUG", () =>
  rolledBack(db.sql, async (tx) => {
    const [van, other] = await twoVanParts(tx, network);
    const refuse = (parts: readonly HoldRequest[]) => expectRefusal(tx, "KPBUG", (s) => placeHold(s, idOf(van), parts));
    await refuse([]);
    await refuse([van, { ...parcelRequest({ nodeId: NODES.storeA }), hold_id: randomUUID() }]);
    await refuse([van, { ...other, lat: other.lat + 0.001 }]);
    await refuse([van, { ...other, window_ends_at: instant(11) }]);
    await refuse([van, { ...other, lines: [{ ...van.lines[0]!, price_cents: 1 }] }]);
    await refuse([van, { ...(await pickupRequest(tx, { nodeId: NODES.storeB })), hold_id: randomUUID() }]);
    await refuse([van, { ...other, hold_id: idOf(van) }]);
  }));

test("the id of a part that was used before is refused as KPDUP", () =>
  rolledBack(db.sql, async (tx) => {
    const used = randomUUID();
    await placeHold(tx, used, await pickupRequest(tx));
    const [van, parcel] = await vanAndParcel(tx);
    await expectRefusal(tx, "KPDUP", (s) => placeHold(s, idOf(van), [van, { ...parcel, hold_id: used }]));
  }));

describe("an order from two nodes", () => {
  test("is as far as its slowest part, and over when both are", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId, parts } = await placeTwoVans(tx, network);
      const [a, b] = parts;
      const step = async (work: (s: Transaction) => Promise<unknown>) => {
        await ops(tx, work);
        return orderState(tx, orderId);
      };
      expect(await step((s) => s`select app.mark_ready(${a.fulfilmentId})`)).toBe("confirmed");
      expect(await step((s) => s`select app.mark_ready(${b.fulfilmentId})`)).toBe("ready");
      expect(await step((s) => s`select app.hand_over(${a.fulfilmentId}), app.hand_over(${b.fulfilmentId})`)).toBe(
        "ready",
      );
      expect(await step((s) => s`select app.start_shift(${network.shifts[VANS.a1]!})`)).toBe("ready");
      expect(await step((s) => s`select app.start_shift(${network.shifts[VANS.b1]!})`)).toBe("on_the_way");
      expect(await step((s) => s`select app.arrive(${a.holdId})`)).toBe("on_the_way");
      expect(await step((s) => s`select app.finish_stop(${a.holdId}, 'failed', 'nobody_home')`)).toBe("on_the_way");
      expect(await step((s) => s`select app.arrive(${b.holdId})`)).toBe("arrived");
      expect(await step((s) => s`select app.finish_stop(${b.holdId}, 'delivered')`)).toBe("failed");
    }));

  test("waits for a node only with what was rejected, which another node or two take over", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId, parts } = await placeTwoVans(tx, network, {
        hour: 14,
        carts: [{ BREAD: 2 }, { BREAD: 1, MILK: 1 }],
      });
      const [a, b] = parts;
      await ops(tx, (s) => s`select app.mark_ready(${a.fulfilmentId})`);
      await ops(tx, (s) => s`select app.reject_fulfilment(${b.fulfilmentId}, 'damaged')`);
      expect(await orderState(tx, orderId)).toBe("unplaced");
      await ops(tx, (s) => s`select app.hand_over(${a.fulfilmentId})`);
      expect(await orderState(tx, orderId)).toBe("unplaced");

      const whole = await deliveryRequest(tx, network, { hour: 14, cart: { BREAD: 3, MILK: 1 } });
      await expectRefusal(tx, "KPBUG", (s) => replaceFulfilment(s, b.fulfilmentId, idOf(whole), whole));
      const late = { hour: 16, carts: [{ BREAD: 1 }, { MILK: 1 }] } as const;
      const both = await twoVanParts(tx, network, late);
      await replaceFulfilment(tx, b.fulfilmentId, idOf(both[0]), both);
      const before = await digestTables(tx);
      await replaceFulfilment(tx, b.fulfilmentId, idOf(both[0]), both);
      expect(await digestTables(tx)).toEqual(before);
      const now =
        await tx`select node_id, state, replaced_by is not null as replaced from public.fulfilments order by node_id, created_at`;
      expect(now).toEqual([
        { node_id: NODES.storeA, state: "handed_over", replaced: false },
        { node_id: NODES.storeA, state: "to_pick", replaced: false },
        { node_id: NODES.storeB, state: "rejected", replaced: true },
        { node_id: NODES.storeB, state: "to_pick", replaced: false },
      ]);
      expect(await orderState(tx, orderId)).toBe("confirmed");
    }));

  test("whose parts are both rejected has an exception for each and waits until both have a node", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId, parts } = await placeTwoVans(tx, network);
      for (const { fulfilmentId } of parts)
        await ops(tx, (s) => s`select app.reject_fulfilment(${fulfilmentId}, 'damaged')`);
      const open = () => tx`select node_id from public.exceptions where resolved_at is null order by node_id`;
      expect(await open()).toEqual([{ node_id: NODES.storeA }, { node_id: NODES.storeB }]);
      const place = async (fulfilmentId: string, van: string, cart: Record<string, number>) => {
        const request = await deliveryRequest(tx, network, { shiftId: network.shifts[van]!, cart });
        await replaceFulfilment(tx, fulfilmentId, idOf(request), request);
      };
      await place(parts[0].fulfilmentId, VANS.b1, { BREAD: 2 });
      expect(await orderState(tx, orderId)).toBe("unplaced");
      expect(await open()).toEqual([{ node_id: NODES.storeB }]);
      await place(parts[1].fulfilmentId, VANS.a1, { MILK: 1 });
      expect(await orderState(tx, orderId)).toBe("confirmed");
      expect(await open()).toEqual([]);
    }));

  test("is told to both nodes when it is confirmed", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId } = await placeTwoVans(tx, network);
      const told =
        await tx`select node_id from public.events where order_id = ${orderId} and kind = 'order_confirmed' order by node_id`;
      expect(told).toEqual([{ node_id: NODES.storeA }, { node_id: NODES.storeB }]);
    }));
});
