import { type Database, openDatabase } from "#server/db/database.ts";
import { POSTGRES_PORT } from "#supabase/local/default-ports.ts";
import { requireDatabaseAddress } from "./hosted-environment.ts";
import { OperatorError } from "./verb.ts";

/**
 * Runs a verb's work on the database: that of DATABASE_URL, or the embedded stack's, which must be running.
 *
 * Throws OperatorError when no database answers.
 */
export async function withOperatorDatabase<T>(work: (db: Database, url: string) => Promise<T>): Promise<T> {
  const port = process.env.KEPT_POSTGRES_PORT ?? String(POSTGRES_PORT);
  const hosted = process.env.DATABASE_URL;
  if (hosted) requireDatabaseAddress(hosted);
  const url = hosted || `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
  const db = openDatabase(url, { max: 4, transactionPooler: process.env.DATABASE_POOLER === "transaction" });
  try {
    await db`select 1`.catch((error: Error) => {
      const where = hosted ? "DATABASE_URL" : `port ${port} of 127.0.0.1`;
      const remedy = hosted ? "check it and the network" : 'start it with "npm start", or set DATABASE_URL';
      throw new OperatorError(`No database answers at ${where} (${error.message}): ${remedy}.`, { cause: error });
    });
    return await work(db, url);
  } finally {
    await db.end({ timeout: 5 });
  }
}
