import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { MIGRATIONS_DIR, migrate, unappliedMigrations } from "./migrate.ts";
import { cloneDatabase, type TestDatabase } from "./test-database.ts";

let db: TestDatabase;
let dir: string;
beforeAll(async () => {
  db = await cloneDatabase();
});
afterAll(() => db?.drop());
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "kept-migrations-"));
});
afterEach(async () => {
  rmSync(dir, { recursive: true });
  await db.sql`delete from supabase_migrations.schema_migrations where version like '9999%'`;
  await db.sql`drop table if exists public.probe`;
});

const write = (file: string, sql: string) => writeFileSync(join(dir, file), sql);
const run = () => migrate(db.sql, [MIGRATIONS_DIR, dir]);
const probeExists = async () => (await db.sql`select to_regclass('public.probe') as probe`)[0]?.probe !== null;

test("a migration is applied once and recorded statement by statement", async () => {
  write("99990101000000_probe.sql", "create table public.probe (n int);\ninsert into public.probe values (1);\n");
  expect(await run()).toBe(1);
  expect(await run()).toBe(0);
  expect(await db.sql`select n from public.probe`).toHaveLength(1);
  const [row] = await db.sql`
    select name, statements from supabase_migrations.schema_migrations where version = '99990101000000'
  `;
  expect(row).toEqual({
    name: "probe",
    statements: ["create table public.probe (n int)", "insert into public.probe values (1)"],
  });
});

test("a failing migration names file, line and message, and leaves nothing behind", async () => {
  write("99990101000000_probe.sql", "create table public.probe (n int);\n\ninsert into public.probe\nvalues (oops);\n");
  await expect(run()).rejects.toThrow('99990101000000_probe.sql, line 4: column "oops" does not exist');
  expect(await probeExists()).toBe(false);
  expect(await db.sql`select from supabase_migrations.schema_migrations where version like '9999%'`).toHaveLength(0);
});

test("an error that concerns a whole statement names the line where it begins, with its detail", async () => {
  write(
    "99990101000000_probe.sql",
    "create table public.probe (n int primary key);\ninsert into public.probe\nvalues (1), (1);",
  );
  await expect(run()).rejects.toThrow(/line 2: duplicate key .* \(Key \(n\)=\(1\) already exists\.\)/);
});

test("a migration that fails does not undo the ones before it", async () => {
  write("99990101000000_probe.sql", "create table public.probe (n int)");
  write("99990102000000_wrong.sql", "selec");
  await expect(run()).rejects.toThrow('99990102000000_wrong.sql, line 1: syntax error at or near "selec"');
  expect(await probeExists()).toBe(true);
});

test("a migration that was edited after it had been applied is refused", async () => {
  write("99990101000000_probe.sql", "create table public.probe (n int)");
  await run();
  write("99990101000000_probe.sql", "create table public.probe (n bigint)");
  await expect(run()).rejects.toThrow("99990101000000_probe.sql was edited after it had been applied");
});

test("a database that is ahead of the checkout is refused", async () => {
  await db.sql`insert into supabase_migrations.schema_migrations (version, name) values ('99990101000000', 'future')`;
  await expect(run()).rejects.toThrow("99990101000000 that is not in supabase/migrations");
});

test("of two starters that migrate at once, one applies and the other finds it done", async () => {
  write("99990101000000_probe.sql", "create table public.probe (n int); select pg_sleep(0.2)");
  const applied = await Promise.all([run(), run()]);
  expect(applied.toSorted()).toEqual([0, 1]);
});

test("what a hosted database lacks is told by file", async () => {
  expect(await unappliedMigrations(db.sql)).toEqual([]);
  await db.sql.begin(async (tx) => {
    await tx`alter table supabase_migrations.schema_migrations rename to elsewhere`;
    const missing = await unappliedMigrations(tx as unknown as typeof db.sql);
    expect(missing[0]).toMatch(/^\d+_\w+\.sql$/);
    await tx`alter table supabase_migrations.elsewhere rename to schema_migrations`;
  });
});
