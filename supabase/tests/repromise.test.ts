import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  type Cart,
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
  placeTwoVans,
  repromiseOrder,
  shiftOf,
  twoVanParts,
  VANS,
  withoutStops,
} from "./network-fixture.ts";
import { actingAs, digestTables, expectRefusal, rolledBack } from "./rolled-back.ts";

let db: TestDatabase;
let network: Network;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
});
afterAll(() => db.drop());

const idOf = (part: HoldRequest) => part.route!.stops.at(-1)!.id;
const windowOf = async (tx: Transaction, orderId: string) =>
  (
    await tx`
      select promise_starts_at as promised, agreed_starts_at as agreed, agreed_price_cents as cents, repromises, state
      from public.orders where id = ${orderId}`
  )[0];
const partsOfOrder = async (tx: Transaction, orderId: string) =>
  tx`select f.state, f.node_id as node, h.state as hold, f.replaced_by is not null as replaced
     from public.fulfilments f join public.holds h on h.id = f.hold_id where f.order_id = ${orderId} order by f.created_at, f.node_id`;
const onShelf = async (tx: Transaction, skuId: string) =>
  (await tx`select reserved from public.inventory_levels where node_id = ${NODES.storeA} and sku_id = ${skuId}`)[0]!
    .reserved;

describe("an order that its shopper moves", () => {
  test("has the new window agreed and keeps the first as the promise, with what was, what is, who and why", () =>
    rolledBack(db.sql, async (tx) => {
      const order = await placePickup(tx, { hour: 10, cart: { BREAD: 2 } });
      const holdId = randomUUID();
      const asked = { ...(await pickupRequest(tx, { hour: 14, day: 1, cart: { BREAD: 2 } })), price_cents: 50 };
      expect(await repromiseOrder(tx, order.orderId, holdId, asked)).toBe(1);
      expect(await windowOf(tx, order.orderId)).toEqual({
        promised: new Date(instant(10)),
        agreed: new Date(instant(14, 1)),
        cents: 50,
        repromises: 1,
        state: "confirmed",
      });
      expect(await partsOfOrder(tx, order.orderId)).toEqual([
        { state: "repromised", node: NODES.storeA, hold: "released", replaced: true },
        { state: "to_pick", node: NODES.storeA, hold: "confirmed", replaced: false },
      ]);
      expect(await onShelf(tx, "BREAD")).toBe(2);
      const [record] = await tx`select * from public.repromises`;
      expect(record).toMatchObject({
        number: 1,
        hold_id: holdId,
        actor: "shopper",
        actor_id: null,
        reason: "shopper_asked",
        old_starts_at: new Date(instant(10)),
        starts_at: new Date(instant(14, 1)),
        old_price_cents: 0,
        price_cents: 50,
      });
      const events =
        await tx`select kind, node_id as node from public.events where order_id = ${order.orderId} order by id`;
      expect(events.slice(1)).toEqual([
        { kind: "part_given_back", node: NODES.storeA },
        { kind: "order_repromised", node: null },
        { kind: "order_replaced", node: NODES.storeA },
      ]);
    }));

  test("is moved once by the same request, however often it is sent", () =>
    rolledBack(db.sql, async (tx) => {
      const order = await placePickup(tx);
      const [holdId, asked] = [randomUUID(), await pickupRequest(tx, { hour: 12 })];
      expect(await repromiseOrder(tx, order.orderId, holdId, asked)).toBe(1);
      const before = await digestTables(tx);
      expect(await repromiseOrder(tx, order.orderId, holdId, asked)).toBe(1);
      expect(await digestTables(tx)).toEqual(before);
      expect(
        await repromiseOrder(tx, order.orderId, randomUUID(), await pickupRequest(tx, { hour: 14 }), { after: 1 }),
      ).toBe(2);
    }));

  test("may have what only its own parts had, and is left as it was where more cannot be had", () =>
    rolledBack(db.sql, async (tx) => {
      await tx`update public.inventory_levels set safety = 48 where node_id = ${NODES.storeA} and sku_id = 'ICE'`;
      const order = await placePickup(tx, { cart: { ICE: 2 } });
      await tx`update public.pickup_windows set limit_orders = claimed_orders where starts_at = ${instant(14)}`;
      const full = await pickupRequest(tx, { cart: { ICE: 2 }, hour: 14 });
      await expectRefusal(tx, "KPWIN", (s) => repromiseOrder(s, order.orderId, randomUUID(), full));
      await repromiseOrder(tx, order.orderId, randomUUID(), await pickupRequest(tx, { cart: { ICE: 2 }, hour: 12 }));
      expect(await onShelf(tx, "ICE")).toBe(2);
    }));

  test("leaves its place in a route to others and may take another one in the same van", () =>
    rolledBack(db.sql, async (tx) => {
      const neighbour = await placeDelivery(tx, network, { hour: 10 });
      const order = await placeDelivery(tx, network, { hour: 12 });
      const asked = withoutStops(await deliveryRequest(tx, network, { hour: 14 }), [order.holdId]);
      await expectRefusal(tx, "KPPLN", (s) =>
        repromiseOrder(s, order.orderId, idOf(asked), { ...asked, plan_version: asked.plan_version - 1 }),
      );
      await repromiseOrder(tx, order.orderId, idOf(asked), asked);
      const stops =
        await tx`select hold_id from public.stops where shift_id = ${network.shifts[VANS.a1]!} order by position`;
      expect(stops.map(({ hold_id }) => hold_id)).toEqual([neighbour.holdId, idOf(asked)]);
    }));

  test("is moved whole when it comes from two nodes, also when both stops leave one van", () =>
    rolledBack(db.sql, async (tx) => {
      const carts = [{ BREAD: 2 }, { BREAD: 1 }] as const;
      const order = await placeTwoVans(tx, network, { hour: 12, carts });
      // The second part is rejected and goes to the van that brings the first.
      await actingAs(
        tx,
        network.staff.ops,
        (s) => s`select app.reject_fulfilment(${order.parts[1].fulfilmentId}, 'damaged')`,
      );
      const again = await deliveryRequest(tx, network, { hour: 12, cart: { BREAD: 1 } });
      await tx`select app.replace_fulfilment(${order.parts[1].fulfilmentId}, ${idOf(again)},
        ${tx.json([{ ...again, hold_id: idOf(again) }] as never)})`;
      const leaving = [order.parts[0].holdId, idOf(again)];
      const asked = withoutStops(await deliveryRequest(tx, network, { hour: 16, cart: { BREAD: 3 } }), leaving);
      await repromiseOrder(tx, order.orderId, idOf(asked), asked);
      const stops = await tx`select hold_id from public.stops`;
      expect(stops.map(({ hold_id }) => hold_id)).toEqual([idOf(asked)]);

      const [a, b] = await twoVanParts(tx, network, { hour: 14, day: 1, carts });
      await repromiseOrder(tx, order.orderId, idOf(a), [a, b], { after: 1 });
      expect(await windowOf(tx, order.orderId)).toMatchObject({ agreed: new Date(instant(14, 1)), state: "confirmed" });
    }));

  test("may be a parcel that its carrier has not fetched", () =>
    rolledBack(db.sql, async (tx) => {
      const [first, later] = [randomUUID(), randomUUID()];
      await placeHold(tx, first, parcelRequest());
      const { orderId } = await confirmHold(tx, first);
      await repromiseOrder(tx, orderId, later, parcelRequest({ day: 2 }));
      const days =
        await tx`select claimed_parcels as parcels from public.carrier_days where node_id = ${NODES.dc} order by day limit 3`;
      expect(days.map(({ parcels }) => parcels)).toEqual([0, 0, 1]);
    }));

  test("takes a part that waits for a node along, and its exception ends", () =>
    rolledBack(db.sql, async (tx) => {
      const order = await placePickup(tx);
      await actingAs(
        tx,
        network.staff.storeA,
        (s) => s`select app.reject_fulfilment(${order.fulfilmentId}, 'damaged')`,
      );
      expect(await windowOf(tx, order.orderId)).toMatchObject({ state: "unplaced" });
      await repromiseOrder(
        tx,
        order.orderId,
        randomUUID(),
        await pickupRequest(tx, { nodeId: NODES.storeB, hour: 12 }),
      );
      expect(await windowOf(tx, order.orderId)).toMatchObject({ state: "confirmed" });
      expect(await tx`select resolution from public.exceptions`).toEqual([{ resolution: "automatic" }]);
    }));

  test("may have lost its van", () =>
    rolledBack(db.sql, async (tx) => {
      const order = await placeDelivery(tx, network);
      await actingAs(tx, network.staff.ops, (s) => s`select app.cancel_shift(${network.shifts[VANS.a1]!})`);
      const asked = await deliveryRequest(tx, network, { shiftId: await shiftOf(tx, VANS.a1, 1), day: 1 });
      await repromiseOrder(tx, order.orderId, idOf(asked), asked);
      expect(await tx`select resolution from public.exceptions`).toEqual([{ resolution: "passed" }]);
    }));

  test("stays when a node has picked a part of it, when it was moved meanwhile, and when it is none", () =>
    rolledBack(db.sql, async (tx) => {
      const asked = await pickupRequest(tx, { hour: 12 });
      await expectRefusal(tx, "KPNTF", (s) => repromiseOrder(s, randomUUID(), randomUUID(), asked));
      const picked = await placePickup(tx);
      await actingAs(tx, network.staff.storeA, (s) => s`select app.mark_ready(${picked.fulfilmentId})`);
      await expectRefusal(tx, "KPSTA", (s) => repromiseOrder(s, picked.orderId, randomUUID(), asked));
      const moved = await placePickup(tx);
      await repromiseOrder(tx, moved.orderId, randomUUID(), asked);
      await expectRefusal(tx, "KPSTA", (s) => repromiseOrder(s, moved.orderId, randomUUID(), asked));
      const held = randomUUID();
      await placeHold(tx, held, asked);
      await expectRefusal(tx, "KPDUP", (s) => repromiseOrder(s, moved.orderId, held, asked, { after: 1 }));
    }));

  test("is for the goods that were bought, at their price", () =>
    rolledBack(db.sql, async (tx) => {
      const order = await placePickup(tx, { cart: { BREAD: 2 } });
      for (const cart of [{ BREAD: 1 }, { MILK: 2 }, { BREAD: 2, MILK: 1 }] as Cart[])
        await expectRefusal(tx, "KPBUG", async (s) =>
          repromiseOrder(s, order.orderId, randomUUID(), await pickupRequest(s, { hour: 12, cart })),
        );
      const asked = await pickupRequest(tx, { hour: 12, cart: { BREAD: 2 } });
      const dearer = { ...asked, lines: asked.lines.map((line) => ({ ...line, price_cents: line.price_cents + 1 })) };
      await expectRefusal(tx, "KPBUG", (s) => repromiseOrder(s, order.orderId, randomUUID(), dearer));
    }));

  test("goes by the cut-off of its new window", () =>
    rolledBack(db.sql, async (tx) => {
      const order = await placePickup(tx);
      const asked = await pickupRequest(tx, { hour: 14 });
      await tx`update public.pickup_windows set order_by_at = app.now() where id = ${asked.pickup_window_id!}`;
      await expectRefusal(tx, "KPWIN", (s) => repromiseOrder(s, order.orderId, randomUUID(), asked));
    }));
});

describe("an order that operations move", () => {
  const byOps = (tx: Transaction, work: () => Promise<unknown>) =>
    (async () => {
      await tx`select set_config('request.jwt.claims', ${JSON.stringify({ sub: network.staff.ops })}, true)`;
      try {
        return await work();
      } finally {
        await tx`select set_config('request.jwt.claims', '', true)`;
      }
    })();

  test("says who and why, and costs its shopper no more than before", () =>
    rolledBack(db.sql, async (tx) => {
      const order = await placePickup(tx);
      const asked = await pickupRequest(tx, { hour: 12 });
      const because = { actor: "ops", reason: "no_capacity" } as const;
      await expectRefusal(tx, "KPARG", (s) =>
        byOps(s, () => repromiseOrder(s, order.orderId, randomUUID(), { ...asked, price_cents: 1 }, because)),
      );
      await byOps(tx, () => repromiseOrder(tx, order.orderId, randomUUID(), asked, because));
      expect((await tx`select actor, actor_id, reason from public.repromises`)[0]).toEqual({
        actor: "ops",
        actor_id: network.staff.ops,
        reason: "no_capacity",
      });
    }));

  test("is moved by nobody else in their name, nor without a reason", () =>
    rolledBack(db.sql, async (tx) => {
      const order = await placePickup(tx);
      const asked = await pickupRequest(tx, { hour: 12 });
      const move = (because: Parameters<typeof repromiseOrder>[4]) => (s: Transaction) =>
        repromiseOrder(s, order.orderId, randomUUID(), asked, because);
      await expectRefusal(tx, "KPNTF", move({ actor: "ops", reason: "no_capacity" }));
      await expectRefusal(tx, "KPARG", move({ actor: "shopper", reason: "no_capacity" }));
      await expectRefusal(tx, "KPARG", move({ actor: "system", reason: "tired" }));
      await expectRefusal(tx, "KPARG", move({ actor: "system", reason: "other" }));
      await move({ actor: "system", reason: "other", note: "The street is flooded." })(tx);
    }));
});

test("the record of what was promised anew cannot be changed", () =>
  rolledBack(db.sql, async (tx) => {
    const order = await placePickup(tx);
    await repromiseOrder(tx, order.orderId, randomUUID(), await pickupRequest(tx, { hour: 12 }));
    await expectRefusal(tx, "KPAPP", (s) => s`update public.repromises set reason = 'no_van'`);
    await expectRefusal(tx, "KPAPP", (s) => s`delete from public.repromises`);
    await expectRefusal(tx, "KPAPP", (s) => s`update public.orders set promise_starts_at = agreed_starts_at`);
  }));
