import { join, resolve } from "node:path";
import type { JSONWebKeySet } from "jose";
import postgres from "postgres";
import { OperatorError } from "#bin/verb.ts";
import { bootstrap } from "./bootstrap.ts";
import { createDataApi } from "./data-api.ts";
import { GATEWAY_PORT, POSTGRES_PORT } from "./default-ports.ts";
import { requireFreePort } from "./free-port.ts";
import { startGateway } from "./gateway.ts";
import { MIGRATIONS_DIR, migrate } from "./migrate.ts";
import { orObituary, type PostgresServer, startPostgres } from "./postgres-server.ts";
import { takeLock } from "./process-lock.ts";
import { followMessages } from "./realtime-replication.ts";
import { reconnectSec } from "./reconnect.ts";
import { loadSecrets } from "./secrets.ts";
import { loadSigningKeys } from "./signing-keys.ts";

export interface StackOptions {
  /** Holds the data, the keys and the lock. One stack per folder. */
  readonly stateDir: string;
  /** 0 takes a free one. */
  readonly gatewayPort?: number;
  readonly postgresPort?: number;
  /** Where the app is: links in mails lead there. */
  readonly siteUrl: string;
  readonly log?: (line: string) => void;
  readonly migrationsDirs?: readonly string[];
  readonly tokenLifetimeSec?: number;
  /** False for throwaway data. */
  readonly durable?: boolean;
}

/** A running embedded Supabase. */
export interface Stack {
  readonly gatewayUrl: string;
  readonly databaseUrl: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly jwks: JSONWebKeySet;
  readonly postgres: PostgresServer;
  stop(): Promise<void>;
}

const RETENTION_SWEEP_MS = 3_600_000;

/**
 * Starts Postgres, brings its schema up to date, and puts the gateway before it.
 *
 * Throws OperatorError, one sentence, for what an operator can mend; whatever had started is stopped again.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { gatewayPort = GATEWAY_PORT, postgresPort = POSTGRES_PORT, log, durable } = options;
  const stateDir = resolve(options.stateDir);
  const undo: (() => unknown)[] = [];
  let server: PostgresServer | undefined;
  const stop = async () => {
    for (let last = undo.pop(); last; last = undo.pop()) await last();
  };
  try {
    undo.push(lockState(stateDir));
    if (gatewayPort !== 0) await requireFreePort(gatewayPort, "KEPT_GATEWAY_PORT");
    const secrets = loadSecrets(stateDir);
    const keys = await loadSigningKeys(stateDir);

    server = await startPostgres({ stateDir, port: postgresPort, log, durable });
    undo.push(server.stop);
    const databaseUrl = server.url;
    const { siteUrl, tokenLifetimeSec = 3600 } = options;
    const api = createDataApi({ databaseUrl, secrets, siteUrl, tokenLifetimeSec });
    undo.push(() => api.close());
    const sql = postgres(databaseUrl, { max: 5, backoff: reconnectSec, onnotice: () => {} });
    undo.push(() => sql.end({ timeout: 1 }));

    await bootstrap(sql, api);
    const applied = await migrate(sql, options.migrationsDirs ?? [MIGRATIONS_DIR]);
    if (applied > 0) log?.(`applied ${applied} ${applied === 1 ? "migration" : "migrations"}`);
    // Also after each new connection: a notification meanwhile is lost.
    const reload = () => void api.reloadSchema();
    await sql.listen("pgrst", reload, reload);

    const gateway = await startGateway({ port: gatewayPort, api, secrets, keys, sql });
    undo.push(() => gateway.close());
    const replication = await followMessages({
      databaseUrl,
      onMessage: (m) => gateway.realtime.broadcast(m.topic, m.private, m.event, m.payload, m.id),
    });
    undo.push(() => replication.close());
    undo.push(sweepMessages(sql));
    log?.(`Data API, Auth and Realtime answer on ${gateway.url}`);
    return {
      gatewayUrl: gateway.url,
      databaseUrl,
      publishableKey: secrets.publishableKey,
      secretKey: secrets.secretKey,
      jwks: keys.jwks,
      postgres: server,
      stop,
    };
  } catch (error) {
    await stop();
    throw orObituary(error, server);
  }
}

/** Two stacks on one folder would share a database and fight over it. Answers how to let go of it. */
export function lockState(stateDir: string): () => void {
  const lock = takeLock(join(stateDir, "lock"));
  if (!lock.holder) return lock.release;
  const since = lock.holder.since.slice(0, 16).replace("T", " ");
  throw new OperatorError(
    `Kept already runs on ${stateDir} (process ${lock.holder.pid}, since ${since} UTC): stop it first, or give another --state-dir.`,
  );
}

/** A hosted project keeps messages for three days; without this the table would only grow. */
function sweepMessages(sql: postgres.Sql): () => void {
  const sweep = () => sql`delete from realtime.messages where inserted_at < now() - interval '3 days'`.catch(() => {});
  void sweep();
  const timer = setInterval(sweep, RETENTION_SWEEP_MS).unref();
  return () => clearInterval(timer);
}
