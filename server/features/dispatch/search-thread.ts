import { parentPort, workerData } from "node:worker_threads";
import type { Plan } from "#server/core/routing/problem.ts";
import { improvePlan } from "#server/core/routing/search.ts";
import { packPlan, type SearchMessage, type SearchTask } from "./search-plan.ts";

// One thread of searchPlan: the core knows neither clocks nor threads.

const { problem, start, seed, stop, seconds, iterations } = workerData as SearchTask;
/** Between two better plans that are told. */
const TELL_EVERY_MS = 100;

const startedMs = performance.now();
let toldMs = Number.NEGATIVE_INFINITY;
let untold: (() => void) | undefined;
const result = improvePlan(problem, start, {
  seed,
  spent: (done) => {
    const nowMs = performance.now();
    if (untold && nowMs - toldMs >= TELL_EVERY_MS) {
      untold();
      untold = undefined;
      toldMs = nowMs;
    }
    const spentOfTime = (nowMs - startedMs) / (seconds * 1000);
    if (Atomics.load(stop, 0) === 1 || spentOfTime >= 1) return 1;
    // Where steps are counted they alone say how far the search has come, or it would not be the same one twice.
    return iterations === undefined ? spentOfTime : done / iterations;
  },
  onBetter: (plan, cost, done) => {
    untold = () => tell("better", plan, cost, done);
  },
});
tell("done", result.plan, result.cost, result.iterations);

function tell(kind: SearchMessage["kind"], plan: Plan, cost: number, done: number): void {
  const packed = packPlan(plan);
  const message: SearchMessage = { kind, plan: packed, cost, iterations: done };
  parentPort!.postMessage(message, [packed.visits.buffer, packed.ends.buffer]);
}
