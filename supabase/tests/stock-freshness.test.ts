import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { insertNetwork, instant, type Network, NODES, pickupRequest, placeHold, setClock } from "./network-fixture.ts";
import { actingAs, expectRefusal, rolledBack } from "./rolled-back.ts";

// The fixture's levels are counted when it is made, on Monday at six; each store has 50 of everything.

let db: TestDatabase;
let network: Network;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
});
afterAll(() => db.drop());

const setRule = (tx: Transaction, steps: readonly { after_hours: number; held_back_percent: number }[]) =>
  actingAs(tx, network.staff.ops, (s) => s`select app.set_stock_freshness('LISBOA', ${s.json(steps as never)})`);

async function available(tx: Transaction): Promise<{ available: number; held_back: number }> {
  const [row] = await tx<{ available: number; held_back: number }[]>`
    select available, held_back from app.available_stock where node_id = ${NODES.storeA} and sku_id = 'BREAD'`;
  return { ...row! };
}

/** What a quote reads: units that could be promised, by "NODE SKU". */
async function quoted(tx: Transaction, skus: string[]): Promise<Map<string, number>> {
  const [row] = await tx`select app.read_stock('LISBOA', ${skus}::text[]) as stock`;
  const { nodeId, skuId, units } = row!.stock;
  return new Map(nodeId.map((node: string, i: number) => [`${node} ${skuId[i]}`, units[i]]));
}

/** The nodes that a quote would promise so much from. */
async function nodesWith(tx: Transaction, units: number): Promise<string[]> {
  const stock = await quoted(tx, ["BREAD"]);
  return [...stock].flatMap(([level, available]) => (available >= units ? level.split(" ")[0]! : [])).sort();
}

/** What a quote reads of every level, and what the view says of it: two ways to one figure. */
async function expectSameAsView(tx: Transaction): Promise<void> {
  const levels = await tx`select node_id, sku_id, available from app.available_stock`;
  const skus = [...new Set(levels.map((level) => level.sku_id as string))];
  expect(await quoted(tx, skus)).toEqual(
    new Map(levels.map((level) => [`${level.node_id} ${level.sku_id}`, level.available])),
  );
}

/** A count of now, by whoever comes by. */
const count = (tx: Transaction, seq: number, units: number) => tx`
  select app.record_stock_events('WMS', jsonb_build_array(jsonb_build_object('event_id', 'c' || ${seq}::text, 'seq', ${seq}::integer,
    'node_id', ${NODES.storeA}::text, 'sku_id', 'BREAD', 'kind', 'count', 'units', ${units}::integer, 'at', app.now())))`;

test.each([
  [13.9, 0],
  [14, 5],
  [20.9, 5],
  [21, 13],
  [28, 25],
  [41.9, 25],
  [42, 50],
  [400, 50],
])("a region's own rule holds back, %d days after the count, %d of 50", (days, heldBack) =>
  rolledBack(db.sql, async (tx) => {
    await tx`update public.inventory_levels set safety = 2`;
    // A minute over: the levels are some moments younger than the fixture.
    await setClock(tx, instant(6 + 1 / 60, days));
    await expectSameAsView(tx);
    expect(await available(tx)).toEqual({ available: 48 - heldBack, held_back: heldBack });
  }),
);

test("a quote leaves out the node whose count is too old, until somebody counts again", () =>
  rolledBack(db.sql, async (tx) => {
    await setRule(tx, [
      { after_hours: 1, held_back_percent: 40 },
      { after_hours: 2, held_back_percent: 100 },
    ]);
    expect(await nodesWith(tx, 50)).toEqual(["DC-1", "STORE-A", "STORE-B"]);
    await setClock(tx, instant(7.1));
    expect(await nodesWith(tx, 31)).toEqual(["DC-1"]);
    expect(await nodesWith(tx, 30)).toEqual(["DC-1", "STORE-A", "STORE-B"]);
    await setClock(tx, instant(8.1));
    expect(await nodesWith(tx, 1)).toEqual([]);
    await count(tx, 1, 3);
    expect(await nodesWith(tx, 3)).toEqual(["STORE-A"]);
  }));

test("a hold is refused for stock that became too old since it was offered, and what is held already stays", () =>
  rolledBack(db.sql, async (tx) => {
    await setRule(tx, [
      { after_hours: 1, held_back_percent: 50 },
      { after_hours: 2, held_back_percent: 100 },
    ]);
    const kept = randomUUID();
    await placeHold(tx, kept, await pickupRequest(tx, { cart: { BREAD: 2 } }), 86_400);
    await setClock(tx, instant(7.1));
    const asked = await pickupRequest(tx, { cart: { BREAD: 24 } });
    const refusal = await expectRefusal(tx, "KPSTK", (s) => placeHold(s, randomUUID(), asked));
    expect(refusal.detail).toBe("BREAD");
    await placeHold(tx, randomUUID(), await pickupRequest(tx, { cart: { BREAD: 23 } }));
    await setClock(tx, instant(8.1));
    await expectRefusal(tx, "KPSTK", async (s) =>
      placeHold(s, randomUUID(), await pickupRequest(s, { cart: { BREAD: 1 } })),
    );
    const [hold] = await tx`select state from public.holds where id = ${kept}`;
    expect(hold!.state).toBe("held");
  }));

test("a rule must rise, is of its region alone, and only ops may set it", () =>
  rolledBack(db.sql, async (tx) => {
    for (const steps of [
      [
        { after_hours: 2, held_back_percent: 10 },
        { after_hours: 1, held_back_percent: 20 },
      ],
      [
        { after_hours: 1, held_back_percent: 20 },
        { after_hours: 2, held_back_percent: 20 },
      ],
      [{ after_hours: 0, held_back_percent: 20 }],
      [{ after_hours: 1, held_back_percent: 101 }],
    ])
      await expectRefusal(tx, "KPARG", () => setRule(tx, steps));
    for (const user of [network.staff.storeA, network.staff.driverA])
      await expectRefusal(tx, "KPNTF", (s) =>
        actingAs(s, user, (as) => as`select app.set_stock_freshness('LISBOA', '[]')`),
      );
    await tx`insert into public.regions (id, name, time_zone, currency, lng, lat) values ('PORTO', 'Porto', 'Europe/Lisbon', 'EUR', 0, 0)`;
    await setRule(tx, []);
    const rows = await tx`select region_id, count(*)::int as steps from public.stock_freshness_steps group by 1`;
    expect(rows).toEqual([{ region_id: "PORTO", steps: 4 }]);
    await setClock(tx, instant(6, 100));
    expect(await available(tx)).toEqual({ available: 50, held_back: 0 });
    await expectSameAsView(tx);
    await tx`update public.inventory_levels set confirmed_at = null, confirmed_by = null where sku_id = 'ICE'`;
    await expectSameAsView(tx);
  }));
