import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";
import { TEMPLATE_DATABASE } from "./test-postgres.setup.ts";

/** A database of its own for a test file: bootstrapped, migrated, empty. */
export interface TestDatabase {
  readonly url: string;
  /** A pool as superuser. A race opens further pools on `url`. */
  readonly sql: postgres.Sql;
  drop(): Promise<void>;
}

/**
 * Copies the migrated template, in some tens of milliseconds. Call it in `beforeAll`, and `drop()` in `afterAll`.
 * Copies `original` instead, if given: a test database filled by the test, with its pools ended.
 */
export async function cloneDatabase(original?: TestDatabase): Promise<TestDatabase> {
  const answer = await fetch(inject("testPostgresUrl"));
  const serverUrl = await answer.text();
  if (!answer.ok) throw new Error(`the Postgres for tests did not start: ${serverUrl}`);

  const name = `test_${randomBytes(6).toString("hex")}`;
  const template = original ? new URL(original.url).pathname.slice(1) : TEMPLATE_DATABASE;
  await asAdmin(serverUrl, async (admin) => {
    await admin.unsafe(`create database ${name} template ${template} strategy file_copy`);
    // A setting of a database is not part of what a copy copies.
    await admin.unsafe(`alter database ${name} set search_path to "$user", public, extensions`);
  });
  const url = serverUrl.replace(/\/postgres$/, `/${name}`);
  const sql = postgres(url, { onnotice: () => {} });
  return {
    url,
    sql,
    async drop() {
      await sql.end({ timeout: 1 });
      await asAdmin(serverUrl, (admin) => admin.unsafe(`drop database if exists ${name} with (force)`));
    },
  };
}

async function asAdmin(serverUrl: string, work: (admin: postgres.Sql) => Promise<unknown>): Promise<void> {
  const admin = postgres(serverUrl, { max: 1, onnotice: () => {} });
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
