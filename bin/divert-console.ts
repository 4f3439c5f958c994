import { Console } from "node:console";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Libraries of the stack print what they meet in passing (each refused query, for one): while it runs in this
 * process, that goes into `logs/supabase.log` and not among our lines. Answers how to undo it.
 */
export function divertConsole(stateDir: string): () => void {
  mkdirSync(join(stateDir, "logs"), { recursive: true });
  const file = createWriteStream(join(stateDir, "logs", "supabase.log"));
  const ours = { log: console.log, warn: console.warn, error: console.error };
  const { log, warn, error } = new Console(file);
  Object.assign(console, { log, warn, error });
  return () => {
    Object.assign(console, ours);
    file.end();
  };
}
