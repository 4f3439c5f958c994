import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PROJECT_DIR } from "#bin/project-dir.ts";
import type { BenchRegion } from "../bench-region.ts";

/** The background worker as it ships, in a process of its own, on the region's stack. */
export async function runWorker({ stack, stateDir }: BenchRegion, mapFile: string): Promise<{ stop(): Promise<void> }> {
  const child = fork(join(PROJECT_DIR, "server/jobs/worker.ts"), {
    env: {
      ...process.env,
      DATABASE_URL: stack.databaseUrl,
      KEPT_STATE_DIR: stateDir,
      KEPT_MAP_FILE: mapFile,
      NEXT_PUBLIC_SUPABASE_URL: stack.gatewayUrl,
      NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: stack.publishableKey,
    },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await once(child, "message");
  return {
    async stop() {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
