import { Console } from "node:console";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./make-folder.ts";

/**
 * Libraries of the stack print what they meet in passing (each refused query, for one): while it runs in this
 * process, that goes into `logs/supabase.log` and not among our lines. Answers how to undo it.
 */
export function divertConsole(stateDir: string): () => void {
  const remedy = "choose another --state-dir";
  makeFolder(stateDir, remedy);
  makeFolder(join(stateDir, "logs"), remedy);
  const file = createWriteStream(join(stateDir, "logs", "supabase.log"));
  // What is printed in passing is not worth an end: whatever needs the disk says itself that it is full.
  file.on("error", () => {});
  const ours = { log: console.log, warn: console.warn, error: console.error };
  const { log, warn, error } = new Console(file);
  Object.assign(console, { log, warn, error });
  return () => {
    Object.assign(console, ours);
    file.end();
  };
}
