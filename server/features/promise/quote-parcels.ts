import { coldOf } from "#server/core/promise/cart-load.ts";
import { findParcels } from "#server/core/promise/find-parcels.ts";
import type { WindowSpan } from "#server/core/promise/group-windows.ts";
import { lastOrderSec } from "#server/core/promise/last-order.ts";
import {
  type CarrierRun,
  carrierCents,
  PARCEL_STAGE,
  type ParcelLoss,
  type ParcelPart,
  type ParcelProblem,
  type ParcelStage,
} from "#server/core/promise/parcel-problem.ts";
import type { SourceNode } from "#server/core/promise/promise-problem.ts";
import { instant } from "#server/domain/instant.ts";
import type { Reason, ReasonCode } from "#server/domain/reason.ts";
import type { OfferWriter } from "./offer-writer.ts";
import { policyOf } from "./policy-of.ts";
import type { NodeRow, RunRow } from "./queries.ts";
import type { QuoteFacts } from "./quote-facts.ts";
import type { GroupedCart } from "./to-problem.ts";
import type { WindowColumns, WindowOutcome } from "./window-view.ts";

/** The days on which parcels could arrive: what each comes to, in order. */
export interface ParcelDays extends WindowColumns {
  readonly outcomes: readonly WindowOutcome[];
}

/**
 * Every day on which a carrier brings parcels: open with the cheapest way to have the cart there, or closed with the reason.
 * A day's window reaches from the first hour to the last in which any of its carriers rings.
 */
export function parcelDays(
  facts: QuoteFacts,
  nodes: readonly NodeRow[],
  sources: readonly SourceNode[],
  cart: GroupedCart,
  originSec: number,
  writeOffer: OfferWriter,
): ParcelDays {
  const rows = runsOf(facts, nodes).map(({ node, run }) => ({ node, run: cutOffAt(run, facts.nowSec) }));
  const days = arrivalDays(rows);
  const problem = toParcelProblem(
    facts,
    sources,
    cart,
    originSec,
    rows,
    days.size,
    ({ arrivesOn }) => days.get(arrivesOn)!.index,
  );
  const spans = [...days.values()];
  const weightG = cart.lines.reduce((sum, line) => sum + line.weightG, 0);
  const priceCents: number[] = [];
  const outcomes = findParcels(problem).map((answer, d): WindowOutcome => {
    if (!("parts" in answer)) {
      const ofDay = rows.filter((_, r) => problem.runs[r]!.day === d);
      priceCents.push(Math.min(...ofDay.map(({ run }) => priceOf(run, weightG))));
      return { reason: reasonOf(answer, originSec) };
    }
    const { parts } = answer;
    // One order, one price: the dearest of its parcels pays for the others.
    const price = Math.max(...parts.map(({ run, load }) => priceOf(rows[run]!.run, load.weightG)));
    priceCents.push(price);
    return {
      claims: writeOffer("parcel", [spans[d]!.startSec, spans[d]!.endSec], price, offered(parts, nodes, originSec)),
      orderBySec:
        originSec +
        Math.min(
          ...parts.map(({ node, run, pickSec, pickBySec }) =>
            Math.min(
              (rows[run]!.run.orderBySec ?? Number.POSITIVE_INFINITY) - originSec,
              lastOrderSec(sources[node]!.hours, pickSec, pickBySec),
            ),
          ),
        ),
      deliveries: parts.length,
      carriers: [...new Set(parts.map(({ run }) => rows[run]!.run.carrier))],
      isVanNearby: false,
    };
  });
  return {
    startSec: spans.map(({ startSec }) => startSec),
    endSec: spans.map(({ endSec }) => endSec),
    priceCents,
    outcomes,
  };
}

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

function offered(parts: readonly ParcelPart[], nodes: readonly NodeRow[], originSec: number) {
  return parts.map(({ node, pickSec, pickBySec, load }) => ({
    nodeId: nodes[node]!.id,
    pickSec,
    pickBySec: originSec + pickBySec,
    load,
  }));
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

/** What the shopper pays, in whole cents. */
function priceOf(run: RunRow, weightG: number): number {
  return run.priceCents ?? Math.ceil(carrierCents(run, weightG));
}

export const REASON_OF_PARCEL: Record<ParcelStage, ReasonCode> = {
  [PARCEL_STAGE.noStock]: "out_of_stock",
  [PARCEL_STAGE.noCarrier]: "no_carrier",
  [PARCEL_STAGE.cold]: "no_cold_parcel",
  [PARCEL_STAGE.tooHeavy]: "parcel_too_heavy",
  [PARCEL_STAGE.cutOff]: "cut_off_passed",
  [PARCEL_STAGE.picking]: "picking_full",
  [PARCEL_STAGE.carrierFull]: "carrier_full",
};

function reasonOf({ stage, atSec }: ParcelLoss, originSec: number): Reason {
  const code = REASON_OF_PARCEL[stage];
  return atSec === undefined ? { code } : { code, at: instant(originSec + atSec) };
}
