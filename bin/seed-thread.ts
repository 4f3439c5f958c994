import { parentPort, workerData } from "node:worker_threads";
import { seedIfEmpty } from "#supabase/seed/seed.ts";
import type { SeedMessage } from "./seed-aside.ts";
import { OperatorError } from "./verb.ts";

const post = (message: SeedMessage): void => parentPort?.postMessage(message);
try {
  const { signIns } = await seedIfEmpty({ ...workerData, log: (line) => post({ line }) });
  post({ signIns });
} catch (error) {
  // A class does not survive the way between threads.
  if (!(error instanceof OperatorError)) throw error;
  post({ refusal: error.message });
}
