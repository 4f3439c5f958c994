import { placeCost } from "./place-cost.ts";
import type { Prepared } from "./prepare.ts";
import { ABSENT, admits, idleVehicle, insertAfter, type Routes } from "./routes.ts";
import { remember, type Undo } from "./undo.ts";

/** What a route counts that a visit cannot join: who has fewer routes left comes before all who have more. */
const NO_ROUTE = 2 ** 50;
/** How many places are looked at before it gives up: about half a second's worth. */
const MOST_PLACES = 8_000_000;

/**
 * Puts absent visits back, always the one that would lose most by waiting: what its `choices` best routes cost more than
 * the best of them, together (regret-k: Potvin, Rousseau 1993). One that fits nowhere, or costs less left out, stays
 * absent. Returns how many do; they stand at the front of `absent`. Gives up, with all others absent, when `isOver` or after
 * millions of places.
 *
 * Each visit looks at every place of every route once, then at those of the route that has changed. Time: visits × places
 * to begin with, then visits² × length. Memory: visits × vehicles.
 */
export function insertByRegret(
  prepared: Prepared,
  routes: Routes,
  undo: Undo,
  absent: Int32Array,
  absentCount: number,
  choices: number,
  isOver: () => boolean,
): number {
  const { visitCount: n, vehicleCount: m, absence } = prepared;
  const waiting = Array.from(absent.subarray(0, absentCount));
  /** By waiting visit and route: the least extra cost, and the node behind which it is had. */
  const cost = new Float64Array(n * m).fill(Number.POSITIVE_INFINITY);
  const place = new Int32Array(n * m).fill(ABSENT);
  const open: number[] = [];
  const isOpen = new Uint8Array(m);
  const regret = new Float64Array(n);
  /** The dearest of the routes that its regret counts: others may change without changing it. */
  const horizon = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const cheapest = new Int32Array(n).fill(ABSENT);
  const best = new Float64Array(choices);
  let left = 0;
  let placesSeen = 0;

  for (let k = 0; k < m; k++) if (routes.size[k]! > 0) openRoute(k);
  openIdle();
  for (const visit of waiting) rank(visit);

  for (let inserted = 0; waiting.length > 0; inserted++) {
    if (placesSeen > MOST_PLACES || (inserted % 16 === 0 && isOver())) {
      for (const visit of waiting) absent[left++] = visit;
      break;
    }
    let at = 0;
    for (let w = 1; w < waiting.length; w++) if (regret[waiting[w]!]! > regret[waiting[at]!]!) at = w;
    const visit = waiting[at]!;
    waiting[at] = waiting.at(-1)!;
    waiting.pop();
    const route = cheapest[visit]!;
    if (route === ABSENT) {
      absent[left++] = visit;
      continue;
    }
    remember(prepared, routes, undo, route);
    insertAfter(prepared, routes, visit, place[visit * m + route]!);
    for (const other of waiting) {
      const before = cost[other * m + route]!;
      lookUp(other, route);
      if (Math.min(before, cost[other * m + route]!) <= horizon[other]!) rank(other);
    }
    if (openIdle()) for (const other of waiting) rank(other);
  }
  return left;

  function openRoute(route: number): void {
    isOpen[route] = 1;
    open.push(route);
    for (const visit of waiting) lookUp(visit, route);
  }

  /** One vehicle of each kind that stands at home is asked too. Whether another one has come in. */
  function openIdle(): boolean {
    const before = open.length;
    for (let kind = 0; kind < prepared.kinds.length; kind++) {
      const route = idleVehicle(prepared, routes, kind);
      if (route !== ABSENT && !isOpen[route]) openRoute(route);
    }
    return open.length > before;
  }

  function lookUp(visit: number, route: number): void {
    const at = visit * m + route;
    cost[at] = Number.POSITIVE_INFINITY;
    if (!admits(prepared, routes, visit, route)) return;
    // Where the clock decides, a place may cost a walk along the whole route.
    placesSeen += prepared.isPlain ? routes.size[route]! : routes.size[route]! ** 2;
    const start = n + route;
    for (let node = start; node < n || node === start; node = routes.next[node]!) {
      const extra = placeCost(prepared, routes, visit, node, route, cost[at]!);
      if (extra >= cost[at]!) continue;
      cost[at] = extra;
      place[at] = node;
    }
  }

  function rank(visit: number): void {
    best.fill(NO_ROUTE);
    cheapest[visit] = ABSENT;
    for (const route of open) {
      const extra = cost[visit * m + route]!;
      if (extra >= best[choices - 1]!) continue;
      if (extra < best[0]! && extra < absence[visit]!) cheapest[visit] = route;
      let at = choices - 1;
      for (; at > 0 && best[at - 1]! > extra; at--) best[at] = best[at - 1]!;
      best[at] = extra;
    }
    horizon[visit] = best[choices - 1]!;
    regret[visit] = 0;
    for (let c = 1; c < choices; c++) regret[visit]! += best[c]! - best[0]!;
  }
}
