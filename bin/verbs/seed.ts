import { hostedBackend } from "#bin/hosted-environment.ts";
import { PLATFORM_USAGE, platformArguments } from "#bin/platform-arguments.ts";
import { stepLog } from "#bin/step-log.ts";
import { OperatorError, type Verb } from "#bin/verb.ts";
import { openDatabase } from "#server/db/database.ts";
import { unappliedMigrations } from "#supabase/local/migrate.ts";
import { loadSecrets } from "#supabase/local/secrets.ts";
import { seedIfEmpty } from "#supabase/seed/seed.ts";

export const verb: Verb = {
  summary:
    "Fills an empty database with the demo: hosted when the environment names one, else the embedded one that runs.",
  usage: `${PLATFORM_USAGE}

On a hosted project the accounts get random passwords, printed once. "npm start" does the same on its first run.`,

  async run(args) {
    const { stateDir, gatewayPort, postgresPort } = platformArguments(args, process.env);
    const { supabaseUrl, secretKey, databaseUrl } = hostedBackend(process.env) ?? {
      supabaseUrl: `http://127.0.0.1:${gatewayPort}`,
      secretKey: loadSecrets(stateDir).secretKey,
      databaseUrl: `postgres://postgres:postgres@127.0.0.1:${postgresPort}/postgres`,
    };
    const transactionPooler = process.env.DATABASE_POOLER === "transaction";
    await requireMigrated(databaseUrl, transactionPooler);

    const log = stepLog();
    const { signIns } = await seedIfEmpty({ databaseUrl, supabaseUrl, secretKey, stateDir, log, transactionPooler });
    log("done");
    for (const { role, email, password } of signIns) console.log(`${role.padEnd(8)}${email.padEnd(24)}${password}`);
    return 0;
  },
};

async function requireMigrated(databaseUrl: string, transactionPooler: boolean): Promise<void> {
  const db = openDatabase(databaseUrl, { max: 1, transactionPooler });
  try {
    const pending = await unappliedMigrations(db).catch((error: Error) => {
      throw new OperatorError(`The database does not answer (${error.message}).`, { cause: error });
    });
    if (pending.length > 0)
      throw new OperatorError(
        `The database lacks ${pending.length} of our migrations (${pending[0]} first): apply them with "supabase db push".`,
      );
  } finally {
    await db.end({ timeout: 5 });
  }
}
