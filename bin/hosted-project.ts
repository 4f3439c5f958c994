import { openDatabase } from "#server/db/database.ts";
import { unappliedMigrations } from "#supabase/local/migrate.ts";
import type { Backend } from "./hosted-environment.ts";
import { OperatorError } from "./verb.ts";

/** A connection that is taken and then left without a word would otherwise be waited on for ever. */
const PATIENCE_MS = 15_000;

/**
 * Asks a hosted project what the app will ask of it, so that a wrong variable is told by its name and not found by a
 * shopper. Throws OperatorError.
 */
export async function requireProject(backend: Backend, env: NodeJS.ProcessEnv): Promise<void> {
  await requireMigrated(backend.databaseUrl, env);
  await requireKey(backend.supabaseUrl, "NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY", backend.publishableKey);
  await requireKey(backend.supabaseUrl, "SUPABASE_SECRET_KEY", backend.secretKey);
}

/** A hosted project is migrated by its owner, with the official command line; the app must not run on less. Throws OperatorError. */
export async function requireMigrated(databaseUrl: string, env: NodeJS.ProcessEnv): Promise<void> {
  const db = openDatabase(databaseUrl, { max: 1, transactionPooler: env.DATABASE_POOLER === "transaction" });
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it said nothing in ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  try {
    const missing = await Promise.race([unappliedMigrations(db), silence]).catch((error: Error) => {
      throw new OperatorError(`The database behind DATABASE_URL does not answer: ${error.message || String(error)}.`, {
        cause: error,
      });
    });
    if (missing.length === 0) return;
    throw new OperatorError(
      `The database behind DATABASE_URL lacks ${missing.length} of our migrations (the first is ${missing[0]}): apply them with "npx supabase db push".`,
    );
  } finally {
    clearTimeout(timer);
    await db.end({ timeout: 0 });
  }
}

/** Reads by the Data API what anybody may read: whether the address answers, and takes the key. */
async function requireKey(supabaseUrl: string, variable: string, key: string): Promise<void> {
  const url = new URL("/rest/v1/edge_snapshots?select=version&limit=1", supabaseUrl);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const { status } = await fetch(url, { headers: { apikey: key }, signal }).catch((error: Error) => {
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    throw new OperatorError(`NEXT_PUBLIC_SUPABASE_URL (${supabaseUrl}) does not answer: ${reason}.`, { cause: error });
  });
  if (status === 401 || status === 403)
    throw new OperatorError(`${variable} is not a key of the project at ${supabaseUrl} (it answers ${status}).`);
}
