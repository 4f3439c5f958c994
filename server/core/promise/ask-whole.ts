import { createOffers, offerWindows } from "../routing/offer-windows.ts";
import { type AskPicking, besidesItsWay, pickSecAt } from "./ask-picking.ts";
import { allGroups, loadOf } from "./cart-load.ts";
import type { FleetInTime } from "./fleet-in-time.ts";
import type { FleetRoutes } from "./fleet-routes.ts";
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
  const pickSec = nodes.map((node) => (hasEverything(node) ? pickSecAt(node, cart, groups) : -1));
  for (const { rows, windows, index, inTime } of asks) {
    const { shift, fromRoute } = inTime;
    const surcharge = new Float64Array(shift.length).fill(Number.POSITIVE_INFINITY);
    for (const [n, node] of nodes.entries()) {
      if (pickSec[n]! < 0) continue;
      let askedSec = Number.NaN;
      let cents = 0;
      for (let r = fromRoute[n]!; r < fromRoute[n + 1]!; r++) {
        const { startSec } = fleet.shifts[shift[r]!]!.route;
        // Shifts of a node leave together by twos and threes.
        if (startSec !== askedSec) cents = besidesItsWay(node, picking(n, pickSec[n]!, startSec));
        askedSec = startSec;
        surcharge[r] = cents;
      }
    }
    const offers = createOffers(index.length);
    offerWindows(inTime.offer, { serviceSec, load: [weightG, volumeMl], needs, surcharge }, rows, windows, offers);
    for (const [w, at] of index.entries()) {
      if (offers.place[w] === -1) continue;
      const route = offers.route[w]!;
      parts[at] = partAt(fleet, inTime, groups, { route, place: offers.place[w]!, cost: offers.cost[w]! });
    }
  }
  return (index) => parts[index]!;
}

/** The part that a place of an ask's routes stands for. */
export function partAt(
  { shifts }: FleetRoutes,
  { shift, firstPlace }: FleetInTime,
  groups: readonly number[],
  { route, place, cost }: { readonly route: number; readonly place: number; readonly cost: number },
): PricedPart {
  const s = shift[route]!;
  return { node: shifts[s]!.node, groups, shift: s, place: firstPlace[route]! + place, cost };
}
