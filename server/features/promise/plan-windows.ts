import { findPlans } from "#server/core/promise/find-plans.ts";
import type { PromiseProblem, WindowAnswer } from "#server/core/promise/promise-problem.ts";
import type { NodeRow } from "./queries.ts";
import type { QuoteFacts } from "./quote-facts.ts";
import { sourcesInTime } from "./to-problem.ts";

/** By window: as a quote is answered, from the nodes that can still be ordered from in it. */
export function planWindows(
  { cutOffs, nowSec }: Pick<QuoteFacts, "cutOffs" | "nowSec">,
  nodes: readonly NodeRow[],
  problem: PromiseProblem,
): WindowAnswer[] {
  const answers = new Array<WindowAnswer>(problem.windowCount);
  const nodeIds = nodes.map(({ id }) => id);
  for (const { lateNodeIds, windows } of cutOffs.groupsAt(nowSec, nodeIds)) {
    const found = findPlans({ ...problem, nodes: sourcesInTime(problem.nodes, nodes, lateNodeIds) });
    for (const w of windows) answers[w] = found[w]!;
  }
  return answers;
}
