import { statfsSync } from "node:fs";
import { OperatorError } from "#bin/verb.ts";

/** Where something went wrong, for the sentence. */
export interface Place {
  /** The folder that was being written. */
  readonly dir: string;
  /** The port that was being opened, where one was. */
  readonly port?: number;
  /** The environment variable that moves that port. */
  readonly portVariable?: string;
  /** What to do about a folder that cannot be written. */
  readonly remedy?: string;
}

/**
 * One sentence for a fault of the machine (port, disk, library, permission), or undefined when `text` names none.
 *
 * The text is what a program printed or what an error says: Postgres reports these only in words.
 */
export function hostFault(text: string, place: Place): string | undefined {
  const { dir, port, portVariable, remedy = "choose another --state-dir" } = place;
  if (/EADDRINUSE|Address already in use/i.test(text)) {
    const remedy = portVariable ? `stop it, or set ${portVariable} to another port` : "stop it, or choose another port";
    return `Port ${port} on 127.0.0.1 is taken by another program: ${remedy}.`;
  }
  if (/listen EACCES|could not bind .*: Permission denied/.test(text)) {
    return `Port ${port} on 127.0.0.1 may not be opened by this account: ${portVariable ? `set ${portVariable} to` : "choose"} one above 1023.`;
  }
  const library = /error while loading shared libraries: ([^\s:]+)/.exec(text)?.[1];
  if (library) {
    return `Postgres cannot start because the library ${library} is missing or unreadable: install the system package that holds it, or run "npm ci" again if it came with the project.`;
  }
  if (/could not resize shared memory segment/.test(text)) {
    return "Postgres cannot get shared memory: /dev/shm is full or too small (it needs about 64 MB).";
  }
  if (/ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/.test(text)) {
    return fullDisk(dir);
  }
  if (/EROFS|Read-only file system/.test(text)) return `${dir} is on a read-only file system: ${remedy}.`;
  if (/database files are incompatible with server/.test(text)) {
    return `The data in ${dir} was made by another major version of Postgres: move it away, or delete it with "kept db reset".`;
  }
  if (/EACCES|EPERM|Permission denied/.test(text)) {
    return `${dir} may not be written by this account: change its owner, or ${remedy}.`;
  }
  return undefined;
}

/** `error` as a sentence for the operator when it is a fault of the machine; anything else as it came. */
export function operatorFault(error: unknown, place: Place): unknown {
  if (error instanceof OperatorError) return error;
  const sentence = hostFault(String(error), place);
  return sentence === undefined ? error : new OperatorError(sentence, { cause: error });
}

const FULL_BYTES = 1_000_000;

/** The same for the end of a program that could not even write why it ended: its disk is full. */
export function faultOfFullDisk(dir: string): string | undefined {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize < FULL_BYTES ? fullDisk(dir) : undefined;
}

function fullDisk(dir: string): string {
  return `The disk that holds ${dir} is full: free some space and start again.`;
}
