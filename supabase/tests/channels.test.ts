import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  confirmHold,
  insertNetwork,
  type Network,
  NODES,
  pickupRequest,
  placeHold,
  setClock,
  swapHold,
} from "./network-fixture.ts";
import { actingAs, expectRefusal, rolledBack } from "./rolled-back.ts";

// Each store has 50 of everything. MARKET is a second channel; SHOP is there from the beginning.

let db: TestDatabase;
let network: Network;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
});
afterAll(() => db.drop());

const asOps = <T>(tx: Transaction, work: (tx: Transaction) => Promise<T>) => actingAs(tx, network.staff.ops, work);

class Undone extends Error {}

const setChannel = (tx: Transaction, channel: Record<string, unknown> = {}, id = "MARKET") =>
  asOps(
    tx,
    (s) =>
      s`select app.set_channel('LISBOA', ${id}, ${s.json({ name: "The market", is_active: true, priority_class: 3, ...channel } as never)})`,
  );

const keepBack = (tx: Transaction, units: number, channelId = "MARKET") =>
  asOps(tx, (s) => s`select app.set_channel_safety(${NODES.storeA}, 'BREAD', ${channelId}, ${units})`);

async function place(tx: Transaction, units: number, channelId?: string): Promise<string> {
  const holdId = randomUUID();
  const request = await pickupRequest(tx, { cart: { BREAD: units } });
  await placeHold(tx, holdId, channelId === undefined ? request : { ...request, channel_id: channelId });
  return holdId;
}

test("what is kept back from one channel can be promised through another", () =>
  rolledBack(db.sql, async (tx) => {
    await setChannel(tx);
    await keepBack(tx, 48);
    expect((await expectRefusal(tx, "KPSTK", (s) => place(s, 3, "MARKET"))).detail).toBe("BREAD");
    await place(tx, 2, "MARKET");
    await expectRefusal(tx, "KPSTK", (s) => place(s, 1, "MARKET"));
    await place(tx, 48);
    await expectRefusal(tx, "KPSTK", (s) => place(s, 1));
  }));

test("what is kept back from the own shop is there for others", () =>
  rolledBack(db.sql, async (tx) => {
    await setChannel(tx);
    await keepBack(tx, 50, "SHOP");
    await expectRefusal(tx, "KPSTK", (s) => place(s, 1));
    await place(tx, 50, "MARKET");
  }));

test("a quote reads of every level what the hold compares, less what is kept back from its channel", () =>
  rolledBack(db.sql, async (tx) => {
    await setChannel(tx);
    await keepBack(tx, 7);
    await tx`update public.inventory_levels set safety = 2`;
    // Old enough for age to hold something back, which counts before the channel does.
    await setClock(tx, "2026-03-20T06:00:00Z");
    for (const channel of ["SHOP", "MARKET"]) {
      const [row] = await tx`select app.read_stock('LISBOA', '{BREAD,MILK}', ${channel}) as stock`;
      const { nodeId, skuId, units } = row!.stock;
      const quoted = nodeId.map((node: string, i: number) => [node, skuId[i], units[i]]).sort();
      const levels = await tx`
        select l.node_id, l.sku_id, l.available - coalesce(k.units, 0) as units from app.available_stock l
        left join public.channel_safety k on k.node_id = l.node_id and k.sku_id = l.sku_id and k.channel_id = ${channel}
        where l.sku_id in ('BREAD', 'MILK')`;
      expect(quoted).toEqual(levels.map((level) => [level.node_id, level.sku_id, level.units]).sort());
    }
  }));

test("hold and order carry the channel, and it is the own shop's where nothing is said", () =>
  rolledBack(db.sql, async (tx) => {
    await setChannel(tx);
    for (const [channel, carried] of [
      ["MARKET", "MARKET"],
      [undefined, "SHOP"],
    ] as const) {
      const holdId = await place(tx, 1, channel);
      const { orderId } = await confirmHold(tx, holdId);
      const [row] = await tx`
        select h.channel_id as hold, o.channel_id as order from public.holds h, public.orders o where h.id = ${holdId} and o.id = ${orderId}`;
      expect({ ...row }).toEqual({ hold: carried, order: carried });
    }
  }));

test("a channel that is closed or unknown holds nothing new, and what it holds stays", () =>
  rolledBack(db.sql, async (tx) => {
    await setChannel(tx);
    const held = await place(tx, 1, "MARKET");
    await setChannel(tx, { is_active: false });
    for (const channel of ["MARKET", "NOBODY"])
      expect((await expectRefusal(tx, "KPCHN", (s) => place(s, 1, channel))).detail).toBe("closed");
    const request = { ...(await pickupRequest(tx, { hour: 12 })), channel_id: "MARKET" };
    await expectRefusal(tx, "KPCHN", (s) => swapHold(s, held, randomUUID(), request));
    await confirmHold(tx, held);
    await expectRefusal(tx, "23514", (s) => setChannel(s, { is_active: false }, "SHOP"));
  }));

test("an order is of its channel's class, until operations give it another one and say why", () =>
  rolledBack(db.sql, async (tx) => {
    await setChannel(tx, { priority_class: 1 });
    const { orderId } = await confirmHold(tx, await place(tx, 1, "MARKET"));
    const classOf = async () =>
      (await tx`select priority_class from public.orders where id = ${orderId}`)[0]!.priority_class;
    expect(await classOf()).toBe(1);
    // For new orders.
    await setChannel(tx, { priority_class: 5 });
    expect(await classOf()).toBe(1);
    const give = (s: Transaction, to: number, note: string, id: string = orderId) =>
      asOps(s, (o) => o`select app.set_order_priority(${id}, ${to}, ${note})`);
    await give(tx, 2, "It has waited twice");
    await give(tx, 2, "Asked again");
    expect(await classOf()).toBe(2);
    const events = await tx`select actor, data from public.events where kind = 'order_prioritised'`;
    expect(events.map(({ actor, data }) => [actor, data])).toEqual([
      [network.staff.ops, { class: 2, note: "It has waited twice" }],
    ]);
    await expectRefusal(tx, "KPARG", (s) => give(s, 3, "  "));
    await expectRefusal(tx, "23514", (s) => give(s, 6, "Too far"));
    await expectRefusal(tx, "KPNTF", (s) => give(s, 1, "Nobody's", randomUUID()));
    await expectRefusal(tx, "KPNTF", (s) =>
      actingAs(s, network.staff.storeA, (a) => a`select app.set_order_priority(${orderId}, 1, 'Mine')`),
    );
    await tx`update public.orders set state = 'delivered', finished_at = app.now() where id = ${orderId}`;
    await tx
      .savepoint(async (s) => {
        await expect(give(s, 1, "Too late")).rejects.toMatchObject({ code: "KPSTA" });
        throw new Undone();
      })
      .catch((error: unknown) => {
        if (!(error instanceof Undone)) throw error;
      });
    await tx`update public.orders set state = 'confirmed', finished_at = null where id = ${orderId}`;
  }));

test("only operations set a channel and what is kept back from it, and the record says who", () =>
  rolledBack(db.sql, async (tx) => {
    await setChannel(tx);
    await keepBack(tx, 5);
    await keepBack(tx, 0);
    expect(await tx`select from public.channel_safety`).toHaveLength(0);
    const events = await tx`select kind, actor from public.events where kind like 'channel%' order by id`;
    expect(events.map(({ kind, actor }) => [kind, actor])).toEqual([
      ["channel_set", network.staff.ops],
      ["channel_safety_set", network.staff.ops],
      ["channel_safety_set", network.staff.ops],
    ]);
    const calls = [
      (s: Transaction) =>
        s`select app.set_channel('LISBOA', 'OTHER', '{"name": "Other", "is_active": true, "priority_class": 3}')`,
      (s: Transaction) => s`select app.set_channel_safety(${NODES.storeA}, 'BREAD', 'MARKET', 1)`,
    ];
    for (const call of calls)
      await expectRefusal(tx, "KPNTF", (s) => actingAs(s, network.staff.storeA, (a) => call(a)));
    for (const [node, sku, channel] of [
      [NODES.storeA, "BREAD", "NOBODY"],
      [NODES.storeA, "NO-SKU", "MARKET"],
    ] as const)
      await expectRefusal(tx, "KPNTF", (s) =>
        asOps(s, (o) => o`select app.set_channel_safety(${node}, ${sku}, ${channel}, 1)`),
      );
    await expectRefusal(tx, "KPARG", (s) =>
      asOps(s, (o) => o`select app.set_channel('LISBOA', 'OTHER', '{"name": "Other"}')`),
    );
  }));
