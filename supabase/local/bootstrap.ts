import { readFileSync } from "node:fs";
import type postgres from "postgres";
import type { DataApi } from "./data-api.ts";

/** Brings a database to where a hosted project stands before its first migration. Safe to repeat. */
export async function bootstrap(sql: postgres.Sql, api: DataApi): Promise<void> {
  await api.ensureAuthSchema();
  await sql.unsafe(readFileSync(new URL("./bootstrap.sql", import.meta.url), "utf8"));
}
