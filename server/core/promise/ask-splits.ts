import { createOffers, type OfferWindows, offerWindows, type VisitRows } from "../routing/offer-windows.ts";
import { type AskPicking, besidesItsWay, pickingCents, pickSecAt } from "./ask-picking.ts";
import type { PricedPart } from "./ask-whole.ts";
import { allGroups, loadOf } from "./cart-load.ts";
import { isOut, type PromiseProblem } from "./promise-problem.ts";
import { groupTable, searchSplit } from "./search-split.ts";

export interface SplitAnswer {
  readonly parts: readonly PricedPart[] | null;
  readonly bound: number;
}

/** Asks of a window whether several nodes can serve it for less than one can. */
export function askSplits(
  problem: PromiseProblem,
  picking: AskPicking,
): (a: number, w: number, costToBeat: number) => SplitAnswer {
  const { cart, nodes, fleet, policy, asks } = problem;
  const { split } = policy;
  const isPossible =
    split.mostNodes > 1 && cart.count > 1 && allGroups(cart).every((group) => nodes.some((node) => node.holds[group]));
  if (!isPossible) return (_a, _w, costToBeat) => ({ parts: null, bound: costToBeat });

  // The least that a part can be: nothing in it, but a stop.
  const nothing = { serviceSec: loadOf(cart, []).serviceSec, load: [0, 0], needs: 0 };
  const leastBesides = nodes.map((node) => node.handlingCents + pickingCents(node, node.pickSetupSec));
  const leastAt = asks.map(() => null as readonly Float64Array[] | null);
  const table = groupTable(problem);

  return (a, w, costToBeat) => {
    leastAt[a] ??= nodes.map((_, n) => askLeastAt(a, n));
    const leastCost = Float64Array.from(leastAt[a], (costs) => costs[w]!);
    if (cheapestTwo(leastCost) >= costToBeat) return { parts: null, bound: costToBeat };

    const ask = asks[a]!;
    const window = {
      startSec: ask.windows.startSec.subarray(w, w + 1),
      endSec: ask.windows.endSec.subarray(w, w + 1),
    };
    return searchSplit(
      problem,
      table,
      leastCost,
      (node, groups) => cheapestPart(problem, picking, node, groups, ask.rows, window),
      costToBeat,
    );
  };

  /** What serving from two nodes costs at the least. */
  function cheapestTwo(leastCost: Float64Array): number {
    let first = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    for (const cost of leastCost) {
      second = Math.min(second, Math.max(first, cost));
      first = Math.min(first, cost);
    }
    // A third part makes it dearer still, unless an insertion is below zero.
    const mostSaved = Math.min(0, first + split.splitCost) * (split.mostNodes - 2);
    return first + second + split.splitCost + mostSaved;
  }

  /** By window of an ask: the least that any part from a node costs; Infinity where it has nothing of the cart. */
  function askLeastAt(a: number, n: number): Float64Array {
    const { rows, windows, index } = asks[a]!;
    const offers = createOffers(index.length);
    if (nodes[n]!.holds.includes(1)) {
      const { offer } = fleet.ofNode[n]!;
      const surcharge = new Float64Array(offer.routeCount).fill(leastBesides[n]!);
      offerWindows(offer, { ...nothing, surcharge }, rows, windows, offers);
    } else {
      offers.cost.fill(Number.POSITIVE_INFINITY);
    }
    return offers.cost;
  }
}

/** The cheapest shift of a node that brings these groups in one window. */
function cheapestPart(
  { cart, nodes, fleet }: PromiseProblem,
  picking: AskPicking,
  node: number,
  groups: readonly number[],
  rows: VisitRows,
  window: OfferWindows,
): PricedPart {
  const { offer, firstShift } = fleet.ofNode[node]!;
  const { weightG, volumeMl, needs, serviceSec } = loadOf(cart, groups);
  const pickSec = pickSecAt(nodes[node]!, cart, groups);
  const surcharge = new Float64Array(offer.routeCount).fill(Number.POSITIVE_INFINITY);
  for (let r = 0; r < offer.routeCount; r++) {
    const { route } = fleet.shifts[firstShift + r]!;
    if (!isOut(route, window.startSec[0]!, window.endSec[0]!)) continue;
    surcharge[r] = besidesItsWay(nodes[node]!, picking(node, pickSec, route.startSec));
  }
  const offers = createOffers(1);
  offerWindows(offer, { serviceSec, load: [weightG, volumeMl], needs, surcharge }, rows, window, offers);
  return { node, groups, shift: firstShift + offers.route[0]!, place: offers.place[0]!, cost: offers.cost[0]! };
}
