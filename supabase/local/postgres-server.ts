import { chownSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OperatorError } from "#bin/verb.ts";
import { freePort } from "./free-port.ts";
import { hostFault, operatorFault } from "./host-fault.ts";
import { postgresBinaries } from "./postgres-binaries.ts";
import { type PostgresHome, postgresHome } from "./postgres-home.ts";
import { livePostmaster, recordedPostmaster } from "./postmaster.ts";
import { runAs } from "./server-account.ts";

export interface PostgresOptions {
  /** The database lives in its `postgres/` folder, or see {@link postgresHome}. */
  readonly stateDir: string;
  /** 0 takes a free one. A server that already runs on the data keeps the port it has. */
  readonly port: number;
  readonly maxConnections?: number;
  /** False trades crash safety for speed: throwaway data only. */
  readonly durable?: boolean;
  /** More server settings, by name. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
  /** Where the binaries are, and where root puts what the server's account must reach: for tests. */
  readonly nativeDir?: string;
  readonly sharedDir?: string;
}

export interface PostgresServer {
  readonly port: number;
  /** As the superuser `postgres`, whose password is the one that the Supabase command line assumes. */
  readonly url: string;
  isAlive(): boolean;
  /** After an end that nobody asked for: a sentence with what its log says about it. */
  obituary(): OperatorError;
  /** Rolls open transactions back and waits for the end. Close replication connections first: they hold it up. */
  stop(): Promise<void>;
}

const PASSWORD = "postgres";
const NOT_DURABLE = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };
const START_TIMEOUT_SEC = 60;
/** In the words of the driver, of the system, and of a server that goes down. */
const CUT_OFF = /^(CONNECTION_|ECONNREFUSED|ECONNRESET|EPIPE|57P0)/;
/** pg_ctl says this when the data has no running server. */
const NOT_RUNNING = 1;

/**
 * Starts Postgres on the data of `stateDir`, creating it on the first run, or adopts the server that a killed
 * predecessor left running on it.
 *
 * Throws OperatorError, one sentence, for a taken port, a full disk, a missing library and the like.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const home = await postgresHome(options.stateDir, options.sharedDir);
  const bin = await postgresBinaries({
    account: home.account,
    nativeDir: options.nativeDir,
    sharedDir: options.sharedDir,
  });
  if (!existsSync(home.dataDir)) await createCluster(home, bin, options);
  await settle(home.dataDir);
  let running = livePostmaster(home.dataDir);
  if (running) options.log?.(`adopting the Postgres that still runs on 127.0.0.1:${running.port}`);
  else running = await startServer(home, bin, options);
  // Whoever exits without having stopped it (a bug, a process.exit) does not leave it behind.
  const endWithUs = () => endServer(home);
  process.once("exit", endWithUs);
  return {
    port: running.port,
    url: `postgres://postgres:${PASSWORD}@127.0.0.1:${running.port}/postgres`,
    isAlive: () => livePostmaster(home.dataDir) !== undefined,
    obituary: () => obituary(home.dir),
    async stop() {
      await stopServer(home, bin);
      process.off("exit", endWithUs);
    },
  };
}

/** Deletes the database of `stateDir`, stopping first a server that a killed predecessor left running on it. */
export async function deleteDatabase(stateDir: string, sharedDir?: string): Promise<void> {
  const home = await postgresHome(stateDir, sharedDir);
  if (livePostmaster(home.dataDir))
    await stopServer(home, await postgresBinaries({ account: home.account, sharedDir }));
  rmSync(home.dir, { recursive: true, force: true });
}

async function createCluster(
  { dir, dataDir, account }: PostgresHome,
  bin: string,
  { log }: PostgresOptions,
): Promise<void> {
  log?.("creating the database");
  // Made aside and renamed: a half-made cluster already has a PG_VERSION and would be taken for a whole one.
  const fresh = `${dataDir}.new`;
  const passwordFile = join(dir, "password");
  rmSync(fresh, { recursive: true, force: true });
  try {
    writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
    if (account) chownSync(passwordFile, account.uid, account.gid);
    // The collation is stated so that order does not depend on the machine; no sync, because there is nothing to lose yet.
    const args = ["-D", fresh, "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
    const made = await runAs(account, join(bin, "initdb"), [...args, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
    if (made.code !== 0) throw fault("start", made.output, dir);
    renameSync(fresh, dataDir);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw operatorFault(error, { dir });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Waits while a server is neither up nor down, and clears away the lock file of one that is no more. */
async function settle(dataDir: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_SEC * 1000;
  while (Date.now() < deadline) {
    const status = livePostmaster(dataDir)?.status;
    if (status === undefined || status === "ready") break;
    await sleep(50);
  }
  // When the pid is simply free, Postgres sees for itself that the lock is stale, and it also looks for backends
  // that outlived their postmaster; so only what it would misread (a zombie, a pid of somebody else, a file that a
  // crash of the machine left without a pid) is removed.
  const recorded = recordedPostmaster(dataDir);
  if (!recorded || livePostmaster(dataDir)) return;
  if (!(recorded.pid > 0) || existsSync(`/proc/${recorded.pid}`)) rmSync(join(dataDir, "postmaster.pid"));
}

async function startServer({ dir, dataDir, account }: PostgresHome, bin: string, options: PostgresOptions) {
  const logFile = join(dir, "server.log");
  for (let attempt = 1; ; attempt++) {
    const port = options.port || (await freePort());
    options.log?.(`starting Postgres on 127.0.0.1:${port}`);
    const logged = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    const flags = ["-w", "-t", `${START_TIMEOUT_SEC}`, "-s", "-l", logFile, "-o", serverFlags(port, options)];
    const started = await runAs(account, join(bin, "pg_ctl"), ["-D", dataDir, ...flags, "start"]);
    const running = livePostmaster(dataDir);
    if (started.code === 0 && running) return running;
    // pg_ctl only says that it failed; the reason is in what the server wrote meanwhile.
    const words = existsSync(logFile) ? readFileSync(logFile).subarray(logged).toString() : "";
    // Between finding a free port and opening it, somebody else may have taken it.
    if (options.port === 0 && /Address already in use/.test(words) && attempt < 5) continue;
    throw fault("start", `${started.output}\n${words}`, dir, port);
  }
}

function serverFlags(port: number, { maxConnections = 200, durable = true, settings }: PostgresOptions): string {
  const all: Record<string, string> = {
    port: `${port}`,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: `${maxConnections}`,
    // Realtime follows its table through logical replication, as the hosted one does.
    wal_level: "logical",
    timezone: "UTC",
    ...(durable ? {} : NOT_DURABLE),
    ...settings,
  };
  // pg_ctl hands this string to a shell.
  return Object.entries(all)
    .map(([name, value]) => `-c ${name}='${value.replaceAll("'", "'\\''")}'`)
    .join(" ");
}

async function stopServer({ dir, dataDir, account }: PostgresHome, bin: string): Promise<void> {
  if (!livePostmaster(dataDir)) return;
  const stopped = await runAs(account, join(bin, "pg_ctl"), ["-D", dataDir, "-m", "fast", "-w", "-s", "stop"]);
  if (stopped.code !== 0 && stopped.code !== NOT_RUNNING) throw fault("stop", stopped.output, dir);
}

/** `error`, or the server's obituary when it is about a connection that the server's end has cut. */
export function orObituary(error: unknown, server: PostgresServer | undefined): unknown {
  const { code } = (error ?? {}) as { code?: unknown };
  return server && typeof code === "string" && CUT_OFF.test(code) ? server.obituary() : error;
}

/** Asks for what `pg_ctl stop -m fast` asks for, and waits for nothing. */
function endServer({ dataDir }: PostgresHome): void {
  const running = livePostmaster(dataDir);
  if (running) process.kill(running.pid, "SIGINT");
}

function obituary(dir: string): OperatorError {
  const log = readFileSync(join(dir, "server.log"), "utf8");
  // Not what an earlier server died of.
  const reason = hostFault(log.slice(log.lastIndexOf(" starting PostgreSQL ")), { dir });
  return new OperatorError(
    `Postgres ended unexpectedly${reason ? `. ${reason}` : `: start again, and it recovers what was committed (log: ${join(dir, "server.log")}).`}`,
  );
}

function fault(act: "start" | "stop", words: string, dir: string, port?: number): OperatorError {
  const known = hostFault(words, { dir, port, portVariable: "KEPT_POSTGRES_PORT" });
  if (known) return new OperatorError(known);
  const lines = words.split("\n").filter((line) => line.trim() !== "");
  const reason = lines.findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1) ?? "it said nothing";
  return new OperatorError(
    `Postgres did not ${act}: ${reason.replace(/^.*?(FATAL|PANIC|error):\s*/, "")} (log: ${join(dir, "server.log")})`,
  );
}
