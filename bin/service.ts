import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { faultOfFullDisk, hostFault, type Place } from "#supabase/local/host-fault.ts";
import { PROJECT_DIR } from "./project-dir.ts";
import { SUPERVISOR } from "./supervisor.ts";
import { OperatorError } from "./verb.ts";

/** A long-lived Node process of the platform. */
export interface Service {
  readonly name: string;
  /** Resolves when the process ends although nobody stopped it, with the sentence to print. */
  readonly crashed: Promise<OperatorError>;
  /** Resolves when the process says `process.send("ready")`. */
  readonly saysReady: Promise<void>;
  stop(): Promise<void>;
}

interface Options {
  readonly name: string;
  /** For Node: the script and its arguments. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Takes what the process prints; without it the process prints into our terminal. */
  readonly logFile?: string;
  /** What it writes and listens on, for the sentence when the machine is at fault for its end. */
  readonly place: Place;
}

/** What a process gets to finish its requests or jobs; then it is killed, and whoever relied on it must cope. */
const GRACE_MS = 1000;
/** Of its log: searched for a fault of the machine, and printed when there is none. */
const READ_LINES = 40;
const LAST_LINES = 8;

export function startService({ name, args, env, logFile, place }: Options): Service {
  const output = logFile ? openLog(logFile) : ("inherit" as const);
  // A process group of its own: Ctrl-C in the terminal reaches only us, and stopping reaches grandchildren too.
  const child = spawn(process.execPath, ["--import", join(import.meta.dirname, "exit-with-parent.ts"), ...args], {
    cwd: PROJECT_DIR,
    env: { ...env, [SUPERVISOR]: `${process.pid}` },
    detached: true,
    stdio: ["ignore", output, output, "ipc"],
  });
  if (typeof output === "number") closeSync(output);
  let stopping = false;
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const crashed = new Promise<OperatorError>((resolve) => {
    ended.then((how) => {
      if (!stopping) resolve(new OperatorError(`${name} ended unexpectedly${obituary(how, place, logFile)}`));
    });
  });
  return {
    name,
    crashed,
    saysReady: new Promise((resolve) => child.on("message", (message) => message === "ready" && resolve())),
    async stop() {
      stopping = true;
      signalGroup(child.pid, "SIGTERM");
      await Promise.race([ended, sleep(GRACE_MS, undefined, { ref: false })]);
      // Also after a good end: a grandchild may have stayed behind.
      signalGroup(child.pid, "SIGKILL");
      await ended;
    },
  };
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  return openSync(file, "w");
}

function obituary(how: string, place: Place, logFile: string | undefined): string {
  const lines = logFile ? readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-READ_LINES) : [];
  const reason = hostFault(lines.join("\n"), place) ?? faultOfFullDisk(place.dir);
  if (reason) return `. ${reason}`;
  if (!logFile) return ` (${how}).`;
  const words = lines.slice(-LAST_LINES).map((line) => `  ${line}`);
  return ` (${how}). Its last words (all of them: ${logFile}):\n${words.join("\n")}`;
}

export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
  }
}
