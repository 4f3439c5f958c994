import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  type Cart,
  confirmHold,
  from,
  insertLane,
  insertNetwork,
  instant,
  LANE,
  mixedParts,
  type Network,
  NODES,
  parkOrder,
  pickupRequest,
  placeHold,
  setClock,
  swapHold,
  transferRequest,
} from "./network-fixture.ts";
import { actingAs, digestTables, expectRefusal, expectSoundLedger, rolledBack } from "./rolled-back.ts";

let db: TestDatabase;
let network: Network;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
  await insertLane(db.sql, { limit_orders: 2 });
});
afterAll(() => db.drop());

const claimed = async (tx: Transaction) => {
  const [row] = await tx`
    select (select claimed_orders from public.lane_runs where lane_id = ${LANE} and day = '2026-03-02') as run,
      (select claimed_orders from public.pickup_windows where node_id = ${NODES.storeA} and starts_at = ${instant(14)}) as place,
      (select sum(reserved)::int from public.inventory_levels) as units`;
  return row;
};
const NOTHING = { run: 0, place: 0, units: 0 };

describe("a hold of what is brought to the store", () => {
  test("claims goods and picking at its node, a place on the run and one in the store's window, and gives all back", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      await placeHold(tx, holdId, await transferRequest(tx));
      expect(await claimed(tx)).toEqual({ run: 1, place: 1, units: 2 });
      const [hold] =
        await tx`select node_id, pickup_node_id, lane_id, lane_day::text from public.holds where id = ${holdId}`;
      expect(hold).toEqual({ node_id: "DC-1", pickup_node_id: "STORE-A", lane_id: LANE, lane_day: "2026-03-02" });
      await expectSoundLedger(tx);
      await tx`select app.release_hold(${holdId})`;
      expect(await claimed(tx)).toEqual(NOTHING);
      await expectSoundLedger(tx);
    }));

  test("of several parts takes one place in the window, and expires as one", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      await placeHold(tx, holdId, await mixedParts(tx), 1);
      expect(await claimed(tx)).toEqual({ run: 1, place: 1, units: 3 });
      await expectSoundLedger(tx);
      await setClock(tx, instant(7));
      await tx`select app.expire_holds()`;
      expect(await claimed(tx)).toEqual(NOTHING);
    }));

  test("is refused by a run that is full, has been dated too late, or is closed, and leaves nothing", () =>
    rolledBack(db.sql, async (tx) => {
      for (const hour of [14, 16]) await placeHold(tx, randomUUID(), await transferRequest(tx, { hour }));
      await expectRefusal(tx, "KPRUN", async (s) => placeHold(s, randomUUID(), await transferRequest(tx)));
      const tomorrow = await transferRequest(tx, { day: 1 });
      await tx`update public.lanes set handling_min = 91`;
      await expectRefusal(tx, "KPRUN", (s) => placeHold(s, randomUUID(), tomorrow));
      await tx`update public.lanes set handling_min = 90, departs = '09:44'`;
      await expectRefusal(tx, "KPRUN", (s) => placeHold(s, randomUUID(), tomorrow));
      await tx`update public.lanes set departs = '09:45'`;
      await placeHold(tx, randomUUID(), tomorrow);
      await tx`update public.lanes set is_active = false`;
      await expectRefusal(tx, "KPRUN", async (s) =>
        placeHold(s, randomUUID(), await transferRequest(tx, { day: 1, hour: 16 })),
      );
    }));

  test("needs a lane from its node to the window's, and both nodes at work", () =>
    rolledBack(db.sql, async (tx) => {
      const asked = await transferRequest(tx);
      const elsewhere = { ...asked, node_id: NODES.storeB };
      await expectRefusal(tx, "KPBUG", (s) => placeHold(s, randomUUID(), elsewhere));
      const { pickup_window_id } = await pickupRequest(tx, { nodeId: NODES.storeB, hour: 14 });
      await expectRefusal(tx, "KPWIN", (s) =>
        placeHold(s, randomUUID(), { ...asked, pickup_window_id: pickup_window_id! }),
      );
      const own = await pickupRequest(tx, { hour: 14, nodeId: NODES.storeB });
      await expectRefusal(tx, "KPBUG", async (s) => placeHold(s, randomUUID(), [own, asked]));
      await tx`update public.nodes set paused_at = app.now() where id = ${NODES.storeA}`;
      await expectRefusal(tx, "KPWRK", (s) => placeHold(s, randomUUID(), asked));
    }));

  test("changes for one that needs the same last place on the run", () =>
    rolledBack(db.sql, async (tx) => {
      await tx`update public.lane_runs set limit_orders = 1`;
      const [old, next] = [randomUUID(), randomUUID()];
      await placeHold(tx, old, await transferRequest(tx));
      await swapHold(tx, old, next, await transferRequest(tx, { hour: 16 }));
      expect(await claimed(tx)).toEqual({ run: 1, place: 0, units: 2 });
      await expectSoundLedger(tx);
    }));

  test("counts for the share of the window and of the run that checkouts may hold", () =>
    rolledBack(db.sql, async (tx) => {
      await tx`update public.hold_limits set unconfirmed_percent = 50`;
      const ask = async (hour: number, cart?: Cart) =>
        from({ checkout: randomUUID() }, await transferRequest(tx, { hour, ...(cart && { cart }) }));
      await placeHold(tx, randomUUID(), await ask(14));
      // Of two orders on the run half are held.
      await expectRefusal(tx, "KPLIM", async (s) => placeHold(s, randomUUID(), await ask(16)));
      await tx`update public.lane_runs set limit_orders = 100`;
      for (const _ of [2, 3]) await placeHold(tx, randomUUID(), await ask(14));
      // Of six places at the counter half are held, by carts that come from elsewhere.
      const own = from({ checkout: randomUUID() }, await pickupRequest(tx, { hour: 14 }));
      await expectRefusal(tx, "KPLIM", (s) => placeHold(s, randomUUID(), own));
    }));
});

type Work = (tx: Transaction) => Promise<unknown>;
/** By staff of DC-1, who is ops here, or of one of the stores. */
const by = (tx: Transaction, who: "ops" | "storeA" | "storeB", work: Work) => actingAs(tx, network.staff[who], work);

/** An order that is brought to STORE-A, alone or beside goods of its own. */
async function order(tx: Transaction, isMixed = false, lead: "own leads" | "brought leads" = "own leads") {
  const holdId = randomUUID();
  const [atStore, fromAfar] = await mixedParts(tx);
  const requests = !isMixed
    ? await transferRequest(tx)
    : lead === "own leads"
      ? [atStore, fromAfar]
      : [fromAfar, atStore];
  await placeHold(tx, holdId, requests);
  const { orderId } = await confirmHold(tx, holdId);
  const rows = await tx<{ id: string; brought: boolean }[]>`
    select f.id, h.lane_id is not null as brought from public.fulfilments f join public.holds h on h.id = f.hold_id where f.order_id = ${orderId}`;
  const brought = rows.find((row) => row.brought)!.id;
  const own = rows.find((row) => !row.brought)?.id ?? "";
  return { orderId, brought, own };
}

const ready = (id: string) => (tx: Transaction) => tx`select app.mark_ready(${id}) as state`;
const handOver = (id: string) => (tx: Transaction) => tx`select app.hand_over(${id}) as state`;
const receive = (id: string) => (tx: Transaction) => tx`select app.receive_transfer(${id}) as state`;
const collect = (id: string) => (tx: Transaction) => tx`select app.collect_transfer(${id}) as state`;
const reject = (id: string) => (tx: Transaction) => tx`select app.reject_fulfilment(${id}, 'out_of_stock')`;
const stateOf = async (tx: Transaction, orderId: string) =>
  (await tx`select state from public.orders where id = ${orderId}`)[0]!.state;

/** Does `work` twice and expects the second time to change nothing and answer the same. */
async function onceAs(tx: Transaction, who: "ops" | "storeA", work: Work): Promise<void> {
  const first = await by(tx, who, work);
  const before = await digestTables(tx);
  expect(await by(tx, who, work)).toEqual(first);
  expect(await digestTables(tx)).toEqual(before);
}

describe("on its way to the store", () => {
  test("an order is picked, handed to the run, received and collected, and is ready only once it is there", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId, brought } = await order(tx);
      await onceAs(tx, "ops", ready(brought));
      expect(await stateOf(tx, orderId)).toBe("confirmed");
      await onceAs(tx, "ops", handOver(brought));
      expect(await stateOf(tx, orderId)).toBe("confirmed");
      await expectSoundLedger(tx);
      await onceAs(tx, "storeA", receive(brought));
      expect(await stateOf(tx, orderId)).toBe("ready");
      await expectSoundLedger(tx);
      await onceAs(tx, "storeA", collect(brought));
      expect(await stateOf(tx, orderId)).toBe("delivered");
      await expectSoundLedger(tx);
      const events = await tx`select kind, node_id from public.events where order_id = ${orderId} order by id`;
      expect(events.map(({ kind, node_id }) => `${kind} ${node_id}`)).toEqual([
        "order_confirmed DC-1",
        "order_picked DC-1",
        "order_handed_over DC-1",
        "order_received STORE-A",
        "order_delivered STORE-A",
      ]);
      // What left DC-1 was never the store's.
      const [stock] = await tx`
        select (select on_hand from public.inventory_levels where (node_id, sku_id) = ('DC-1', 'BREAD')) as far,
          (select on_hand from public.inventory_levels where (node_id, sku_id) = ('STORE-A', 'BREAD')) as near`;
      expect(stock).toEqual({ far: 498, near: 50 });
    }));

  test("of a mixed order both parts must be there before it is ready", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId, brought, own } = await order(tx, true);
      await by(tx, "storeA", ready(own));
      expect(await stateOf(tx, orderId)).toBe("confirmed");
      await by(tx, "ops", ready(brought));
      await by(tx, "ops", handOver(brought));
      expect(await stateOf(tx, orderId)).toBe("confirmed");
      await by(tx, "storeA", receive(brought));
      expect(await stateOf(tx, orderId)).toBe("ready");
      await by(tx, "storeA", handOver(own));
      expect(await stateOf(tx, orderId)).toBe("ready");
      await by(tx, "storeA", collect(brought));
      expect(await stateOf(tx, orderId)).toBe("delivered");
      await expectSoundLedger(tx);
    }));

  test("each step is taken where the goods are, and in order", () =>
    rolledBack(db.sql, async (tx) => {
      const { brought, own } = await order(tx, true);
      for (const work of [ready(brought), handOver(brought)])
        await expectRefusal(tx, "KPNTF", (s) => by(s as Transaction, "storeA", work));
      for (const work of [receive(brought), collect(brought)]) {
        await expectRefusal(tx, "KPNTF", (s) => by(s as Transaction, "storeB", work));
        await expectRefusal(tx, "KPSTA", (s) => by(s as Transaction, "storeA", work));
      }
      // What the store picks itself is not brought to it.
      await expectRefusal(tx, "KPNTF", (s) => by(s as Transaction, "storeA", receive(own)));
      await by(tx, "ops", ready(brought));
      await by(tx, "ops", handOver(brought));
      await expectRefusal(tx, "KPSTA", (s) => by(s as Transaction, "storeA", collect(brought)));
      await expectRefusal(tx, "KPSTA", (s) => by(s as Transaction, "ops", reject(brought)));
    }));

  test("the store sees what is brought to it, and another store does not", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId } = await order(tx);
      const seen = (who: "storeA" | "storeB") =>
        by(
          tx,
          who,
          (s) => s`select f.id from public.fulfilments f join public.holds h on h.id = f.hold_id
          join public.orders o on o.id = f.order_id join public.hold_lines l on l.hold_id = h.id where o.id = ${orderId}`,
        );
      expect(await seen("storeA")).toHaveLength(1);
      expect(await seen("storeB")).toHaveLength(0);
    }));

  test("a rejected part leaves its place at the counter to the part that is left, whichever of them led", () =>
    rolledBack(db.sql, async (tx) => {
      for (const which of ["own", "brought"] as const) {
        const placed = await order(tx, true, which === "own" ? "own leads" : "brought leads");
        await by(tx, "ops", reject(placed[which]));
        expect(await stateOf(tx, placed.orderId)).toBe("unplaced");
        await expectSoundLedger(tx);
        await by(tx, "ops", reject(placed[which === "own" ? "brought" : "own"]));
        await expectSoundLedger(tx);
      }
      expect(await claimed(tx)).toEqual(NOTHING);
    }));

  test("a part that was collected already keeps the place when the other is rejected", () =>
    rolledBack(db.sql, async (tx) => {
      const { own, brought } = await order(tx, true, "brought leads");
      await by(tx, "storeA", ready(own));
      await by(tx, "storeA", handOver(own));
      await by(tx, "ops", reject(brought));
      await expectSoundLedger(tx);
    }));

  test("a place stays with the order though its window was closed meanwhile", () =>
    rolledBack(db.sql, async (tx) => {
      const { own } = await order(tx, true);
      await tx`update public.pickup_windows set usual_orders = limit_orders, limit_orders = claimed_orders where node_id = ${NODES.storeA} and starts_at = ${instant(14)}`;
      await by(tx, "storeA", reject(own));
      expect(await claimed(tx)).toMatchObject({ place: 1 });
      await expectSoundLedger(tx);
    }));

  test("closing either end while its run goes puts it at stake, and so does closing its window's day", () =>
    rolledBack(db.sql, async (tx) => {
      await order(tx);
      const atStake = (node: string, day: string) =>
        by(tx, "ops", async (s) =>
          (await s`select why from app.promises_at_stake('LISBOA', ${node}, ${day}, null, null, false)`).map(
            ({ why }) => why,
          ),
        );
      expect(await atStake(NODES.dc, "2026-03-02")).toEqual(["run"]);
      expect(await atStake(NODES.storeA, "2026-03-02")).toEqual(["window"]);
      for (const [node, day] of [
        [NODES.storeB, "2026-03-02"],
        [NODES.dc, "2026-03-03"],
        [NODES.storeA, "2026-03-03"],
      ] as const)
        expect(await atStake(node, day)).toEqual([]);
    }));

  test("what misses its run or is not received in time opens an exception, once, that its receipt closes", () =>
    rolledBack(db.sql, async (tx) => {
      const open = async () =>
        (
          await tx`select node_id, data ->> 'handed_over' as handed_over, resolution from public.exceptions where kind = 'transfer_late' order by opened_at`
        ).map(({ node_id, handed_over, resolution }) => `${node_id} ${handed_over} ${resolution ?? "open"}`);
      const late = async () => (await tx`select app.open_late_transfers() as opened`)[0]!.opened;
      const missed = await order(tx);
      const slow = await order(tx, true);
      await setClock(tx, instant(10.9));
      expect(await late()).toBe(0);
      await by(tx, "ops", ready(slow.brought));
      await by(tx, "ops", handOver(slow.brought));
      await setClock(tx, instant(11));
      expect(await late()).toBe(1);
      expect(await late()).toBe(0);
      expect(await open()).toEqual(["DC-1 false open"]);
      await setClock(tx, instant(13));
      expect(await late()).toBe(1);
      expect(await open()).toEqual(["DC-1 false open", "STORE-A true open"]);
      await by(tx, "storeA", receive(slow.brought));
      await by(tx, "ops", reject(missed.brought));
      expect(await open()).toEqual(["DC-1 false passed", "STORE-A true passed"]);
      await expectSoundLedger(tx);
    }));
});

const lose =
  (id: string, reason = "lost") =>
  (tx: Transaction) =>
    tx`select app.lose_transfer(${id}, ${reason})`;
const fail = (orderId: string, scope: "parts" | "order") => (tx: Transaction) =>
  tx`select app.fail_order(${orderId}, ${scope}, 'nobody has it') as state`;

describe("a box that does not come", () => {
  test("waits for others like what a node rejects, once; what it was made of has left its node for good", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId, brought } = await order(tx);
      await expectRefusal(tx, "KPSTA", (s) => by(s as Transaction, "storeA", lose(brought)));
      await by(tx, "ops", ready(brought));
      await by(tx, "ops", handOver(brought));
      await expectRefusal(tx, "KPNTF", (s) => by(s as Transaction, "storeB", lose(brought)));
      await expectRefusal(tx, "KPARG", (s) => by(s as Transaction, "storeA", lose(brought, "no_capacity")));
      await onceAs(tx, "storeA", lose(brought));
      expect(await stateOf(tx, orderId)).toBe("unplaced");
      expect(await claimed(tx)).toEqual(NOTHING);
      const [level] = await tx`select on_hand from public.inventory_levels where (node_id, sku_id) = ('DC-1', 'BREAD')`;
      expect(level).toEqual({ on_hand: 498 });
      await expectSoundLedger(tx);
    }));

  test("leaves its place at the counter to the part that is there", () =>
    rolledBack(db.sql, async (tx) => {
      const { brought, own } = await order(tx, true, "brought leads");
      await by(tx, "ops", ready(brought));
      await by(tx, "ops", handOver(brought));
      await by(tx, "storeA", receive(brought));
      await by(tx, "storeA", lose(brought, "damaged"));
      expect(await claimed(tx)).toMatchObject({ place: 1 });
      await by(tx, "storeA", ready(own));
      await by(tx, "storeA", handOver(own));
      await expectSoundLedger(tx);
    }));
});

describe("an order that nobody can serve any more", () => {
  test("is ended by operations, with all that has not reached the shopper, and gives everything back", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId, brought, own } = await order(tx, true);
      await expectRefusal(tx, "KPSTA", (s) => by(s as Transaction, "ops", fail(orderId, "order")));
      await by(tx, "storeA", ready(own));
      await by(tx, "ops", reject(brought));
      await expectRefusal(tx, "KPNTF", (s) => by(s as Transaction, "storeA", fail(orderId, "order")));
      await onceAs(tx, "ops", fail(orderId, "order"));
      expect(await stateOf(tx, orderId)).toBe("failed");
      expect(await claimed(tx)).toEqual(NOTHING);
      const [open] = await tx`select count(*)::int as open from public.exceptions where resolved_at is null`;
      expect(open).toEqual({ open: 0 });
      await expectSoundLedger(tx);
    }));

  test("goes on without the part that waits, and has failed in the end", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId, brought, own } = await order(tx, true);
      await by(tx, "ops", reject(brought));
      await onceAs(tx, "ops", fail(orderId, "parts"));
      expect(await stateOf(tx, orderId)).toBe("confirmed");
      await expectSoundLedger(tx);
      await by(tx, "storeA", ready(own));
      await by(tx, "storeA", handOver(own));
      expect(await stateOf(tx, orderId)).toBe("failed");
      await expectSoundLedger(tx);
    }));

  test("is not ended whole once a part of it is with the shopper, nor while it is parked", () =>
    rolledBack(db.sql, async (tx) => {
      const { orderId, brought, own } = await order(tx, true);
      await by(tx, "ops", reject(brought));
      await by(tx, "ops", (s) => parkOrder(s, orderId));
      await expectRefusal(tx, "KPPRK", (s) => by(s as Transaction, "ops", fail(orderId, "parts")));
      await by(tx, "ops", (s) => s`select app.unpark_order(${orderId})`);
      await by(tx, "storeA", ready(own));
      await by(tx, "storeA", handOver(own));
      await expectRefusal(tx, "KPSTA", (s) => by(s as Transaction, "ops", fail(orderId, "order")));
      await by(tx, "ops", fail(orderId, "parts"));
      expect(await stateOf(tx, orderId)).toBe("failed");
      await expectSoundLedger(tx);
    }));
});
