import postgres from "postgres";
import { expect } from "vitest";
import type { Database, Transaction } from "#server/db/database.ts";
import { auditWithin, violations } from "#server/features/audit/audit-ledger.ts";

class RolledBack extends Error {}

/**
 * Runs a test in a transaction that is rolled back, so that the tests of a file share one network and see none of each
 * other. At its end the constraints that wait for a commit are checked, and the ledger must pass its audit.
 */
export async function rolledBack(sql: Database, test: (tx: Transaction) => Promise<void>): Promise<void> {
  try {
    await sql.begin(async (tx) => {
      await test(tx);
      await tx`set constraints all immediate`;
      await expectSoundLedger(tx);
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
}

/** Fails with the offending rows when an invariant of the audit does not hold. */
export async function expectSoundLedger(tx: Transaction): Promise<void> {
  const broken = violations(await auditWithin(tx));
  expect(broken.map(({ invariant, rows }) => ({ broken: invariant.name, rows }))).toEqual([]);
}

/** Runs `work` with the role and claims of a signed-in user, or of anybody (null), and takes them off again. */
export async function actingAs<T>(
  tx: Transaction,
  userId: string | null,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const role = userId === null ? "anon" : "authenticated";
  const claims = JSON.stringify(userId === null ? { role } : { sub: userId, role });
  // Only `request.jwt.claims`: the one setting that PostgREST and the Data API have in common with ours.
  await tx`select set_config('request.jwt.claims', ${claims}, true), set_config('role', ${role}, true)`;
  try {
    return (await tx.savepoint(work)) as T;
  } finally {
    await tx`select set_config('role', 'none', true), set_config('request.jwt.claims', '', true)`;
  }
}

/**
 * Expects `work` to be refused with an SQLSTATE, and to have changed nothing in any table. Returns the error.
 */
export async function expectRefusal(
  tx: Transaction,
  sqlState: string,
  work: (tx: Transaction) => Promise<unknown>,
): Promise<postgres.PostgresError> {
  const before = await digestTables(tx);
  const error = await tx.savepoint(work).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof postgres.PostgresError)) throw error ?? new Error(`expected ${sqlState}, but it was done`);
  expect({ code: error.code, message: error.message }).toEqual({ code: sqlState, message: expect.any(String) });
  expect(await digestTables(tx)).toEqual(before);
  return error;
}

/** A digest of every row of every table of ours, by table. */
export async function digestTables(tx: Transaction): Promise<Record<string, string>> {
  const tables = await tx<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'app', 'realtime')
    order by 1`;
  const digests = tables.map(
    ({ name }) =>
      `select '${name}' as name, coalesce(md5(string_agg(t::text, e'\\n' order by t::text)), '') as digest from ${name} t`,
  );
  const rows = await tx.unsafe<{ name: string; digest: string }[]>(digests.join(" union all "));
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}
