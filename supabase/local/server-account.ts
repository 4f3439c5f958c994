import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { OperatorError } from "#bin/verb.ts";

/** Postgres refuses to run as root, so under root its programs run as somebody else. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account that Postgres runs as, or undefined when that is simply ours.
 *
 * An existing `dataDir` decides by its owner: a `postgres` account that appears later (somebody installs the
 * system's Postgres) must not lock us out of data that `nobody` made.
 */
export function serverAccount(dataDir: string): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(dataDir, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  // initdb looks its own uid up by name, so an arbitrary number will not do.
  const account = accounts.find(([name]) => name === "postgres") ?? accounts.find(([name]) => name === "nobody");
  if (!account)
    throw new OperatorError("Postgres may not run as root, and /etc/passwd has neither postgres nor nobody.");
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

/** How a program ended: its exit code (or the error code that kept it from starting) and all it printed. */
export interface Outcome {
  readonly code: number | string;
  readonly output: string;
}

/** Runs a program as `account` to its end. Never rejects: the caller knows which codes are good. */
export function runAs(account: ServerAccount | undefined, program: string, args: readonly string[]): Promise<Outcome> {
  // A bare environment: PGDATA, PGPORT or a foreign locale of the caller must not steer the server.
  const { PATH = "/usr/bin:/bin", NODE_ENV } = process.env;
  const env = { PATH, NODE_ENV, LC_ALL: "C.UTF-8", TZ: "UTC" };
  // cwd "/": the caller's own folder may be closed to the account, and initdb fails when it cannot return to it.
  // Detached: Ctrl-C in the terminal is for us, who then stop the server in order. It would end pg_ctl at that very work.
  const child = spawn(program, args, {
    ...account,
    env,
    cwd: "/",
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  return new Promise((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => resolve({ code: error.code ?? "failed", output }));
    child.once("close", (code) => resolve({ code: code ?? "killed", output: output.trim() }));
  });
}
