import { basename, extname } from "node:path";
import { checkPlan } from "#server/core/routing/check-plan.ts";
import type { Plan, RoutingProblem } from "#server/core/routing/problem.ts";
import { improvePlan } from "#server/core/routing/search.ts";
import { bestKnownCost } from "./best-known.ts";
import { toProblem } from "./instance.ts";
import { readInstance } from "./read-instance.ts";

export interface SearchTask {
  readonly file: string;
  /** Of CPU time of the calling thread. */
  readonly seconds: number;
  readonly seed: number;
}

/** What `--json` says of a run. */
export interface Measurement {
  readonly instance: string;
  readonly seconds: number;
  readonly seed: number;
  /** That are driven. */
  readonly routes: number;
  /** By the checker; null when no feasible plan was found. */
  readonly cost: number | null;
  /** To the best known cost; null when there is none, or no feasible plan. */
  readonly gapPercent: number | null;
  readonly feasible: boolean;
  /** CPU time until the first plan that serves every visit; null when there was none. */
  readonly firstFeasibleMs: number | null;
  readonly iterations: number;
}

export interface SearchRun {
  readonly measurement: Measurement;
  /** CPU time that the search took in the end. */
  readonly cpuSec: number;
  /** "ok", or what the checker found; `isWrong` if the search should not have said so. */
  readonly verdict: string;
  readonly isWrong: boolean;
}

/**
 * Searches for a plan from nothing and lets the checker judge it. The clock is the thread's own CPU time, so a busy
 * machine does not blur it; reading the file does not count.
 */
export function measureSearch({ file, seconds, seed }: SearchTask): SearchRun {
  const instance = instanceName(file);
  const problem = toProblem(readInstance(file));

  const startMs = threadCpuMs();
  let firstFeasibleMs: number | null = null;
  const { plan, cost, iterations } = improvePlan(problem, undefined, {
    seed,
    spent: () => (threadCpuMs() - startMs) / (seconds * 1000),
    onBetter: (better) => {
      if (firstFeasibleMs === null && better.leftOut.length === 0) firstFeasibleMs = threadCpuMs() - startMs;
    },
  });
  const cpuSec = (threadCpuMs() - startMs) / 1000;

  const check = checkPlan(problem, plan);
  const feasible = check.flaws.length === 0 && plan.leftOut.length === 0;
  const best = bestKnownCost(file, instance);
  const { verdict, isWrong } = judge(problem, plan, check, cost);
  return {
    measurement: {
      instance,
      seconds,
      seed,
      routes: plan.routes.filter((route) => route.length > 0).length,
      cost: feasible ? check.cost.total : null,
      gapPercent: feasible && best !== undefined ? rounded((check.cost.total / best - 1) * 100, 3) : null,
      feasible,
      firstFeasibleMs: firstFeasibleMs === null ? null : rounded(firstFeasibleMs, 1),
      iterations,
    },
    cpuSec,
    verdict,
    isWrong,
  };
}

/** As best-known.json names it. */
export function instanceName(file: string): string {
  return basename(file, extname(file));
}

function judge(
  { visits }: RoutingProblem,
  { leftOut }: Plan,
  { flaws, cost }: ReturnType<typeof checkPlan>,
  claimed: number,
): { verdict: string; isWrong: boolean } {
  const [flaw] = flaws;
  if (flaw) {
    const more = flaws.length > 1 ? ` and ${flaws.length - 1} more` : "";
    return { verdict: `${flaw.flaw} (vehicle ${flaw.vehicle}, position ${flaw.position})${more}`, isWrong: true };
  }
  if (leftOut.length > 0) return { verdict: `${leftOut.length} of ${visits.count} left out`, isWrong: false };
  // Both add up whole numbers here.
  if (Math.abs(claimed - cost.total) > 1e-6) return { verdict: `costs ${cost.total}, not ${claimed}`, isWrong: true };
  return { verdict: "ok", isWrong: false };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
