import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hostFault, operatorFault } from "#supabase/local/host-fault.ts";
import { takeLock } from "#supabase/local/process-lock.ts";
import { PROJECT_DIR } from "./project-dir.ts";
import { signalGroup } from "./service.ts";
import { OperatorError } from "./verb.ts";

interface Options {
  readonly log: (line: string) => void;
  readonly logFile: string;
  readonly signal: AbortSignal;
}

/** What the build reads. Whatever else changes (tests, documents, migrations), the last build still serves. */
const SOURCE_DIRS = ["app", "components", "server", "public"];
const SOURCE_FILES = [
  "next.config.js",
  "proxy.ts",
  "postcss.config.js",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
];
const STAMP = join(PROJECT_DIR, ".next", "kept-build.json");
const PLACE = { dir: PROJECT_DIR, remedy: "use a checkout of your own" };
// Not inside .next, which a build sweeps.
const LOCK = join(PROJECT_DIR, "node_modules", ".cache", "kept-build.lock");

/**
 * Makes the production build, unless the last one was made from these very sources. Several starters share one
 * build: the second waits for the first.
 */
export async function buildIfChanged({ log, logFile, signal }: Options): Promise<void> {
  if (isBuilt(hashOfSources())) return;
  const release = await lockBuild(log, signal).catch((error: unknown) => {
    throw operatorFault(error, PLACE);
  });
  try {
    const sources = hashOfSources();
    if (isBuilt(sources)) return;
    log("building the app");
    await build(logFile, signal);
    writeFileSync(STAMP, JSON.stringify({ sources }));
  } finally {
    release();
  }
}

function isBuilt(sources: string): boolean {
  if (!existsSync(join(PROJECT_DIR, ".next", "BUILD_ID"))) return false;
  try {
    return (JSON.parse(readFileSync(STAMP, "utf8")) as { sources: string }).sources === sources;
  } catch {
    return false;
  }
}

async function lockBuild(log: (line: string) => void, signal: AbortSignal): Promise<() => void> {
  let told = false;
  for (;;) {
    const lock = takeLock(LOCK);
    if (!lock.holder) return lock.release;
    if (!told) log(`waiting for the build that process ${lock.holder.pid} is making`);
    told = true;
    await sleep(200, undefined, { signal });
  }
}

/** A fingerprint of all that the build reads, and of the Node that runs it. */
export function hashOfSources(projectDir = PROJECT_DIR): string {
  const hash = createHash("sha256").update(process.version);
  const add = (path: string) => {
    const content = readFileSync(join(projectDir, path));
    hash.update(`\0${path}\0${content.length}\0`).update(content);
  };
  for (const file of SOURCE_FILES) if (existsSync(join(projectDir, file))) add(file);
  for (const dir of SOURCE_DIRS) {
    if (!existsSync(join(projectDir, dir))) continue;
    const entries = readdirSync(join(projectDir, dir), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name));
    const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(projectDir.length + 1));
    for (const path of paths.sort()) add(path);
  }
  return hash.digest("hex");
}

function build(logFile: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  mkdirSync(dirname(logFile), { recursive: true });
  const output = openSync(logFile, "w");
  const next = join(PROJECT_DIR, "node_modules", "next", "dist", "bin", "next");
  const child = spawn(process.execPath, [next, "build"], {
    cwd: PROJECT_DIR,
    env: buildEnvironment(process.env),
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => signalGroup(child.pid, "SIGKILL"), { once: true });
    child.once("error", reject);
    child.once("exit", (code) => {
      if (code === 0) return resolve();
      const words = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-20).join("\n");
      const reason = hostFault(words, PLACE);
      const ending = reason ? `. ${reason}` : `; this is how it ended (all of it: ${logFile}):\n${words}`;
      reject(new OperatorError(`The build failed${ending}`));
    });
  });
}

/** Next would write the values of NEXT_PUBLIC_… into the code. One build must serve any ports and keys, so it sees none. */
function buildEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith("NEXT_PUBLIC_"));
  return { ...Object.fromEntries(kept), NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
}
