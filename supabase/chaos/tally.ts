/** How often each kind of request came out how: "done", "gone" (the client died and did not ask again), or an SQLSTATE. */
export type Outcomes = Readonly<Record<string, Readonly<Record<string, number>>>>;
export type Latencies = Readonly<Record<string, { readonly p50Ms: number; readonly p99Ms: number }>>;

/** Counts what happens; nothing is decided by it. */
export class Tally {
  readonly #outcomes: Record<string, Record<string, number>> = {};
  readonly #timesMs: Record<string, number[]> = {};
  /** Clients that died in mid-transaction, and answers lost by the deaths of the server. */
  crashes = 0;
  lostToKills = 0;
  expired = 0;
  samples = 0;
  longestGapMs = 0;

  get outcomes(): Outcomes {
    return this.#outcomes;
  }

  get latencies(): Latencies {
    return Object.fromEntries(
      Object.entries(this.#timesMs).map(([kind, times]) => [
        kind,
        { p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) },
      ]),
    );
  }

  count(kind: string, outcome: string): void {
    this.#outcomes[kind] ??= {};
    const counts = this.#outcomes[kind];
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }

  time(kind: string, ms: number): void {
    this.#timesMs[kind] ??= [];
    this.#timesMs[kind].push(ms);
  }
}

function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
