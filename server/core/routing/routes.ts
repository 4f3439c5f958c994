import { type Clock, createClock, departureOf, stepTo } from "./clock.ts";
import type { Prepared } from "./prepare.ts";
import {
  createLoadSegments,
  createTimeSegments,
  type LoadSegments,
  noteLoads,
  noteTimes,
  type TimeSegments,
} from "./segments.ts";

export const ABSENT = -1;

/**
 * A plan while it is being changed: routes as chains of nodes, each node with when the vehicle is free to leave it and the
 * latest start of its service, so that one comparison tells whether a visit can come between two others (forward time
 * slack, Savelsbergh 1992). Where the problem is not plain, `latest` is only a bound, and the clock decides.
 */
export interface Routes {
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** Route of each node, ABSENT for a visit that is in none. */
  readonly routeOf: Int32Array;
  /** Earliest start and service. */
  readonly ready: Int32Array;
  readonly latest: Int32Array;
  readonly breaksTaken: Int32Array;
  /**
   * Of reaching a node: the arc that leads to it, its service, being late there. 0 at the end of an idle vehicle, −Infinity
   * at an absent visit, so that no place beside it looks cheap.
   */
  readonly arcCost: Float64Array;
  /** `arcCost` of the node behind each. */
  readonly outCost: Float64Array;
  /** Visits of each route. */
  readonly size: Int32Array;
  /** What is delivered along each route, `loadCount` entries a route. */
  readonly loaded: Int32Array;
  /** By kind of vehicle: all before this one in the kind's list are on the road. */
  readonly firstIdle: Int32Array;
  /** Empty where the problem is plain. */
  readonly times: TimeSegments;
  /** Empty where nothing is picked up. */
  readonly loads: LoadSegments;
  readonly clock: Clock;
}

/** Every vehicle at home, every visit in no route. */
export function createRoutes(prepared: Prepared): Routes {
  const { visitCount: n, vehicleCount: m, loadCount } = prepared;
  const nodeCount = n + 2 * m;
  const routes: Routes = {
    next: new Int32Array(nodeCount).fill(-1),
    previous: new Int32Array(nodeCount).fill(-1),
    routeOf: new Int32Array(nodeCount).fill(ABSENT),
    ready: new Int32Array(nodeCount),
    latest: new Int32Array(nodeCount),
    breaksTaken: new Int32Array(nodeCount),
    arcCost: new Float64Array(nodeCount).fill(Number.NEGATIVE_INFINITY),
    outCost: new Float64Array(nodeCount).fill(Number.NEGATIVE_INFINITY),
    size: new Int32Array(m),
    loaded: new Int32Array(m * loadCount),
    firstIdle: new Int32Array(prepared.kinds.length),
    times: createTimeSegments(prepared),
    loads: createLoadSegments(prepared),
    clock: createClock(),
  };
  for (let k = 0; k < m; k++) {
    routes.routeOf[n + k] = k;
    routes.routeOf[n + m + k] = k;
    routes.next[n + k] = n + m + k;
    routes.previous[n + m + k] = n + k;
    retime(prepared, routes, k);
  }
  return routes;
}

/**
 * Brings times and costs along a whole route up to date: O(length). Returns what the route costs, Infinity when it cannot
 * be driven: where a way by another place is quicker than the direct one, even a visit less can make a route too late.
 */
export function retime(prepared: Prepared, routes: Routes, route: number): number {
  const { visitCount: n, vehicleCount: m, isPlain, hasPickups } = prepared;
  const { slot, slotCount, duration, opens, closes, service } = prepared;
  const { previous, ready, latest, breaksTaken, arcCost, outCost } = routes;
  const start = n + route;
  const end = n + m + route;
  let total = 0;
  if (routes.size[route] === 0) {
    ready[start] = opens[start]!;
    arcCost[end] = 0;
    outCost[start] = 0;
  } else if (isPlain) total = driveThrough(prepared, routes, route);
  else total = stepThrough(prepared, routes, route);
  breaksTaken[start] = 0;
  if (hasPickups && !noteLoads(prepared, routes, route)) total = Number.POSITIVE_INFINITY;
  if (!isPlain) {
    noteTimes(prepared, routes, route, start, end);
    return total;
  }

  latest[end] = closes[end]!;
  let node = end;
  while (node !== start) {
    const from = previous[node]!;
    const leaves = latest[node]! - duration[slot[from]! * slotCount + slot[node]!]! - service[from]!;
    latest[from] = Math.min(leaves, closes[from]!);
    if (ready[from]! - service[from]! > latest[from]!) total = Number.POSITIVE_INFINITY;
    node = from;
  }
  return total;
}

function driveThrough(prepared: Prepared, routes: Routes, route: number): number {
  const { visitCount: n, vehicleCount: m, slot, slotCount, duration, opens, service } = prepared;
  const { next, ready, arcCost, outCost } = routes;
  const cost = prepared.cost[prepared.ratesOf[route]!]!;
  const end = n + m + route;
  let node = n + route;
  let total = prepared.fixedCost[route]!;
  ready[node] = opens[node]!;
  while (node !== end) {
    const to = next[node]!;
    const arc = slot[node]! * slotCount + slot[to]!;
    const arrives = ready[node]! + duration[arc]!;
    ready[to] = Math.max(arrives, opens[to]!) + service[to]!;
    arcCost[to] = cost[arc]!;
    outCost[node] = cost[arc]!;
    total += cost[arc]!;
    node = to;
  }
  return total;
}

function stepThrough(prepared: Prepared, routes: Routes, route: number): number {
  const { visitCount: n, vehicleCount: m } = prepared;
  const { next, ready, breaksTaken, arcCost, outCost, clock } = routes;
  const end = n + m + route;
  let node = n + route;
  let total = prepared.fixedCost[route]!;
  let isInTime = true;
  clock.readySec = departureOf(prepared, routes, route);
  clock.breaksTaken = 0;
  ready[node] = clock.readySec;
  while (node !== end) {
    const to = next[node]!;
    isInTime = stepTo(prepared, route, node, to, clock) && isInTime;
    ready[to] = clock.readySec;
    breaksTaken[to] = clock.breaksTaken;
    arcCost[to] = clock.cost;
    outCost[node] = clock.cost;
    total += clock.cost;
    node = to;
  }
  return isInTime ? total : Number.POSITIVE_INFINITY;
}

/** Walks the clock from before a visit that has come in until vehicle and clock are as they were. */
function stepOn(prepared: Prepared, routes: Routes, route: number, visit: number): void {
  const { visitCount: n, vehicleCount: m, problem } = prepared;
  const { next, previous, ready, breaksTaken, arcCost, outCost, clock } = routes;
  const end = n + m + route;
  if (problem.visits.releaseSec[visit]! > ready[n + route]!) {
    retime(prepared, routes, route);
    return;
  }
  const after = previous[visit]!;
  clock.readySec = ready[after]!;
  clock.breaksTaken = breaksTaken[after]!;
  let from = after;
  for (let isAsBefore = false; !isAsBefore && from !== end; ) {
    const to = next[from]!;
    stepTo(prepared, route, from, to, clock);
    isAsBefore = to !== visit && clock.readySec === ready[to] && clock.breaksTaken === breaksTaken[to];
    ready[to] = clock.readySec;
    breaksTaken[to] = clock.breaksTaken;
    arcCost[to] = clock.cost;
    outCost[from] = clock.cost;
    from = to;
  }
  noteTimes(prepared, routes, route, after, from);
}

/** Puts an absent visit behind `after`, where it must fit; times are brought up to date only as far as they change. */
export function insertAfter(prepared: Prepared, routes: Routes, visit: number, after: number): void {
  const { isPlain, slot, slotCount, duration, opens, closes, service, delivery, loadCount } = prepared;
  const { next, previous, routeOf, ready, latest, arcCost, outCost, size, loaded } = routes;
  const route = routeOf[after]!;
  const behind = next[after]!;
  next[after] = visit;
  previous[visit] = after;
  next[visit] = behind;
  previous[behind] = visit;
  routeOf[visit] = route;
  size[route]!++;
  for (let d = 0; d < loadCount; d++) loaded[route * loadCount + d]! += delivery[visit * loadCount + d]!;
  if (prepared.hasPickups) noteLoads(prepared, routes, route);
  if (!isPlain) {
    stepOn(prepared, routes, route, visit);
    return;
  }

  const cost = prepared.cost[prepared.ratesOf[route]!]!;
  arcCost[visit] = cost[slot[after]! * slotCount + visit]!;
  outCost[after] = arcCost[visit]!;
  arcCost[behind] = cost[visit * slotCount + slot[behind]!]!;
  outCost[visit] = arcCost[behind]!;
  let from = after;
  for (let node = visit; node !== -1; node = next[node]!) {
    const arrives = ready[from]! + duration[slot[from]! * slotCount + slot[node]!]!;
    const free = Math.max(arrives, opens[node]!) + service[node]!;
    if (free === ready[node] && node !== visit) break;
    ready[node] = free;
    from = node;
  }
  let to = behind;
  for (let node = visit; node !== -1; node = previous[node]!) {
    const leaves = latest[to]! - duration[slot[node]! * slotCount + slot[to]!]! - service[node]!;
    const starts = Math.min(leaves, closes[node]!);
    if (starts === latest[node] && node !== visit) break;
    latest[node] = starts;
    to = node;
  }
}

/** Unlinks a visit. Times and costs of the rest of its route are left as they were. */
export function takeOut(prepared: Prepared, routes: Routes, visit: number): void {
  const { delivery, loadCount } = prepared;
  const { next, previous, routeOf, size, loaded } = routes;
  const route = routeOf[visit]!;
  const from = previous[visit]!;
  const to = next[visit]!;
  next[from] = to;
  previous[to] = from;
  markAbsent(routes, visit);
  size[route]!--;
  for (let d = 0; d < loadCount; d++) loaded[route * loadCount + d]! -= delivery[visit * loadCount + d]!;
  if (size[route] === 0) noteIdle(prepared, routes, route);
}

export function markAbsent({ routeOf, arcCost, outCost }: Routes, visit: number): void {
  routeOf[visit] = ABSENT;
  arcCost[visit] = Number.NEGATIVE_INFINITY;
  outCost[visit] = Number.NEGATIVE_INFINITY;
}

/** What a route costs, from what reaching its nodes does. */
export function costOfRoute(
  { visitCount: n, vehicleCount: m, fixedCost }: Prepared,
  routes: Routes,
  route: number,
): number {
  if (routes.size[route] === 0) return 0;
  let total = fixedCost[route]!;
  const end = n + m + route;
  for (let node = n + route; node !== end; ) {
    node = routes.next[node]!;
    total += routes.arcCost[node]!;
  }
  return total;
}

/** Whether the vehicle has what the visit needs, and its goods are not on board of another. */
export function mayServe({ needs, has, onlyVehicle }: Prepared, visit: number, route: number): boolean {
  if ((needs[visit]! & ~has[route]!) !== 0) return false;
  return onlyVehicle[visit]! === ABSENT || onlyVehicle[visit]! === route;
}

/** Whether the vehicle may serve the visit at all, and has room for what it brings. */
export function admits(prepared: Prepared, { loaded }: Routes, visit: number, route: number): boolean {
  const { delivery, loadCount, capacity } = prepared;
  if (!mayServe(prepared, visit, route)) return false;
  for (let d = 0; d < loadCount; d++) {
    const at = route * loadCount + d;
    if (loaded[at]! + delivery[visit * loadCount + d]! > capacity[at]!) return false;
  }
  return true;
}

/** A vehicle of the kind that stands at home, or −1. */
export function idleVehicle({ kinds }: Prepared, { size, firstIdle }: Routes, kind: number): number {
  const members = kinds[kind]!;
  let at = firstIdle[kind]!;
  while (at < members.length && size[members[at]!]! > 0) at++;
  firstIdle[kind] = at;
  return at < members.length ? members[at]! : -1;
}

/** To be called when a route has become empty. */
export function noteIdle({ kindOf, rankOf }: Prepared, { firstIdle }: Routes, route: number): void {
  const kind = kindOf[route]!;
  if (rankOf[route]! < firstIdle[kind]!) firstIdle[kind] = rankOf[route]!;
}
