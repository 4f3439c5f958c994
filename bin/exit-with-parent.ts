// Preloaded into the processes that `kept start` runs. When that process dies without a word (SIGKILL, a crash), the
// kernel closes the channel to it, and they must not live on and hold its ports.
process.on("disconnect", () => {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.exit(1), 1000).unref();
});
// Listening must not by itself keep a process alive that has nothing left to do.
process.channel?.unref();
