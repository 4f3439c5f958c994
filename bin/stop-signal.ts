const WATCH_MS = 500;

/**
 * Aborted by Ctrl-C, by a request to end, and when the npm that runs us has ended: npm hands a signal on to the shell
 * between us and itself, and the shell ends without a word to us.
 */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  // Signals may come twice (the terminal and npm both send them): the second changes nothing.
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => stopping.abort());
  if (process.env.npm_lifecycle_event !== undefined) {
    const shell = process.ppid;
    setInterval(() => process.ppid !== shell && stopping.abort(), WATCH_MS).unref();
  }
  return stopping.signal;
}
