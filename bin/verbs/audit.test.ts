import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { insertNetwork, placePickup } from "#supabase/tests/network-fixture.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await cloneDatabase();
  await insertNetwork(db.sql);
  await placePickup(db.sql);
});
afterAll(() => db.drop());

const KEPT = fileURLToPath(new URL("../kept.js", import.meta.url));
const audit = (databaseUrl: string, ...args: string[]) =>
  spawnSync(process.execPath, [KEPT, "audit", ...args], {
    encoding: "utf8",
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });

test("a sound ledger exits 0 with a line for each invariant", () => {
  const { status, stdout } = audit(db.url);
  expect(stdout).toMatch(/^holds {4}What an inventory level says is reserved is the sum of its claims\.$/m);
  expect(stdout).toMatch(/^(\d+) of \1 invariants hold, 0 broken, 0 to look at/m);
  expect(status).toBe(0);
});

test("a broken one exits 1 and shows the rows", async () => {
  await db.sql`update public.inventory_levels set reserved = reserved + 1 where node_id = 'STORE-A' and sku_id = 'ICE'`;
  const { status, stdout } = audit(db.url);
  await db.sql`update public.inventory_levels set reserved = reserved - 1 where node_id = 'STORE-A' and sku_id = 'ICE'`;
  expect(stdout).toMatch(/^BROKEN {3}.*\(stock-claims-add-up\)\n +node_id=STORE-A sku_id=ICE reserved=1 claimed=0$/m);
  expect(stdout).toMatch(/1 broken/);
  expect(status).toBe(1);
});

test("an audit that cannot run says so in a sentence and is not taken for a sound one", () => {
  const nobody = audit("postgres://postgres:postgres@127.0.0.1:9/postgres");
  expect(nobody.stderr).toMatch(/^kept audit: No database answers/);
  expect(nobody.status).toBe(1);
  const foreign = audit(db.url.replace(/[^/]+$/, "postgres"));
  expect(foreign.stderr).toMatch(/^kept audit: This database is not migrated/);
  expect(foreign.status).toBe(1);
  expect(audit(db.url, "everything").status).toBe(2);
});
