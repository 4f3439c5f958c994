import { closeSync, openSync, writeFileSync } from "node:fs";
import { OperatorError } from "./verb.ts";

/** Throws OperatorError for a file that a verb could not write at the end of its work. An existing one stays as it is. */
export function requireWritable(file: string): void {
  orUnwritable(file, () => closeSync(openSync(file, "a")));
}

/** Writes what a verb made. Throws OperatorError. */
export function writeOutput(file: string, text: string): void {
  orUnwritable(file, () => writeFileSync(file, text));
}

function orUnwritable(file: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw new OperatorError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}
