import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Who holds a lock. */
export interface Holder {
  readonly pid: number;
  /** When that process began, in the kernel's own count: a pid alone may long belong to another program. */
  readonly began: string;
  /** When the lock was taken, ISO 8601. */
  readonly since: string;
}

export type Lock = { readonly release: () => void; readonly holder?: undefined } | { readonly holder: Holder };

/** Takes the lock file, or says who holds it. A lock whose holder is gone counts as free. */
export function takeLock(file: string): Lock {
  mkdirSync(dirname(file), { recursive: true });
  const mine: Holder = { pid: process.pid, began: processBegan(process.pid) ?? "", since: new Date().toISOString() };
  for (let attempt = 1; ; attempt++) {
    try {
      writeFileSync(file, JSON.stringify(mine), { flag: "wx" });
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempt > 3) throw error;
    }
    const holder = readHolder(file);
    if (holder && processBegan(holder.pid) === holder.began) return { holder };
    rmSync(file, { force: true });
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    // Gone meanwhile, or cut off by a crash: nobody holds it.
    return undefined;
  }
}

/** Undefined when there is no such process (a zombie is none). Where there is no /proc, every living process began at "". */
function processBegan(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
  }
  try {
    // After the name in parentheses, which may itself hold blanks: state is field 3, start time field 22.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return "";
  }
}
