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
  return { p50: shareOf(times, 0.5), p95: shareOf(times, 0.95), perSecond: times.length / seconds };
}

/** The value that this share of a rising list does not reach; NaN of an empty one. */
export function shareOf(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
