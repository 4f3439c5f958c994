import { createHash } from "node:crypto";
import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { operatorFault } from "./host-fault.ts";
import { SHARED_DIR } from "./postgres-binaries.ts";
import { runAs, type ServerAccount, serverAccount } from "./server-account.ts";

export interface PostgresHome {
  /** Holds `data/` and `server.log`; belongs to the account. */
  readonly dir: string;
  readonly dataDir: string;
  readonly account: ServerAccount | undefined;
}

/**
 * The folder where the database of `stateDir` lives, made if it is not there.
 *
 * It is `stateDir/postgres`, unless Postgres runs as another account than ours that cannot reach it (a checkout
 * of root under a folder closed to others, such as /root): then it is a folder in `sharedDir` named for `stateDir`.
 */
export async function postgresHome(stateDir: string, sharedDir = SHARED_DIR): Promise<PostgresHome> {
  const near = join(resolve(stateDir), "postgres");
  const far = join(sharedDir, `state-${createHash("sha256").update(resolve(stateDir)).digest("hex").slice(0, 12)}`);
  try {
    const account = serverAccount(join(near, "data"));
    mkdirSync(near, { recursive: true });
    if (!account) return { dir: near, dataDir: join(near, "data"), account };
    if (await reaches(account, near)) return owned(near, account);
    // A state folder made private is ours to open for passing through; what is secret in it is 0600 by itself.
    chmodSync(stateDir, 0o711);
    if (await reaches(account, near)) return owned(near, account);
    mkdirSync(far, { recursive: true });
    return owned(far, serverAccount(join(far, "data")) ?? account);
  } catch (error) {
    throw operatorFault(error, { dir: stateDir });
  }
}

function owned(dir: string, account: ServerAccount): PostgresHome {
  chownSync(dir, account.uid, account.gid);
  return { dir, dataDir: join(dir, "data"), account };
}

async function reaches(account: ServerAccount, dir: string): Promise<boolean> {
  const { code } = await runAs(account, "/bin/sh", ["-c", 'cd "$1"', "sh", dir]);
  return code === 0;
}
