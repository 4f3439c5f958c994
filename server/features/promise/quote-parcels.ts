import { findParcels } from "#server/core/promise/find-parcels.ts";
import { lastOrderSec } from "#server/core/promise/last-order.ts";
import { carrierCents } from "#server/core/promise/parcel-problem.ts";
import type { SourceNode } from "#server/core/promise/promise-problem.ts";
import { PARCEL_REASON, reasonOfLoss } from "./loss-reason.ts";
import { type OfferWriter, offeredParts } from "./offer-writer.ts";
import { arrivalDays, cutOffAt, runsOf, toParcelProblem } from "./parcel-world.ts";
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
      return { reason: reasonOfLoss(PARCEL_REASON, answer, originSec) };
    }
    const { parts } = answer;
    // One order, one price: the dearest of its parcels pays for the others.
    const price = Math.max(...parts.map(({ run, load }) => priceOf(rows[run]!.run, load.weightG)));
    priceCents.push(price);
    return {
      claims: writeOffer(
        "parcel",
        [spans[d]!.startSec, spans[d]!.endSec],
        price,
        offeredParts(parts, nodes, originSec),
      ),
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

/** What the shopper pays, in whole cents. */
function priceOf(run: RunRow, weightG: number): number {
  return run.priceCents ?? Math.ceil(carrierCents(run, weightG));
}
