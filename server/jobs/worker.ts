import { Logger, run } from "graphile-worker";
import { platform } from "../platform.ts";
import { startPulse } from "./pulse.ts";
import { CRONTAB, tasksOf } from "./tasks.ts";

// The background process. Several may run: jobs are locked by whoever takes them, and every task may run twice.

const { DATABASE_URL } = process.env;
if (!DATABASE_URL) throw new Error('DATABASE_URL is not set: "npm start" sets it for the embedded stack');

const on = platform();
const say = (error: unknown): void => console.error("worker:", error instanceof Error ? error.message : error);

const runner = await run({
  connectionString: DATABASE_URL,
  taskList: tasksOf(on),
  crontab: CRONTAB,
  concurrency: 3,
  // The process that started us decides when we stop.
  noHandleSignals: true,
  logger: new Logger(() => (level, message) => {
    if (level === "warning" || level === "error") console.log(`${level}: ${message}`);
  }),
});
await runner.addJob("open_horizon", {}, { jobKey: "open_horizon" });
const pulse = startPulse(on.db, say);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => void pulse.stop().then(() => runner.stop()));
}
process.send?.("ready");
await runner.promise;
await pulse.stop();
await on.db.end({ timeout: 1 });
process.exit(0);
