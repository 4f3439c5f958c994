/** Latencies of one kind of call, in milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  /** Calls a second over the whole run. */
  readonly perSecond: number;
}

/**
 * Runs `call` `count` times by `clients` at once, after so many calls of each that are not counted: every connection has
 * plans of its own to make. Bounded in count.
 */
export async function measureLatencies(
  count: number,
  clients: number,
  call: () => Promise<unknown>,
  warmUp = 20,
): Promise<Latencies> {
  const eachOf = (work: () => Promise<void>) => Promise.all(Array.from({ length: clients }, work));
  await eachOf(async () => {
    for (let i = 0; i < warmUp; i++) await call();
  });
  const times: number[] = [];
  let left = count;
  const started = performance.now();
  await eachOf(async () => {
    while (left-- > 0) {
      const from = performance.now();
      await call();
      times.push(performance.now() - from);
    }
  });
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), perSecond: times.length / seconds };
}
