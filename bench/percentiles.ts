/** Latencies of one kind of call, in milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  /** Calls a second over the whole run. */
  readonly perSecond: number;
}

/**
 * Runs `call` `count` times by `clients` at once, after `warmUp` for each of them that are not counted: every connection has
 * plans of its own to make. Bounded in count.
 */
export async function measureLatencies(
  count: number,
  clients: number,
  call: () => Promise<unknown>,
  warmUp = 20,
): Promise<Latencies> {
  await timeCalls(warmUp * clients, clients, call);
  const started = performance.now();
  const times = await timeCalls(count, clients, call);
  return latenciesOf(times, performance.now() - started);
}

/** Milliseconds of each of `count` calls by `clients` at once, each of which calls again when it is answered. */
export async function timeCalls(count: number, clients: number, call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  let left = count;
  async function client(): Promise<void> {
    while (left-- > 0) {
      const from = performance.now();
      await call();
      times.push(performance.now() - from);
    }
  }
  await Promise.all(Array.from({ length: clients }, client));
  return times;
}

/** Of calls that took so many milliseconds each, in any order, and `elapsedMs` together. */
export function latenciesOf(times: readonly number[], elapsedMs: number): Latencies {
  const sorted = times.toSorted((a, b) => a - b);
  return { p50: shareOf(sorted, 0.5), p95: shareOf(sorted, 0.95), perSecond: (1000 * sorted.length) / elapsedMs };
}

/** The value that this share of a rising list does not reach; NaN of an empty one. */
export function shareOf(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
