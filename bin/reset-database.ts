import { deleteDatabase } from "#supabase/local/postgres-server.ts";
import { lockState, startStack } from "#supabase/local/stack.ts";
import { seedIfEmpty } from "#supabase/seed/seed.ts";
import { divertConsole } from "./divert-console.ts";
import { hostedBackend } from "./hosted-environment.ts";
import type { PlatformArguments } from "./platform-arguments.ts";
import { stepLog } from "./step-log.ts";
import { OperatorError } from "./verb.ts";

/** Deletes the embedded database, with all that is in it, and makes it again: migrated and seeded. The keys stay. */
export async function resetDatabase({ stateDir, gatewayPort, postgresPort }: PlatformArguments): Promise<void> {
  if (hostedBackend(process.env)) {
    throw new OperatorError(
      "The environment names a hosted Supabase, and only the embedded database is ever reset: unset it first.",
    );
  }
  const log = stepLog();
  const unlock = lockState(stateDir);
  try {
    log(`deleting the database of ${stateDir}`);
    await deleteDatabase(stateDir);
  } finally {
    unlock();
  }
  const restoreConsole = divertConsole(stateDir);
  try {
    const stack = await startStack({ stateDir, gatewayPort, postgresPort, siteUrl: "http://127.0.0.1:3000", log });
    try {
      const { databaseUrl, gatewayUrl: supabaseUrl, secretKey } = stack;
      await seedIfEmpty({ databaseUrl, supabaseUrl, secretKey, stateDir, log });
    } finally {
      await stack.stop();
    }
  } finally {
    restoreConsole();
  }
  log("done");
}
