import { Logger, run } from "graphile-worker";

const { DATABASE_URL } = process.env;
if (!DATABASE_URL) throw new Error('DATABASE_URL is not set: "npm start" sets it for the embedded stack');

const runner = await run({
  connectionString: DATABASE_URL,
  taskList: {},
  // The process that started us decides when we stop.
  noHandleSignals: true,
  logger: new Logger(() => (level, message) => console.log(`${level}: ${message}`)),
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void runner.stop());
process.send?.("ready");
await runner.promise;
process.exit(0);
