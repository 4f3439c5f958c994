import type { Random } from "../random.ts";
import { stepTo } from "./clock.ts";
import type { Prepared } from "./prepare.ts";
import { ABSENT, costOfRoute, noteIdle, type Routes, retime } from "./routes.ts";
import { isCalmAt, isJoinLoadable } from "./segments.ts";

/**
 * Lets two routes whose vehicles end and cost alike trade all that follows a drawn visit's predecessor and one of the visit's
 * neighbours, so that the two come to stand behind each other (2-opt*: Potvin, Rousseau 1995). Makes the cheapest such
 * trade that changes the cost by less than `mostCost`, and returns by how much, or 0 when there is none.
 */
export function exchangeTails(prepared: Prepared, routes: Routes, random: Random, mostCost: number): number {
  const { visitCount: n, slotCount, slot, duration, tailKindOf, ratesOf, fixedCost, locked } = prepared;
  const { next, previous, routeOf, latest, ready, arcCost } = routes;
  const visit = random.below(n);
  const route = routeOf[visit]!;
  if (route === ABSENT || locked[visit]) return 0;
  const { before } = prepared;
  const arcTo = before.cost[ratesOf[route]!]!;
  const cost = prepared.cost[ratesOf[route]!]!;
  const from = previous[visit]!;
  const fromRow = slot[from]! * slotCount;
  let least = mostCost;
  let best = -1;
  for (let a = before.from[visit]!; a < before.from[visit + 1]!; a++) {
    const other = before.visit[a]!;
    const otherRoute = routeOf[other]!;
    if (otherRoute === ABSENT || otherRoute === route || tailKindOf[otherRoute] !== tailKindOf[route]) continue;
    if (ready[other]! + before.duration[a]! > latest[visit]!) continue;
    const tail = next[other]!;
    if (locked[tail] || ready[from]! + duration[fromRow + slot[tail]!]! > latest[tail]!) continue;
    // Where nothing stays and nothing comes, the vehicle stays at home.
    const isIdle = from >= n && tail >= n;
    const joined = isIdle ? -fixedCost[route]! : cost[fromRow + slot[tail]!]!;
    const change = arcTo[a]! + joined - arcCost[visit]! - arcCost[tail]!;
    if (change >= least || !fits(prepared, routes, other, from)) continue;
    least = change;
    best = other;
  }
  if (best === -1) return 0;
  if (prepared.isPlain) {
    trade(prepared, routes, best, from);
    return least;
  }

  // So far only bounds were compared: the clock decides. Where it has to walk, a trade that fails is made once more.
  if (!prepared.hasReleases) {
    const change = joinCost(prepared, routes, best, visit) + joinCost(prepared, routes, from, next[best]!);
    if (change - arcCost[visit]! - arcCost[next[best]!]! >= mostCost) return 0;
  }
  const otherRoute = routeOf[best]!;
  const costBefore = costOfRoute(prepared, routes, route) + costOfRoute(prepared, routes, otherRoute);
  const change = trade(prepared, routes, best, from) - costBefore;
  if (change < mostCost) return change;
  trade(prepared, routes, best, from);
  return 0;
}

/** What going on from a node with another route's tail costs, or NaN where that changes more in the tail than times. */
function joinCost(prepared: Prepared, routes: Routes, from: number, tail: number): number {
  const { visitCount: n } = prepared;
  const { routeOf, ready, breaksTaken, clock } = routes;
  if (tail >= n && from >= n) return Number.NaN;
  clock.readySec = ready[from]!;
  clock.breaksTaken = breaksTaken[from]!;
  if (!stepTo(prepared, routeOf[from]!, from, tail, clock)) return Number.POSITIVE_INFINITY;
  const { cost, readySec, breaksTaken: breaks } = clock;
  return tail >= n || isCalmAt(routes, tail, readySec, breaks) ? cost : Number.NaN;
}

/** Swaps what follows the two nodes, which are on different routes, and returns what both routes then cost. */
function trade(prepared: Prepared, routes: Routes, one: number, other: number): number {
  const { next, routeOf } = routes;
  const route = routeOf[one]!;
  const otherRoute = routeOf[other]!;
  const tail = next[one]!;
  join(routes, one, next[other]!);
  join(routes, other, tail);
  return settle(prepared, routes, route) + settle(prepared, routes, otherRoute);
}

function join({ next, previous }: Routes, one: number, behind: number): void {
  next[one] = behind;
  previous[behind] = one;
}

/** Gives a chain its own end back, counts and times it anew, and returns what it costs. */
function settle(prepared: Prepared, routes: Routes, route: number): number {
  const { visitCount: n, vehicleCount: m, delivery, loadCount } = prepared;
  const { next, routeOf, size, loaded } = routes;
  for (let d = 0; d < loadCount; d++) loaded[route * loadCount + d] = 0;
  let visits = 0;
  let last = n + route;
  for (let node = next[last]!; node < n; node = next[node]!) {
    routeOf[node] = route;
    visits++;
    for (let d = 0; d < loadCount; d++) loaded[route * loadCount + d]! += delivery[node * loadCount + d]!;
    last = node;
  }
  join(routes, last, n + m + route);
  size[route] = visits;
  if (visits === 0) noteIdle(prepared, routes, route);
  return retime(prepared, routes, route);
}

/** Whether both routes can carry what they would: up to `one` with what follows `other`, and the other way round. */
function fits(prepared: Prepared, routes: Routes, one: number, other: number): boolean {
  if (prepared.hasPickups)
    return isJoinLoadable(prepared, routes, one, other) && isJoinLoadable(prepared, routes, other, one);
  const { visitCount: n, delivery, loadCount, capacity } = prepared;
  const { previous, routeOf, loaded } = routes;
  for (let d = 0; d < loadCount; d++) {
    let ahead = 0;
    for (let node = one; node < n; node = previous[node]!) ahead += delivery[node * loadCount + d]!;
    let stays = 0;
    for (let node = other; node < n; node = previous[node]!) stays += delivery[node * loadCount + d]!;
    const a = routeOf[one]! * loadCount + d;
    const b = routeOf[other]! * loadCount + d;
    if (ahead + loaded[b]! - stays > capacity[a]! || stays + loaded[a]! - ahead > capacity[b]!) return false;
  }
  return true;
}
