import { findPlans } from "#server/core/promise/find-plans.ts";
import type { WindowSpan } from "#server/core/promise/group-windows.ts";
import { lastOrderSec } from "#server/core/promise/last-order.ts";
import { type SourceNode, STAGE, type WindowAnswer, type WindowLoss } from "#server/core/promise/promise-problem.ts";
import { isVanNearby } from "#server/core/promise/van-nearby.ts";
import type { VisitRows } from "#server/core/routing/offer-windows.ts";
import { instant } from "#server/domain/instant.ts";
import type { Place } from "#server/travel/travel.ts";
import type { VanShare } from "./channel-shares.ts";
import { type Fleet, type LoadedShift, type PlannedFleet, prepareFleet } from "./fleet.ts";
import { DELIVERY_REASON, reasonOfLoss } from "./loss-reason.ts";
import { type OfferWriter, offeredParts } from "./offer-writer.ts";
import { planWithinShare } from "./plan-within-share.ts";
import type { NodeRow } from "./queries.ts";
import type { QuoteFacts } from "./quote-facts.ts";
import { type GroupedCart, isSource, shiftsWithin, sourcesInTime, toPromiseProblem } from "./to-problem.ts";
import { type Climb, visitClaims } from "./visit.ts";
import type { WindowOutcome } from "./window-view.ts";

/** By window: when service may start, or null where the wishes leave no time. */
export interface WishedVisits {
  readonly spans: readonly (WindowSpan | null)[];
  readonly climb: Climb;
}

/** What the own vans can do in each window: an offer's claims from the cheapest plan, or the reason why there is none. */
export function deliveryOutcomes(
  fleet: Fleet,
  facts: QuoteFacts,
  nodes: readonly NodeRow[],
  sources: readonly SourceNode[],
  reaches: Uint8Array,
  planned: PlannedFleet,
  cart: GroupedCart,
  door: Place,
  visits: WishedVisits,
  writeOffer: OfferWriter,
  share: VanShare | null,
): WindowOutcome[] {
  const { windows } = facts;
  const { originSec } = fleet;
  const nodeIds = nodes.map(({ id }) => id);
  // Windows that leave no time for the visit are closed whatever the vans do.
  const outcomes = windows.startSec.map((): WindowOutcome => ({ reason: { code: "outside_wish" } }));
  // Windows in which the same nodes can still be ordered from are asked about together: mostly all that no cut-off has closed.
  for (const { lateNodeIds, windows: chosen } of facts.cutOffs.groupsAt(facts.nowSec, nodeIds)) {
    const late =
      lateNodeIds.size === 0
        ? []
        : nodes.filter(({ id }, n) => reaches[n] && lateNodeIds.has(id) && isSource(sources[n]!));
    const inTime = sourcesInTime(sources, nodes, lateNodeIds);
    const cutOffSec = (w: number) => Math.max(...late.map(({ id }) => facts.cutOffs.orderBySec(id, w)));
    if (late.length > 0 && !inTime.some(isSource)) {
      for (const w of chosen)
        if (visits.spans[w]) outcomes[w] = { reason: { code: "cut_off_passed", at: instant(cutOffSec(w)) } };
      continue;
    }
    answerWindows(chosen, inTime, (loss, w) =>
      late.length > 0 && loss.stage < STAGE.cutOff ? { stage: STAGE.cutOff, atSec: cutOffSec(w) - originSec } : loss,
    );
  }
  return outcomes;

  function answerWindows(
    chosen: readonly number[],
    inTime: readonly SourceNode[],
    lossOf: (loss: WindowLoss, w: number) => WindowLoss,
  ): void {
    const asked = chosen.flatMap((w) => (visits.spans[w] ? { ...visits.spans[w], w } : []));
    const problem = toPromiseProblem(fleet, facts, inTime, reaches, planned, cart, door, asked);
    const answers = findPlans(problem);
    for (const { rows, index } of problem.asks) {
      for (const place of index) {
        const { w } = asked[place]!;
        const window = { startSec: windows.startSec[w]!, endSec: windows.endSec[w]! };
        const kept = keepShare({ planned, rows, answer: answers[place]! }, inTime, asked[place]!, window);
        const { answer } = kept;
        if (!("parts" in answer)) {
          outcomes[w] = { reason: reasonOfLoss(DELIVERY_REASON, lossOf(answer, w), originSec) };
          continue;
        }
        const { parts } = answer;
        outcomes[w] = {
          claims: writeOffer(
            "delivery",
            [window.startSec, window.endSec],
            windows.priceCents[w]!,
            offeredParts(parts, nodes, originSec),
            visitClaims(window, asked[place]!, visits.climb),
          ),
          orderBySec: Math.min(
            ...parts.map(({ node, pickSec, pickBySec }) =>
              Math.min(
                facts.cutOffs.orderBySec(nodes[node]!.id, w),
                originSec + lastOrderSec(sources[node]!.hours, pickSec, pickBySec),
              ),
            ),
          ),
          deliveries: parts.length,
          carriers: [],
          isVanNearby: parts.every((part) =>
            isVanNearby(part, kept.planned.routes.shifts[part.shift]!, kept.rows, problem.policy.weights.route),
          ),
        };
      }
    }
  }

  /** The answer, or that of the vans in which the channel has room left: see planWithinShare. */
  function keepShare(
    found: { readonly planned: PlannedFleet; readonly rows: VisitRows; readonly answer: WindowAnswer },
    inTime: readonly SourceNode[],
    visit: WindowSpan,
    window: WindowSpan,
  ): typeof found {
    const { answer } = found;
    if (!share || !("parts" in answer)) return found;
    if (answer.parts.every((part) => share(planned, part, found.rows, visit, window))) return found;
    const ask = (loaded: readonly LoadedShift[]) => {
      const some = prepareFleet(fleet.travel, nodes, loaded);
      return {
        planned: some,
        problem: toPromiseProblem(fleet, facts, inTime, reaches, some, cart, door, [visit]),
      };
    };
    const within = shiftsWithin(planned.loaded, window.startSec, window.endSec);
    const kept = planWithinShare(within, ask, share, visit, window);
    return { planned: kept.planned, rows: kept.problem.asks[0]!.rows, answer: kept.answer };
  }
}
