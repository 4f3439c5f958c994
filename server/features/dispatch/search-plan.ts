import { Worker } from "node:worker_threads";
import { checkPlan } from "#server/core/routing/check-plan.ts";
import type { Plan, RoutingProblem } from "#server/core/routing/problem.ts";
import type { SearchResult } from "#server/core/routing/search.ts";
import { validateProblem } from "#server/core/routing/validate-problem.ts";

export interface SearchLimits {
  /** Of real time, for all threads alike; the search ends with whatever comes first. */
  readonly seconds: number;
  /** Of each thread. The same seed and number of iterations give the same plan where `seconds` does not come first. */
  readonly iterations?: number;
}

export interface PlanSearch extends SearchLimits {
  readonly seed: number;
  /** Threads that search from the same start with seeds of their own; the best plan counts. One unless told. */
  readonly threads?: number;
  /**
   * Aborting it ends the search within a tenth of a second: with the best plan so far, before there is one with the start,
   * and when that cannot be driven with the signal's reason as an error.
   */
  readonly signal?: AbortSignal;
  /** Told whenever the best plan of all threads gets better. What it throws ends the search. */
  readonly onBetter?: (plan: Plan, cost: number) => void;
}

/** What a thread is started with. Matrices are shared, the rest is copied. */
export interface SearchTask extends SearchLimits {
  readonly problem: RoutingProblem;
  readonly start: Plan | undefined;
  readonly seed: number;
  /** Element 0 becomes 1 when the search is to end. */
  readonly stop: Int32Array;
}

/** What a thread says: a better plan on the way, or the result. Its buffers are transferred. */
export interface SearchMessage {
  readonly kind: "better" | "done";
  readonly plan: PackedPlan;
  readonly cost: number;
  readonly iterations: number;
}

/** Visits of all routes one after the other, then those left out; `ends[r]` is where route r ends. */
export interface PackedPlan {
  readonly visits: Int32Array<ArrayBuffer>;
  readonly ends: Int32Array<ArrayBuffer>;
}

/** From an abort, for threads to say what they have found last; one that has no plan yet hears nothing for up to seconds. */
const LAST_WORD_MS = 40;

/**
 * Improves a plan in threads of its own, so that whoever asks stays free to answer. However the search ends, its threads
 * end with it.
 *
 * Throws RoutingProblemError for a problem that is not one. When a thread dies, or `onBetter` throws, the search fails.
 */
export async function searchPlan(
  problem: RoutingProblem,
  start: Plan | undefined,
  search: PlanSearch,
): Promise<SearchResult> {
  validateProblem(problem);
  const { seconds, iterations, seed, threads = 1, signal, onBetter } = search;
  if (!(seconds > 0)) throw new RangeError(`a search of ${seconds} seconds`);
  if (iterations !== undefined && !(iterations > 0)) throw new RangeError(`a search of ${iterations} iterations`);
  if (!(Number.isInteger(threads) && threads > 0)) throw new RangeError(`a search in ${threads} threads`);

  let best: SearchResult | undefined;
  let isOver = false;
  const tell = (found: SearchResult): void => {
    if (isOver || (best && !isBetter(problem, found, best))) return;
    best = found;
    onBetter?.(found.plan, found.cost);
  };

  const stop = new Int32Array(new SharedArrayBuffer(4));
  const cutShort = Promise.withResolvers<undefined>();
  let lastWord: ReturnType<typeof setTimeout> | undefined;
  const abort = (): void => {
    Atomics.store(stop, 0, 1);
    lastWord = setTimeout(() => cutShort.resolve(undefined), best ? LAST_WORD_MS : 0);
  };
  if (signal?.aborted) abort();
  else signal?.addEventListener("abort", abort, { once: true });

  const workers: Worker[] = [];
  try {
    const shared = withSharedMatrices(problem);
    for (let t = 0; t < threads; t++)
      workers.push(
        startThread({
          problem: shared,
          start,
          seed: seed + t,
          stop,
          seconds,
          ...(iterations !== undefined && { iterations }),
        }),
      );
    const all = Promise.all(workers.map((worker) => resultOf(worker, tell)));
    const results = await Promise.race([all, cutShort.promise]);
    if (!results) return best ?? startAsResult(problem, start, signal!);
    // In the order of the seeds, not of arrival: of equally good plans the same one comes first every time.
    const first = results.reduce((one, other) => (isBetter(problem, other, one) ? other : one));
    return { ...first, iterations: results.reduce((sum, result) => sum + result.iterations, 0) };
  } finally {
    isOver = true;
    clearTimeout(lastWord);
    signal?.removeEventListener("abort", abort);
    // Not waited for: a thread that is just starting takes its time to hear of it.
    for (const worker of workers) void worker.terminate();
  }
}

function startThread(task: SearchTask): Worker {
  return new Worker(new URL("./search-thread.ts", import.meta.url), { workerData: task });
}

function resultOf(worker: Worker, onBetter: (found: SearchResult) => void): Promise<SearchResult> {
  return new Promise((resolve, reject) => {
    worker.on("message", ({ kind, plan, cost, iterations }: SearchMessage) => {
      const found = { plan: unpackPlan(plan), cost, iterations };
      try {
        onBetter(found);
      } catch (error) {
        reject(error);
      }
      if (kind === "done") resolve(found);
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`a search thread ended with ${code}`)));
  });
}

/** What is left to answer before any thread has a plan. Throws the signal's reason when there is nothing. */
function startAsResult(problem: RoutingProblem, start: Plan | undefined, signal: AbortSignal): SearchResult {
  if (start) {
    const { flaws, cost } = checkPlan(problem, start);
    if (flaws.length === 0) return { plan: start, cost: cost.total, iterations: 0 };
  }
  throw signal.reason;
}

/** What must be served comes before any cost. */
function isBetter({ visits }: RoutingProblem, one: SearchResult, than: SearchResult): boolean {
  const missing = ({ plan }: SearchResult) =>
    plan.leftOut.filter((visit) => visits.prize[visit] === Number.POSITIVE_INFINITY).length;
  return missing(one) < missing(than) || (missing(one) === missing(than) && one.cost < than.cost);
}

function withSharedMatrices(problem: RoutingProblem): RoutingProblem {
  const share = (matrix: Int32Array): Int32Array => {
    const copy = new Int32Array(new SharedArrayBuffer(matrix.byteLength));
    copy.set(matrix);
    return copy;
  };
  const { startSec, durationSec, distanceM } = problem.travel;
  return { ...problem, travel: { startSec, durationSec: durationSec.map(share), distanceM: distanceM.map(share) } };
}

export function packPlan({ routes, leftOut }: Plan): PackedPlan {
  const ends = new Int32Array(routes.length);
  let end = 0;
  for (const [r, route] of routes.entries()) {
    end += route.length;
    ends[r] = end;
  }
  return { visits: Int32Array.from([...routes, leftOut].flat()), ends };
}

function unpackPlan({ visits, ends }: PackedPlan): Plan {
  const routes = Array.from(ends, (end, r) => Array.from(visits.subarray(r === 0 ? 0 : ends[r - 1]!, end)));
  return { routes, leftOut: Array.from(visits.subarray(ends.at(-1) ?? 0)) };
}
