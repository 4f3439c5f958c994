import { hostedBackend } from "#bin/hosted-environment.ts";
import { requireMigrated } from "#bin/hosted-project.ts";
import { PLATFORM_USAGE, platformArguments } from "#bin/platform-arguments.ts";
import { stepLog } from "#bin/step-log.ts";
import type { Verb } from "#bin/verb.ts";
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
    await requireMigrated(databaseUrl, process.env);

    const log = stepLog();
    const { signIns } = await seedIfEmpty({ databaseUrl, supabaseUrl, secretKey, stateDir, log, transactionPooler });
    log("done");
    for (const { role, email, password } of signIns) console.log(`${role.padEnd(8)}${email.padEnd(24)}${password}`);
    return 0;
  },
};
