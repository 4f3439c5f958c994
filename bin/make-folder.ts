import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { operatorFault } from "#supabase/local/host-fault.ts";
import { OperatorError } from "./verb.ts";

/**
 * Makes a folder that can be written, and the folders above it. Throws OperatorError with `remedy`.
 *
 * Not by the `recursive` of Node's own mkdir: that calls a read-only file system ENOENT, and never ends below /proc.
 */
export function makeFolder(dir: string, remedy = "choose another folder"): void {
  const missing: string[] = [];
  for (let at = resolve(dir); !existsSync(at); at = dirname(at)) missing.unshift(at);
  try {
    for (const one of missing) makeOne(one);
    if (!statSync(dir).isDirectory()) throw new OperatorError(`${dir} is not a folder: ${remedy}.`);
    accessSync(dir, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const known = operatorFault(error, { dir, remedy });
    throw known === error && code ? new OperatorError(`${dir} cannot be made (${code}): ${remedy}.`) : known;
  }
}

function makeOne(dir: string): void {
  try {
    mkdirSync(dir);
  } catch (error) {
    // Somebody else made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
