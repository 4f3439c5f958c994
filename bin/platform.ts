import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { freePort, requireFreePort } from "#supabase/local/free-port.ts";
import { unappliedMigrations } from "#supabase/local/migrate.ts";
import { startStack } from "#supabase/local/stack.ts";
import { seedIfEmpty } from "#supabase/seed/seed.ts";
import { type Backend, backendVariables } from "./hosted-environment.ts";
import { buildIfChanged } from "./next-build.ts";
import { PROJECT_DIR } from "./project-dir.ts";
import { type Service, startService } from "./service.ts";
import { OperatorError } from "./verb.ts";

export interface PlatformOptions {
  readonly stateDir: string;
  /** 0 takes a free one; so do the others. */
  readonly webPort: number;
  readonly gatewayPort?: number;
  readonly postgresPort?: number;
  /** "start" serves the production build that all starters share; "dev" compiles as it goes and prints into the terminal. */
  readonly mode: "start" | "dev";
  /** False leaves an empty database empty. */
  readonly seed?: boolean;
  /** Given, no embedded stack is started. */
  readonly hosted?: Backend;
  /** False for throwaway data. */
  readonly durable?: boolean;
  /** More variables for web and worker. */
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
  /** Aborting it while the platform starts stops what has started, and rejects. */
  readonly signal?: AbortSignal;
}

export interface RunningPlatform extends Backend {
  readonly webUrl: string;
  readonly signIns: readonly SignIn[];
  /** Resolves when a part of it ends although nobody stopped it, with the sentence to print. */
  readonly crashed: Promise<OperatorError>;
  stop(): Promise<void>;
}

export interface SignIn {
  readonly role: string;
  readonly email: string;
  readonly password: string;
}

const WEB_TIMEOUT_MS = 120_000;
const POSTGRES_WATCH_MS = 1000;

/**
 * The whole platform in its order: stack, migrations, seed; build meanwhile; web and worker.
 *
 * Used by `kept start` and `kept dev`, and with free ports and a folder of its own by browser tests and benchmarks.
 * Throws OperatorError, one sentence, for what an operator can mend; whatever had started is stopped again.
 */
export async function startPlatform(options: PlatformOptions): Promise<RunningPlatform> {
  const { mode, seed = true, hosted, log = () => {}, signal = new AbortController().signal } = options;
  const stateDir = resolve(options.stateDir);
  const logFile = (name: string) => join(stateDir, "logs", `${name}.log`);
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (let last = undo.pop(); last; last = undo.pop()) await last();
  };
  // What cannot be cut short is left behind; stopping the stack ends it.
  const unlessAborted = <T>(work: Promise<T>) => Promise.race([work, aborted(signal)]);
  // A failed seed ends the build too.
  const building = new AbortController();
  try {
    if (options.webPort !== 0) await requireFreePort(options.webPort, "KEPT_PORT");
    const webPort = options.webPort || (await freePort());
    const webUrl = `http://127.0.0.1:${webPort}`;
    mkdirSync(stateDir, { recursive: true });

    const buildSignal = AbortSignal.any([signal, building.signal]);
    const built =
      mode === "start" ? buildIfChanged({ log, logFile: logFile("build"), signal: buildSignal }) : undefined;
    // It is awaited below; until then its failure must not count as unhandled.
    built?.catch(() => {});

    let backend: Backend;
    const watched: Promise<OperatorError>[] = [];
    let signIns: readonly SignIn[] = [];
    if (hosted) {
      log(`using the Supabase at ${hosted.supabaseUrl}, as the environment says: the embedded one stays off`);
      await unlessAborted(requireMigrated(hosted.databaseUrl));
      backend = hosted;
    } else {
      const { gatewayPort, postgresPort, durable } = options;
      const stack = await startStack({ stateDir, gatewayPort, postgresPort, durable, siteUrl: webUrl, log });
      undo.push(() => stack.stop());
      const { gatewayUrl: supabaseUrl, databaseUrl, publishableKey, secretKey } = stack;
      backend = { supabaseUrl, databaseUrl, publishableKey, secretKey };
      const watch = watchPostgres(() => stack.postgres.isAlive());
      watched.push(watch.died);
      undo.push(async () => watch.end());
      signal.throwIfAborted();
      if (seed) {
        const seeded = await unlessAborted(seedIfEmpty({ databaseUrl, supabaseUrl, secretKey, stateDir, log }));
        signIns = seeded.signIns;
      }
    }
    if (built) await unlessAborted(built);

    log(mode === "dev" ? "starting web (compiling as it goes) and worker" : "starting web and worker");
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      ...backendVariables(backend),
      NODE_ENV: mode === "dev" ? "development" : "production",
      NEXT_TELEMETRY_DISABLED: "1",
      KEPT_STATE_DIR: stateDir,
      KEPT_SITE_URL: webUrl,
      ...options.env,
    };
    const next = join(PROJECT_DIR, "node_modules", "next", "dist", "bin", "next");
    const output = (name: string) => (mode === "dev" ? {} : { logFile: logFile(name) });
    const web = startService({
      name: "web",
      args: [next, mode, "-H", "127.0.0.1", "-p", `${webPort}`],
      env,
      ...output("web"),
    });
    const worker = startService({
      name: "worker",
      args: [join(PROJECT_DIR, "server", "jobs", "worker.ts")],
      env,
      ...output("worker"),
    });
    undo.push(() => stopAll([web, worker]));
    const crashed = Promise.race([web.crashed, worker.crashed, ...watched]);
    const failure = crashed.then((error) => Promise.reject(error));
    await unlessAborted(Promise.race([Promise.all([answers(webUrl, log), worker.saysReady]), failure]));
    failure.catch(() => {});
    return { ...backend, webUrl, signIns, crashed, stop };
  } catch (error) {
    building.abort();
    await stop();
    throw error;
  }
}

/** A hosted project is migrated by its owner, with the official command line; the app must not run on less. */
async function requireMigrated(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    const missing = await unappliedMigrations(sql);
    if (missing.length === 0) return;
    throw new OperatorError(
      `The database behind DATABASE_URL lacks ${missing.length} of our migrations (the first is ${missing[0]}): apply them with "npx supabase db push".`,
    );
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(
      `The database behind DATABASE_URL does not answer: ${(error as Error).message || String(error)}.`,
    );
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Postgres runs detached from us, so its end is looked for. */
function watchPostgres(isAlive: () => boolean): { died: Promise<OperatorError>; end(): void } {
  let timer: NodeJS.Timeout | undefined;
  const died = new Promise<OperatorError>((resolve) => {
    timer = setInterval(() => {
      if (!isAlive())
        resolve(new OperatorError("Postgres ended unexpectedly: start again, and it recovers what was committed."));
    }, POSTGRES_WATCH_MS);
  });
  return { died, end: () => clearInterval(timer) };
}

/** Waits until the server gives any answer over HTTP. */
async function answers(url: string, log: (line: string) => void): Promise<void> {
  const deadline = Date.now() + WEB_TIMEOUT_MS;
  for (;;) {
    try {
      const { status } = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(WEB_TIMEOUT_MS) });
      if (status >= 500) log(`web answers, but its first page with an error (HTTP ${status})`);
      return;
    } catch {
      if (Date.now() > deadline)
        throw new OperatorError(`web did not answer on ${url} within ${WEB_TIMEOUT_MS / 1000} s.`);
      await sleep(50);
    }
  }
}

async function stopAll(services: readonly Service[]): Promise<void> {
  await Promise.all(services.map((service) => service.stop()));
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
