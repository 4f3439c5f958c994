import { findPlans } from "#server/core/promise/find-plans.ts";
import type { WindowSpan } from "#server/core/promise/group-windows.ts";
import type { PromiseProblem, WindowAnswer } from "#server/core/promise/promise-problem.ts";
import type { VanShare } from "./channel-shares.ts";
import type { LoadedShift, PlannedFleet } from "./fleet.ts";

/** One window's plan: of which fleet, and of which problem with that window alone. */
export interface KeptPlan {
  readonly planned: PlannedFleet;
  readonly problem: PromiseProblem;
  readonly answer: WindowAnswer;
}

/**
 * The cheapest plan for one window whose vans keep the channel's share. A van whose own place would pass it is left out, and the
 * search is asked again, so that what is recorded of the fleet leads to the same plan again.
 *
 * `ask` puts the window to some shifts.
 */
export function planWithinShare(
  loaded: readonly LoadedShift[],
  ask: (loaded: readonly LoadedShift[]) => Omit<KeptPlan, "answer">,
  share: VanShare | null,
  visit: WindowSpan,
  window: WindowSpan,
): KeptPlan {
  let shifts = loaded;
  for (;;) {
    const { planned, problem } = ask(shifts);
    const answer = findPlans(problem)[0]!;
    const over = new Set<string>();
    if ("parts" in answer && share)
      for (const part of answer.parts)
        if (!share(planned, part, problem.asks[0]!.rows, visit, window)) over.add(planned.loaded[part.shift]!.id);
    if (over.size === 0) return { planned, problem, answer };
    shifts = shifts.filter(({ id }) => !over.has(id));
  }
}
