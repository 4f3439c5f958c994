import { afterAll, beforeAll, expect, test } from "vitest";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { insertNetwork, placePickup } from "./network-fixture.ts";
import { expectRefusal, rolledBack } from "./rolled-back.ts";

let db: TestDatabase;
let orderId: string;
beforeAll(async () => {
  db = await cloneDatabase();
  await insertNetwork(db.sql);
  ({ orderId } = await placePickup(db.sql));
  await db.sql`select app.record_stock_events('WMS', jsonb_build_array(jsonb_build_object('event_id', 'e', 'seq', 1, 'node_id', 'STORE-A',
    'sku_id', 'BREAD', 'kind', 'delta', 'units', 1, 'at', app.now())))`;
});
afterAll(() => db.drop());

test.each(["claims", "events", "stock_events", "stock_movements"])(
  "what %s says is neither changed nor deleted, not even by the owner",
  (table) =>
    rolledBack(db.sql, async (tx) => {
      await expectRefusal(tx, "KPAPP", (s) => s.unsafe(`update public.${table} set at = at`));
      await expectRefusal(tx, "KPAPP", (s) => s.unsafe(`delete from public.${table}`));
    }),
);

test.each([
  "promise_starts_at = promise_starts_at - interval '1 second'",
  "promise_ends_at = promise_ends_at + interval '1 hour'",
  "token = md5(token)",
  "id = gen_random_uuid()",
])("an order's first promise never changes: %s", (change) =>
  rolledBack(db.sql, async (tx) => {
    await expectRefusal(tx, "KPAPP", (s) => s.unsafe(`update public.orders set ${change} where id = '${orderId}'`));
  }),
);

test("what else an order says may change", () =>
  rolledBack(db.sql, async (tx) => {
    const { count } =
      await tx`update public.orders set customer_note = 'Second floor', promise_starts_at = promise_starts_at where id = ${orderId}`;
    expect(count).toBe(1);
  }));

test("a claim is reversed once", () =>
  rolledBack(db.sql, async (tx) => {
    const reverse = `insert into public.claims (hold_id, kind, units, reverses, reason, node_id, sku_id, at)
      select hold_id, kind, -units, id, 'released', node_id, sku_id, at from public.claims where kind = 'stock' and reverses is null`;
    await expectRefusal(tx, "23505", async (s) => {
      await s.unsafe(reverse);
      await s.unsafe(reverse);
    });
  }));
