import { afterAll, beforeAll, expect, test } from "vitest";
import { cloneDatabase, type TestDatabase } from "./test-database.ts";

let first: TestDatabase;
let second: TestDatabase;
beforeAll(async () => {
  [first, second] = await Promise.all([cloneDatabase(), cloneDatabase()]);
});
afterAll(() => Promise.all([first.drop(), second.drop()]));

test("a test database has every migration applied", async () => {
  const [history] = await first.sql`select count(*)::int as migrations from supabase_migrations.schema_migrations`;
  const [path] = await first.sql`show search_path`;
  expect(history?.migrations).toBeGreaterThan(0);
  expect(path?.search_path).toBe('"$user", public, extensions');
});

test("two test databases do not see each other's rows", async () => {
  await first.sql`create table public.mark (n int)`;
  const [seen] = await second.sql`select to_regclass('public.mark') as mark`;
  expect(seen?.mark).toBeNull();
});
