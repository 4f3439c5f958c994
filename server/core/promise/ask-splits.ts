import { cheapestPlace, createOffers, findPlaces, offerWindows, type PlacesInTime } from "../routing/offer-windows.ts";
import { type AskPicking, besidesItsWay, pickingCents, pickSecAt } from "./ask-picking.ts";
import { type PricedPart, partAt } from "./ask-whole.ts";
import { allGroups, loadOf } from "./cart-load.ts";
import type { PromiseProblem } from "./promise-problem.ts";
import { createSplitSearch, groupTable, type SearchSplit, type SplitAnswer } from "./search-split.ts";

/** Asks of a window whether several nodes can serve it for less than one can. */
export function askSplits(
  problem: PromiseProblem,
  picking: AskPicking,
): (a: number, w: number, costToBeat: number) => SplitAnswer<PricedPart> {
  const { cart, nodes, fleet, policy, asks } = problem;
  const { split } = policy;
  const isPossible =
    split.mostNodes > 1 && cart.count > 1 && allGroups(cart).every((group) => nodes.some((node) => node.holds[group]));
  if (!isPossible) return (_a, _w, costToBeat) => ({ parts: null, bound: costToBeat });

  // The least that a part can be: nothing in it, but a stop.
  const nothing = { serviceSec: loadOf(cart, []).serviceSec, load: [0, 0], needs: 0 };
  const leastBesides = nodes.map((node) =>
    node.holds.includes(1) ? node.handlingCents + pickingCents(node, node.pickSetupSec) : Number.POSITIVE_INFINITY,
  );
  const leastAt = asks.map(() => null as Float64Array | null);
  let searchSplit: SearchSplit<PricedPart> | undefined;

  return (a, w, costToBeat) => {
    leastAt[a] ??= askLeast(a);
    const leastCost = leastAt[a].subarray(w * nodes.length, (w + 1) * nodes.length);
    if (cheapestTwo(leastCost) >= costToBeat) return { parts: null, bound: costToBeat };
    searchSplit ??= createSplitSearch(problem, groupTable(problem));
    return searchSplit(leastCost, partsIn(a, w), costToBeat);
  };

  /** What serving from two nodes costs at the least. */
  function cheapestTwo(leastCost: Float64Array): number {
    let first = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    for (let n = 0; n < leastCost.length; n++) {
      const cost = leastCost[n]!;
      if (cost >= second) continue;
      second = Math.max(first, cost);
      first = Math.min(first, cost);
    }
    // A third part makes it dearer still, unless an insertion is below zero.
    const mostSaved = Math.min(0, first + split.splitCost) * (split.mostNodes - 2);
    return first + second + split.splitCost + mostSaved;
  }

  /** By window of an ask and node, row by row: the least that any part costs; Infinity where the node has nothing of the cart. */
  function askLeast(a: number): Float64Array {
    const { rows, windows, index, inTime } = asks[a]!;
    const least = new Float64Array(index.length * nodes.length);
    const surcharge = new Float64Array(inTime.shift.length);
    const offers = createOffers(index.length);
    for (let n = 0; n < nodes.length; n++) {
      const [first, end] = [inTime.fromRoute[n]!, inTime.fromRoute[n + 1]!];
      surcharge.fill(leastBesides[n]!, first, end);
      offerWindows(inTime.offer, { ...nothing, surcharge }, rows, windows, offers, first, end);
      for (let w = 0; w < index.length; w++) least[w * nodes.length + n] = offers.cost[w]!;
    }
    return least;
  }

  /** Prices parts in one window: the cheapest shift of a node that brings these groups. */
  function partsIn(a: number, w: number): (node: number, groups: readonly number[]) => PricedPart | null {
    const { rows, windows, inTime } = asks[a]!;
    const { offer, shift, fromRoute } = inTime;
    const [startSec, endSec] = [windows.startSec[w]!, windows.endSec[w]!];
    const placesOf = new Map<number, PlacesInTime>();
    return (node, groups) => {
      let places = placesOf.get(node);
      if (!places) {
        places = findPlaces(offer, rows, startSec, endSec, fromRoute[node]!, fromRoute[node + 1]!);
        placesOf.set(node, places);
      }
      const { weightG, volumeMl, needs, serviceSec } = loadOf(cart, groups);
      const pickSec = pickSecAt(nodes[node]!, cart, groups);
      const cheapest = cheapestPlace(offer, places, { serviceSec, load: [weightG, volumeMl], needs }, (route) =>
        besidesItsWay(nodes[node]!, picking(node, pickSec, fleet.shifts[shift[route]!]!.route.startSec)),
      );
      return cheapest && partAt(fleet, inTime, groups, cheapest);
    };
  }
}
