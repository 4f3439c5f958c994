import { operatorFault } from "#supabase/local/host-fault.ts";
import { deleteDatabase, orObituary } from "#supabase/local/postgres-server.ts";
import { lockState, startStack } from "#supabase/local/stack.ts";
import { divertConsole } from "./divert-console.ts";
import { hostedBackend } from "./hosted-environment.ts";
import { makeFolder } from "./make-folder.ts";
import type { PlatformArguments } from "./platform-arguments.ts";
import { seedAside } from "./seed-aside.ts";
import { stepLog } from "./step-log.ts";
import { stopSignal } from "./stop-signal.ts";
import { OperatorError } from "./verb.ts";

/**
 * Deletes the embedded database, with all that is in it, and makes it again: migrated and seeded. The keys stay.
 * Stopped before its end it leaves an empty one, and throws OperatorError.
 */
export async function resetDatabase({ stateDir, gatewayPort, postgresPort }: PlatformArguments): Promise<void> {
  if (hostedBackend(process.env)) {
    throw new OperatorError(
      "The environment names a hosted Supabase, and only the embedded database is ever reset: unset it first.",
    );
  }
  const log = stepLog();
  const signal = stopSignal();
  makeFolder(stateDir, "choose another --state-dir");
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
      signal.throwIfAborted();
      await seedAside({ databaseUrl, supabaseUrl, secretKey, stateDir, log }, signal);
    } catch (error) {
      throw orObituary(error, stack.postgres);
    } finally {
      await stack.stop();
    }
  } catch (error) {
    if (!signal.aborted) throw operatorFault(error, { dir: stateDir });
    throw new OperatorError('Stopped before it was done: the database is empty, and "npm start" seeds it.');
  } finally {
    restoreConsole();
  }
  log("done");
}
