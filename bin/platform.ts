import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, requireFreePort } from "#supabase/local/free-port.ts";
import { operatorFault } from "#supabase/local/host-fault.ts";
import { orObituary, type PostgresServer } from "#supabase/local/postgres-server.ts";
import { lockState, type StackOptions, startStack } from "#supabase/local/stack.ts";
import { type Backend, backendVariables } from "./hosted-environment.ts";
import { requireProject } from "./hosted-project.ts";
import { makeFolder } from "./make-folder.ts";
import { buildIfChanged } from "./next-build.ts";
import { PROJECT_DIR } from "./project-dir.ts";
import { seedAside } from "./seed-aside.ts";
import { startService } from "./service.ts";
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

/** Something that was started: it can end by itself, and it can be stopped. */
interface Part {
  readonly crashed: Promise<OperatorError>;
  stop(): Promise<void>;
}

/**
 * The whole platform in its order: stack and migrations; seed and build side by side; web and worker.
 *
 * Used by `kept start` and `kept dev`, and with free ports and a folder of its own by browser tests and benchmarks.
 * Throws OperatorError, one sentence, for what an operator can mend; whatever had started is stopped again.
 */
export async function startPlatform(options: PlatformOptions): Promise<RunningPlatform> {
  const { mode, hosted, log = () => {} } = options;
  const stateDir = resolve(options.stateDir);
  const started: Part[] = [];
  const stop = async () => {
    for (let last = started.pop(); last; last = started.pop()) await last.stop();
  };
  // Also aborts what still runs (a build, the wait for web) once something else has failed.
  const failing = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failing.signal]) : failing.signal;
  let server: PostgresServer | undefined;
  try {
    makeFolder(stateDir, "choose another --state-dir");
    // Before the ports are tried: it is not another program that holds those of a Kept that runs here.
    if (!hosted) lockState(stateDir)();
    if (options.webPort !== 0) await requireFreePort(options.webPort, "KEPT_PORT");
    const webPort = options.webPort || (await freePort());
    const webUrl = `http://127.0.0.1:${webPort}`;

    let backend: Backend;
    if (hosted) {
      log(`using the Supabase at ${hosted.supabaseUrl}, as the environment says: the embedded one stays off`);
      await Promise.race([requireProject(hosted, process.env), rejectOnAbort(signal)]);
      backend = hosted;
    } else {
      const embedded = await startEmbedded({ ...options, stateDir, siteUrl: webUrl });
      started.push(embedded);
      backend = embedded.backend;
      server = embedded.server;
    }
    signal.throwIfAborted();

    const [seed] = await Promise.all([
      hosted || options.seed === false ? undefined : seedAside({ ...backend, stateDir, log }, signal),
      mode === "start" && buildIfChanged({ log, logFile: logFile(stateDir, "build"), signal }),
    ]);

    log(mode === "dev" ? "starting web (compiling as it goes) and worker" : "starting web and worker");
    const app = startApp({ mode, stateDir, webPort, variables: { ...backendVariables(backend), ...options.env } });
    started.push(app);
    const crashed = Promise.race(started.map((part) => part.crashed));
    const up = Promise.all([answers(webUrl, signal, log), app.workerReady]).then(() => undefined);
    const crash = await Promise.race([up, crashed, rejectOnAbort(signal)]);
    if (crash) throw crash;
    return { ...backend, webUrl, signIns: seed?.signIns ?? [], crashed, stop };
  } catch (error) {
    failing.abort();
    await stop();
    throw operatorFault(orObituary(error, server), { dir: stateDir });
  }
}

async function startEmbedded(
  options: StackOptions,
): Promise<Part & { readonly backend: Backend; readonly server: PostgresServer }> {
  const stack = await startStack(options);
  let watch: NodeJS.Timeout | undefined;
  // Postgres runs detached from us, so its end is looked for.
  const crashed = new Promise<OperatorError>((resolve) => {
    watch = setInterval(() => {
      if (!stack.postgres.isAlive()) resolve(stack.postgres.obituary());
    }, POSTGRES_WATCH_MS);
  });
  const { gatewayUrl: supabaseUrl, databaseUrl, publishableKey, secretKey } = stack;
  return {
    backend: { supabaseUrl, databaseUrl, publishableKey, secretKey },
    server: stack.postgres,
    crashed,
    stop() {
      clearInterval(watch);
      return stack.stop();
    },
  };
}

interface AppOptions {
  readonly mode: "start" | "dev";
  readonly stateDir: string;
  readonly webPort: number;
  readonly variables: Readonly<Record<string, string>>;
}

function startApp({ mode, stateDir, webPort, variables }: AppOptions): Part & { readonly workerReady: Promise<void> } {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: mode === "dev" ? "development" : "production",
    NEXT_TELEMETRY_DISABLED: "1",
    KEPT_STATE_DIR: stateDir,
    KEPT_SITE_URL: `http://127.0.0.1:${webPort}`,
    ...variables,
  };
  const place = { dir: stateDir, port: webPort, portVariable: "KEPT_PORT" };
  const service = (name: string, ...args: string[]) =>
    startService({ name, args, env, place, logFile: mode === "dev" ? undefined : logFile(stateDir, name) });
  const next = join(PROJECT_DIR, "node_modules", "next", "dist", "bin", "next");
  const web = service("web", next, mode, "-H", "127.0.0.1", "-p", `${webPort}`);
  const worker = service("worker", join(PROJECT_DIR, "server", "jobs", "worker.ts"));
  return {
    crashed: Promise.race([web.crashed, worker.crashed]),
    workerReady: worker.saysReady,
    async stop() {
      await Promise.all([web.stop(), worker.stop()]);
    },
  };
}

function logFile(stateDir: string, name: string): string {
  return join(stateDir, "logs", `${name}.log`);
}

/** Waits until the server gives any answer over HTTP. */
async function answers(url: string, signal: AbortSignal, log: (line: string) => void): Promise<void> {
  const deadline = Date.now() + WEB_TIMEOUT_MS;
  while (!signal.aborted) {
    try {
      const { status } = await fetch(url, { redirect: "manual", signal });
      if (status >= 500) log(`web answers, but its first page with an error (HTTP ${status})`);
      return;
    } catch {
      if (Date.now() > deadline)
        throw new OperatorError(`web did not answer on ${url} within ${WEB_TIMEOUT_MS / 1000} s.`);
      await sleep(50);
    }
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
