import { createOffers, offerWindows } from "../routing/offer-windows.ts";
import { type AskPicking, besidesItsWay, pickSecAt } from "./ask-picking.ts";
import { allGroups, loadOf } from "./cart-load.ts";
import { hasEverything, type PromiseProblem } from "./promise-problem.ts";

/** A part and the cheapest place for it in a route of its node. */
export interface PricedPart {
  readonly node: number;
  readonly groups: readonly number[];
  readonly shift: number;
  readonly place: number;
  readonly cost: number;
}

/** By window: the cheapest way to serve it from one node that has everything, or null. */
export function askWhole(
  { cart, nodes, fleet, windowCount, asks }: PromiseProblem,
  picking: AskPicking,
): (index: number) => PricedPart | null {
  const parts = new Array<PricedPart | null>(windowCount).fill(null);
  if (!nodes.some(hasEverything)) return (index) => parts[index]!;

  const groups = allGroups(cart);
  const { weightG, volumeMl, needs, serviceSec } = loadOf(cart, groups);
  const surcharge = new Float64Array(fleet.shifts.length).fill(Number.POSITIVE_INFINITY);
  for (const [n, node] of nodes.entries()) {
    if (!hasEverything(node)) continue;
    const pickSec = pickSecAt(node, cart, groups);
    const { offer, firstShift } = fleet.ofNode[n]!;
    for (let s = firstShift; s < firstShift + offer.routeCount; s++)
      surcharge[s] = besidesItsWay(node, picking(n, pickSec, fleet.shifts[s]!.route.startSec));
  }
  const visit = { serviceSec, load: [weightG, volumeMl], needs, surcharge };
  for (const { rows, windows, index } of asks) {
    const offers = createOffers(index.length);
    offerWindows(fleet.offer, visit, rows, windows, offers);
    for (const [w, at] of index.entries()) {
      const shift = offers.route[w]!;
      if (offers.place[w] === -1) continue;
      parts[at] = { node: fleet.shifts[shift]!.node, groups, shift, place: offers.place[w]!, cost: offers.cost[w]! };
    }
  }
  return (index) => parts[index]!;
}
