import { Worker } from "node:worker_threads";
import type { SeedOptions, SeedResult } from "#supabase/seed/seed.ts";
import { OperatorError } from "./verb.ts";

/** What the thread says: a step that begins, or how it ended. */
export type SeedMessage =
  | { readonly line: string }
  | { readonly signIns: SeedResult["signIns"] }
  | { readonly refusal: string };

/**
 * Seeds in a thread of its own: it draws a city and compiles its roads, seconds without a pause, in which this
 * process must serve the gateway, watch the build and hear Ctrl-C. Aborting ends it; its import is one transaction.
 */
export function seedAside(options: SeedOptions, signal: AbortSignal): Promise<SeedResult> {
  const { log, ...workerData } = options;
  const thread = new Worker(new URL("./seed-thread.ts", import.meta.url), { workerData });
  signal.addEventListener("abort", () => void thread.terminate(), { once: true });
  return new Promise((resolve, reject) => {
    thread.on("message", (message: SeedMessage) => {
      if ("line" in message) log(message.line);
      else if ("signIns" in message) resolve(message);
      else reject(new OperatorError(message.refusal));
    });
    thread.once("error", reject);
    thread.once("exit", () => reject(signal.reason ?? new Error("the seed ended without a result")));
  });
}
