import { insertionCost } from "./clock.ts";
import type { Prepared } from "./prepare.ts";
import type { Routes } from "./routes.ts";
import { isLoadable } from "./segments.ts";

/** What a visit costs behind a node of a route that admits it, or Infinity where it cannot be or costs `most` or more. */
export function placeCost(
  prepared: Prepared,
  routes: Routes,
  visit: number,
  after: number,
  route: number,
  most: number,
): number {
  const { isPlain, slot, slotCount, duration, durationTo, opens, closes, service, locked } = prepared;
  const { next, ready, latest, arcCost, size } = routes;
  const to = next[after]!;
  if (locked[to]) return Number.POSITIVE_INFINITY;
  const row = visit * slotCount;
  const arrives = ready[after]! + durationTo[row + slot[after]!]!;
  if (arrives > closes[visit]!) return Number.POSITIVE_INFINITY;
  const leaves = Math.max(arrives, opens[visit]!) + service[visit]!;
  if (leaves + duration[row + slot[to]!]! > latest[to]!) return Number.POSITIVE_INFINITY;
  const rates = prepared.ratesOf[route]!;
  const fixed = size[route] === 0 ? prepared.fixedCost[route]! : 0;
  const arcs = prepared.costTo[rates]![row + slot[after]!]! + prepared.cost[rates]![row + slot[to]!]! - arcCost[to]!;
  if (fixed + arcs >= most) return Number.POSITIVE_INFINITY;
  if (prepared.hasPickups && !isLoadable(prepared, routes, visit, after)) return Number.POSITIVE_INFINITY;
  return isPlain ? fixed + arcs : insertionCost(prepared, routes, visit, after, routes.clock);
}
