import { afterAll, beforeAll, expect, test } from "vitest";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { lineDiff } from "./line-diff.ts";
import { schemaSnapshot } from "./schema-snapshot.ts";

let db: TestDatabase;
let before = "";
beforeAll(async () => {
  db = await cloneDatabase();
  before = await db.sql.begin(schemaSnapshot);
});
afterAll(() => db.drop());

test("the same schema gives the same text, in whatever database it stands", async () => {
  const other = await cloneDatabase();
  expect(lineDiff(before, await other.sql.begin(schemaSnapshot))).toBe("");
  await other.drop();
});

test("whatever changes how the database behaves changes the text", async () => {
  const changes = [
    "alter table public.claims drop constraint claims_units_check",
    "drop index public.claims_by_hold",
    "alter table public.regions disable row level security",
    "drop policy everyone_reads on public.regions",
    "alter policy everyone_reads on public.regions using (false)",
    "revoke select on public.regions from anon",
    "grant update on public.claims to authenticated",
    "grant update (name) on public.regions to authenticated",
    "drop trigger claims_append_only on public.claims",
    "create or replace function app.now() returns timestamptz language sql volatile set search_path = '' as 'select now()'",
    "alter function app.now() security definer",
    "grant execute on function app.my_nodes() to anon",
    "grant execute on function app.my_nodes() to public",
    "alter table public.regions alter column horizon_days set default 9",
    "alter table public.regions alter column name drop not null",
    "alter domain app.code drop constraint code_check",
    "alter type app.hold_request add attribute more text",
    "create view public.open_regions as select id from public.regions",
    "create sequence app.counter",
    "create type app.mood as enum ('good')",
    "grant create on schema public to anon",
    "drop policy anyone_hears_windows on realtime.messages",
  ];
  for (const change of changes) {
    const rollback = new Error("rollback");
    const changed = db.sql.begin(async (tx) => {
      await tx.unsafe(change);
      const after = await schemaSnapshot(tx);
      expect(after === before, change).toBe(false);
      throw rollback;
    });
    await expect(changed).rejects.toBe(rollback);
  }
  expect(await db.sql.begin(schemaSnapshot)).toBe(before);
});
