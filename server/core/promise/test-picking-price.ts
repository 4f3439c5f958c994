import type { PromiseProblem, SourceNode } from "./promise-problem.ts";

const HOUR = 3600;

/**
 * For tests: what a node asks for handling and `work` seconds of picking before a van, a carrier or a shopper leaves with it, by
 * the rules alone; Infinity where it cannot be. Hours of a limit of 900 s. Shares no code with the search.
 */
export function pickingPrice(
  { policy, nowSec }: Pick<PromiseProblem, "policy" | "nowSec">,
  node: SourceNode,
  work: number,
  leavesSec: number,
): number {
  let left = work;
  let mostInTime = 0;
  let busy = 0;
  for (let h = node.hours.startSec.length - 1; h >= 0; h--) {
    const start = node.hours.startSec[h]!;
    if (start + HOUR > leavesSec - node.handoverSec) continue;
    const ahead = Math.max(0, Math.min(HOUR, start + HOUR - nowSec));
    mostInTime += ahead;
    const take = Math.min(left, Math.floor((node.hours.freeSec[h]! * ahead) / HOUR));
    left -= take;
    // The marginal rate rises in a line from nothing at the threshold to the full rate in a full hour.
    const from = policy.busy.fromShare * 900;
    const rate = (sec: number) => (Math.max(0, sec - from) / (900 - from)) * (policy.busy.hourCents / HOUR);
    const before = Math.max(from, 900 - node.hours.freeSec[h]!);
    const after = Math.max(from, 900 - node.hours.freeSec[h]! + take);
    busy += ((rate(before) + rate(after)) / 2) * (after - before);
  }
  if (left > 0 || mostInTime < work) return Number.POSITIVE_INFINITY;
  const { weights: by } = policy;
  return node.handlingCents * by.handling + (work / HOUR) * node.pickHourCents * by.picking + busy * by.busy;
}
