import { coldOf } from "#server/core/promise/cart-load.ts";
import type { PickupProblem } from "#server/core/promise/pickup-problem.ts";
import type { SourceNode } from "#server/core/promise/promise-problem.ts";
import { policyOf } from "./policy-of.ts";
import type { LaneRunRow, NodeRow } from "./queries.ts";
import type { QuoteFacts } from "./quote-facts.ts";
import type { GroupedCart } from "./to-problem.ts";

/** A cart that is collected at one store: the store and whoever may bring goods there, ready for findPickups. */
export interface PickupWorld {
  /** In the problem's order: the store, then the nodes whose lanes lead to it. */
  readonly nodes: readonly NodeRow[];
  readonly problem: PickupProblem;
  /** The lanes' runs, in the problem's order. */
  readonly rows: readonly LaneRunRow[];
}

/** `windowStartSec` in epoch seconds, in order of time. */
export function pickupWorld(
  facts: Pick<QuoteFacts, "nowSec" | "rules" | "laneRunsTo">,
  nodes: readonly NodeRow[],
  sources: readonly SourceNode[],
  store: number,
  cart: GroupedCart,
  originSec: number,
  windowStartSec: readonly number[],
): PickupWorld {
  const toStore = facts.laneRunsTo(nodes[store]!.id);
  const from = new Set(toStore.map(({ fromNodeId }) => fromNodeId));
  const chosen = [store, ...nodes.flatMap(({ id }, n) => (from.has(id) ? [n] : []))];
  const placeOf = new Map(chosen.map((n, place) => [nodes[n]!.id, place]));
  const rows = toStore.filter(({ fromNodeId }) => placeOf.has(fromNodeId));
  return {
    nodes: chosen.map((n) => nodes[n]!),
    problem: {
      nowSec: facts.nowSec - originSec,
      cart: cart.groups,
      nodes: chosen.map((n) => sources[n]!),
      store: 0,
      windowStartSec: windowStartSec.map((sec) => sec - originSec),
      runs: rows.map((run) => ({
        node: placeOf.get(run.fromNodeId)!,
        leavesSec: run.startSec - originSec,
        readySec: run.readySec - originSec,
        baseCents: run.baseCents,
        kgCents: run.kgCents,
        has: coldOf(run),
        free: run.free,
      })),
      policy: policyOf(facts.rules),
    },
    rows,
  };
}
