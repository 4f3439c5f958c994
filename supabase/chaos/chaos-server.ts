import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import postgres from "postgres";
import { type Database, openDatabase } from "#server/db/database.ts";
import { postgresHome } from "#supabase/local/postgres-home.ts";
import { type PostgresServer, startPostgres } from "#supabase/local/postgres-server.ts";
import { livePostmaster } from "#supabase/local/postmaster.ts";
import { makeTemplate, TEMPLATE_DATABASE } from "#supabase/local/test-postgres.setup.ts";
import { insertScarceNetwork, type ScarceNetwork } from "./scarce-network.ts";

/** A durable Postgres in a temporary folder, to be killed. */
export interface ChaosServer {
  /** A fresh database with a scarce network of so many units. */
  createDatabase(units: number): Promise<ChaosDatabase>;
  /** SIGKILL for the postmaster and all its children; starts it again and answers the milliseconds until it serves. */
  kill(): Promise<number>;
  stop(): Promise<void>;
}

export interface ChaosDatabase {
  readonly name: string;
  readonly url: string;
  readonly network: ScarceNetwork;
  /** Opens a pool of a few connections, for looking and for preparing. */
  open(): Database;
  drop(): Promise<void>;
}

const SETTINGS = {
  // Two that wait for each other are found while the run lasts.
  deadlock_timeout: "100ms",
  // Tables grow from nothing in a minute: plans made for empty ones must not last that long.
  autovacuum_naptime: "3s",
  // Only a commit's own flush makes it durable: no writer in the background is to make up for one that did not.
  wal_writer_delay: "10s",
  wal_writer_flush_after: "1GB",
  bgwriter_lru_maxpages: "0",
  checkpoint_timeout: "1d",
  max_wal_size: "2GB",
};

export async function startChaosServer(connections: number): Promise<ChaosServer> {
  const stateDir = mkdtempSync(join(tmpdir(), "kept-chaos-"));
  // Some clients have two tabs open; and there are those who look.
  const options = { stateDir, maxConnections: 2 * connections + 40, settings: SETTINGS };
  let server: PostgresServer = await startPostgres({ ...options, port: 0 }).catch((error: unknown) => {
    rmSync(stateDir, { recursive: true, force: true });
    throw error;
  });
  const { url, port } = server;
  const { dataDir } = await postgresHome(stateDir);
  let databases = 0;
  const admin = async (statement: string) => {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    try {
      await sql.unsafe(statement);
    } finally {
      await sql.end();
    }
  };
  const stop = async () => {
    await server.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    await makeTemplate(url, stateDir);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async createDatabase(units) {
      const name = `chaos_${++databases}`;
      await admin(`create database ${name} template ${TEMPLATE_DATABASE}`);
      // A setting of a database is not part of what a copy copies.
      await admin(`alter database ${name} set search_path to "$user", public, extensions`);
      const databaseUrl = url.replace(/\/postgres$/, `/${name}`);
      const open = () => openDatabase(databaseUrl, { max: 3 });
      const sql = open();
      try {
        const network = await insertScarceNetwork(sql, units);
        await sql`analyze`;
        return {
          name,
          url: databaseUrl,
          network,
          open,
          drop: () => admin(`drop database if exists ${name} with (force)`),
        };
      } finally {
        await sql.end();
      }
    },
    async kill() {
      const startedMs = performance.now();
      await killTree(livePostmaster(dataDir)?.pid);
      server = await startPostgres({ ...options, port });
      return performance.now() - startedMs;
    },
    stop,
  };
}

const DEATH_TIMEOUT_MS = 10_000;

/** Ends a process and its children by SIGKILL and waits until none is left: a shared memory in use refuses a new server. */
async function killTree(pid: number | undefined): Promise<void> {
  if (pid === undefined) throw new Error("there is no Postgres to kill");
  // Stopped first: it must not fork while its children are counted, nor tell them to go in peace.
  process.kill(pid, "SIGSTOP");
  const before = await processes();
  const doomed = new Set([pid, ...before.filter(({ parent }) => parent === pid).map((child) => child.pid)]);
  for (const each of doomed) {
    try {
      process.kill(each, "SIGKILL");
    } catch (error) {
      // A session whose client died a moment ago has ended by itself.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
  const deadline = performance.now() + DEATH_TIMEOUT_MS;
  // A zombie, which nobody may be there to reap, has let go of everything.
  while ((await processes()).some((each) => doomed.has(each.pid) && !each.isZombie)) {
    if (performance.now() > deadline) throw new Error("Postgres does not die");
    await sleep(20);
  }
}

interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly isZombie: boolean;
}

async function processes(): Promise<RunningProcess[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,state="]);
  return stdout.split("\n").flatMap((line) => {
    const [pid, parent, state] = line.trim().split(/\s+/);
    return pid && parent && state ? { pid: Number(pid), parent: Number(parent), isZombie: state.startsWith("Z") } : [];
  });
}
