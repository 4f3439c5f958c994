import { existsSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** What a running postmaster says of itself in its `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** "starting", "ready", "stopping"; the server pads it with blanks. */
  readonly status: string;
}

/** The content of `postmaster.pid`, whether that process lives or not; undefined when there is none. */
export function recordedPostmaster(dataDir: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDir, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return undefined;
  }
  return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7]?.trim() ?? "starting" };
}

/** The postmaster that really runs on `dataDir`. */
export function livePostmaster(dataDir: string): Postmaster | undefined {
  const recorded = recordedPostmaster(dataDir);
  return recorded && isPostmaster(recorded.pid, dataDir) ? recorded : undefined;
}

/**
 * `kill -0` and pg_ctl both take two corpses for living: a killed postmaster that nobody reaps (a container whose
 * process 1 is no init), and a pid that after a restart of the machine belongs to some other program.
 */
function isPostmaster(pid: number, dataDir: string): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  // Without /proc there is nothing more to learn, and pg_ctl's own view must do.
  if (!existsSync(`/proc/${pid}`)) return true;
  if (/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))) return false;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir);
  } catch {
    // Where it stands is not told of every process (root in a container asks in vain about other accounts), but how it
    // was called is: pg_ctl does so with -D and the folder.
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(dataDir);
  }
}
