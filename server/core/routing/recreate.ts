import type { Random } from "../random.ts";
import { insertionCost } from "./clock.ts";
import { placeCost } from "./place-cost.ts";
import type { Prepared } from "./prepare.ts";
import { ABSENT, admits, idleVehicle, insertAfter, type Routes } from "./routes.ts";
import { isLoadable } from "./segments.ts";
import { remember, type Undo } from "./undo.ts";

/** The share of places that an insertion overlooks, so that it is not greedy in the same way each time. */
const BLINK_CHANCE = 0.01;
/** How often visits are put back whatever their prizes: two together may be worth a vehicle that neither is alone. */
const INSIST_CHANCE = 0.1;
/** How often a visit that has no place beside its neighbours looks everywhere else. */
const FAR_CHANCE = 0.1;
const LOG_OF_NO_BLINK = Math.log(1 - BLINK_CHANCE);

/** In which order absent visits are put back, and how often each is drawn (SISR, sections 5.3 and 6.4). */
const ORDERS = ["random", "demand", "far", "close", "narrow", "opens", "closes"] as const;
const ORDER_WEIGHTS = [4, 4, 2, 1, 2, 2, 2] as const;
const ALL_WEIGHTS = ORDER_WEIGHTS.reduce((sum: number, weight) => sum + weight, 0);

/** Scratch of insertions: the hot loop allocates nothing. */
export interface Recreation {
  readonly key: Float64Array;
  blinkIn: number;
  readonly mayInsist: boolean;
  insists: boolean;
}

export function createRecreation({ visitCount, problem }: Prepared): Recreation {
  const mayInsist = problem.visits.prize.some((prize) => prize < Number.POSITIVE_INFINITY);
  return { key: new Float64Array(visitCount), blinkIn: 1, mayInsist, insists: false };
}

/**
 * Puts each absent visit at its cheapest place, in an order that is drawn. One that fits nowhere, or that costs less left
 * out, stays absent. Returns how many do; they stand at the front of `absent`.
 */
export function insertAll(
  prepared: Prepared,
  routes: Routes,
  undo: Undo,
  random: Random,
  absent: Int32Array,
  absentCount: number,
  recreation: Recreation,
): number {
  sortAbsent(prepared, random, absent, absentCount, recreation.key);
  recreation.insists = recreation.mayInsist && random.chance(INSIST_CHANCE);
  let left = 0;
  for (let a = 0; a < absentCount; a++) {
    const visit = absent[a]!;
    const after = cheapestPlace(prepared, routes, random, visit, recreation);
    if (after === ABSENT) {
      absent[left++] = visit;
      continue;
    }
    remember(prepared, routes, undo, routes.routeOf[after]!);
    insertAfter(prepared, routes, visit, after);
  }
  return left;
}

/** The node behind which a visit costs least, among its neighbours and one idle vehicle of each kind, or ABSENT. */
function cheapestPlace(
  prepared: Prepared,
  routes: Routes,
  random: Random,
  visit: number,
  recreation: Recreation,
): number {
  const { isPlain, hasPickups, slotCount, slot, duration, durationTo, locked, ratesOf, before, behind } = prepared;
  const { next, previous, routeOf, latest, ready, arcCost, outCost, loaded } = routes;
  const { capacity, loadCount } = prepared;
  const firstLoad = prepared.delivery[visit * loadCount]!;
  const row = visit * slotCount;
  const open = prepared.opens[visit]!;
  const close = prepared.closes[visit]!;
  const serviceSec = prepared.service[visit]!;
  let least = recreation.insists ? Number.POSITIVE_INFINITY : prepared.absence[visit]!;
  let best = ABSENT;

  // What drops most places is asked first, of lists that are read in order: whether what is known of the cost is too much
  // already, which an absent neighbour's always is. Few places are left when a row of a matrix is touched.
  const leastOut = behind.cheapest[visit]!;
  for (let a = before.from[visit]!; a < before.from[visit + 1]!; a++) {
    const from = before.visit[a]!;
    const saved = outCost[from]!;
    if (before.leastCost[a]! - saved + leastOut >= least) continue;
    const arrives = ready[from]! + before.duration[a]!;
    if (arrives > close) continue;
    const route = routeOf[from]!;
    if (loaded[route * loadCount]! + firstLoad > capacity[route * loadCount]!) continue;
    const to = next[from]!;
    const rates = ratesOf[route]!;
    const arc = row + slot[to]!;
    let extra = before.cost[rates]![a]! - saved + prepared.cost[rates]![arc]!;
    if (extra >= least) continue;
    if (Math.max(arrives, open) + serviceSec + duration[arc]! > latest[to]!) continue;
    if (locked[to] || !admits(prepared, routes, visit, route) || blinks(random, recreation)) continue;
    if (hasPickups && !isLoadable(prepared, routes, visit, from)) continue;
    if (!isPlain) extra = insertionCost(prepared, routes, visit, from, routes.clock);
    if (extra >= least) continue;
    least = extra;
    best = from;
  }

  const leastIn = before.cheapest[visit]!;
  for (let a = behind.from[visit]!; a < behind.from[visit + 1]!; a++) {
    const to = behind.visit[a]!;
    const saved = arcCost[to]!;
    if (behind.leastCost[a]! - saved + leastIn >= least) continue;
    const startsBy = latest[to]! - behind.duration[a]! - serviceSec;
    if (startsBy < open) continue;
    const route = routeOf[to]!;
    if (loaded[route * loadCount]! + firstLoad > capacity[route * loadCount]!) continue;
    const from = previous[to]!;
    const rates = ratesOf[route]!;
    const arc = row + slot[from]!;
    let extra = behind.cost[rates]![a]! - saved + prepared.costTo[rates]![arc]!;
    if (extra >= least) continue;
    const arrives = ready[from]! + durationTo[arc]!;
    if (arrives > close || arrives > startsBy) continue;
    if (locked[to] || !admits(prepared, routes, visit, route) || blinks(random, recreation)) continue;
    if (hasPickups && !isLoadable(prepared, routes, visit, from)) continue;
    if (!isPlain) extra = insertionCost(prepared, routes, visit, from, routes.clock);
    if (extra >= least) continue;
    least = extra;
    best = from;
  }

  for (let kind = 0; kind < prepared.kinds.length; kind++) {
    const route = idleVehicle(prepared, routes, kind);
    if (route === ABSENT) continue;
    const from = prepared.visitCount + route;
    const extra = placeCost(prepared, routes, visit, from, route, least);
    if (extra >= least || !admits(prepared, routes, visit, route)) continue;
    least = extra;
    best = from;
  }
  return best === ABSENT && random.chance(FAR_CHANCE) ? cheapestAnywhere(prepared, routes, visit, least) : best;
}

/** As cheapestPlace, over every place of every route: a van whose visits are all far away may still pass by. */
function cheapestAnywhere(prepared: Prepared, routes: Routes, visit: number, most: number): number {
  const { visitCount: n, vehicleCount: m } = prepared;
  let least = most;
  let best = ABSENT;
  for (let k = 0; k < m; k++) {
    if (routes.size[k] === 0 || !admits(prepared, routes, visit, k)) continue;
    for (let node = n + k; node < n || node === n + k; node = routes.next[node]!) {
      const extra = placeCost(prepared, routes, visit, node, k, least);
      if (extra >= least) continue;
      least = extra;
      best = node;
    }
  }
  return best;
}

/** Whether a place is overlooked: drawn only for one that would be taken, since for others it changes nothing. */
function blinks(random: Random, recreation: Recreation): boolean {
  if (--recreation.blinkIn > 0) return false;
  recreation.blinkIn = 1 + Math.floor(Math.log(1 - random.next()) / LOG_OF_NO_BLINK);
  return true;
}

function sortAbsent(prepared: Prepared, random: Random, absent: Int32Array, count: number, key: Float64Array): void {
  const { opens, closes, delivery, loadCount, slot, slotCount, visitCount: n } = prepared;
  const depot = (slot[n] ?? 0) * slotCount;
  const cost = prepared.cost[0]!;
  let draw = random.below(ALL_WEIGHTS);
  let order = 0;
  while (draw >= ORDER_WEIGHTS[order]!) draw -= ORDER_WEIGHTS[order++]!;
  for (let a = 0; a < count; a++) {
    const visit = absent[a]!;
    switch (ORDERS[order]!) {
      case "random":
        key[visit] = random.next();
        break;
      case "demand":
        key[visit] = -delivery[visit * loadCount]!;
        break;
      case "far":
        key[visit] = -cost[depot + visit]!;
        break;
      case "close":
        key[visit] = cost[depot + visit]!;
        break;
      case "narrow":
        key[visit] = closes[visit]! - opens[visit]!;
        break;
      case "opens":
        key[visit] = opens[visit]!;
        break;
      case "closes":
        key[visit] = -closes[visit]!;
        break;
    }
  }
  if (count > 32) {
    absent.subarray(0, count).sort((one, other) => key[one]! - key[other]! || one - other);
    return;
  }
  for (let a = 1; a < count; a++) {
    const visit = absent[a]!;
    const k = key[visit]!;
    let b = a - 1;
    for (; b >= 0 && key[absent[b]!]! > k; b--) absent[b + 1] = absent[b]!;
    absent[b + 1] = visit;
  }
}
