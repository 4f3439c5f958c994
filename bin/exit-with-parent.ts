import { SUPERVISOR } from "./supervisor.ts";

// Preloaded into the processes that `kept start` runs. When that process dies without a word (SIGKILL, a crash), the
// kernel closes the channel to it, and they must not live on and hold its ports.
//
// Not into their own children, although those inherit the preload: `next dev` talks to its server over such a channel, and
// a server that does not wait on it ends before it was told what to serve.
if (process.env[SUPERVISOR] === `${process.ppid}`) {
  process.on("disconnect", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.exit(1), 1000).unref();
  });
  // Listening must not by itself keep a process alive that has nothing left to do.
  process.channel?.unref();
}
