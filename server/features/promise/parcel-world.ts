import { coldOf } from "#server/core/promise/cart-load.ts";
import type { WindowSpan } from "#server/core/promise/group-windows.ts";
import type { CarrierRun, ParcelProblem } from "#server/core/promise/parcel-problem.ts";
import type { SourceNode } from "#server/core/promise/promise-problem.ts";
import { policyOf } from "./policy-of.ts";
import type { NodeRow, RunRow } from "./queries.ts";
import type { QuoteFacts } from "./quote-facts.ts";
import type { GroupedCart } from "./to-problem.ts";

interface ArrivalDay extends WindowSpan {
  readonly index: number;
}

/** The days on which runs arrive, in order: from the first hour to the last of any. */
export function arrivalDays(rows: readonly RunFrom[]): Map<string, ArrivalDay> {
  const spans = new Map<string, WindowSpan>();
  for (const { run } of rows) {
    const { startSec, endSec } = spans.get(run.arrivesOn) ?? run;
    spans.set(run.arrivesOn, { startSec: Math.min(startSec, run.startSec), endSec: Math.max(endSec, run.endSec) });
  }
  const inOrder = [...spans].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(inOrder.map(([day, span], index) => [day, { ...span, index }]));
}

/** A run for which it is too late by a rule counts as one that left at that instant. */
export function cutOffAt(run: RunRow, nowSec: number): RunRow {
  const { orderBySec, leavesSec } = run;
  return orderBySec === null || orderBySec > nowSec ? run : { ...run, leavesSec: Math.min(orderBySec, leavesSec) };
}

/** A run and which of the nodes it starts from. */
export interface RunFrom {
  readonly node: number;
  readonly run: RunRow;
}

/** The runs from all nodes, in the nodes' order. */
export function runsOf(facts: Pick<QuoteFacts, "runsOf">, nodes: readonly NodeRow[]): RunFrom[] {
  return nodes.flatMap(({ id }, node) => facts.runsOf(id).map((run) => ({ node, run })));
}

export function toParcelProblem(
  facts: Pick<QuoteFacts, "nowSec" | "rules">,
  sources: readonly SourceNode[],
  cart: GroupedCart,
  originSec: number,
  rows: readonly RunFrom[],
  dayCount: number,
  dayOf: (run: RunRow) => number,
): ParcelProblem {
  return {
    nowSec: facts.nowSec - originSec,
    cart: cart.groups,
    nodes: sources,
    dayCount,
    runs: rows.map(
      ({ node, run }): CarrierRun => ({
        node,
        day: dayOf(run),
        leavesSec: run.leavesSec - originSec,
        baseCents: run.baseCents,
        kgCents: run.kgCents,
        limitG: run.limitG,
        has: coldOf(run),
        free: run.free,
      }),
    ),
    policy: policyOf(facts.rules),
  };
}
