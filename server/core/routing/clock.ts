import type { Prepared } from "./prepare.ts";
import { ABSENT, type Routes } from "./routes.ts";

/**
 * A vehicle on its way: when it is free to leave where it stands, and how many breaks are behind it. Written in place.
 *
 * Whatever binds a route, being later somewhere never makes it sooner elsewhere. So a change is walked from where it
 * begins only until vehicle and clock are as they were before it; from there on nothing changes.
 */
export interface Clock {
  readySec: number;
  breaksTaken: number;
  /** Of the last step: its arc, its service, being late. In units. */
  cost: number;
}

export function createClock(): Clock {
  return { readySec: 0, breaksTaken: 0, cost: 0 };
}

/** When the route may leave as it is: its vehicle's time, and what it carries is picked. */
export function departureOf({ problem, visitCount: n, opens }: Prepared, routes: Routes, route: number): number {
  const { releaseSec } = problem.visits;
  let departs = opens[n + route]!;
  for (let node = routes.next[n + route]!; node < n; node = routes.next[node]!)
    if (releaseSec[node]! > departs) departs = releaseSec[node]!;
  return departs;
}

/** Sets the clock to when the vehicle may leave with the goods of these visits. */
export function setOut(
  { problem, visitCount: n, opens }: Prepared,
  route: number,
  visits: readonly number[],
  clock: Clock,
) {
  const { releaseSec } = problem.visits;
  clock.readySec = visits.reduce((sec, visit) => Math.max(sec, releaseSec[visit]!), opens[n + route]!);
  clock.breaksTaken = 0;
}

/** Drives from a node to another, rests and waits as the problem says, and serves. Says whether all of that is in time. */
export function stepTo(prepared: Prepared, route: number, from: number, to: number, clock: Clock): boolean {
  const { problem, visitCount: n, unit, slot, placeOfSlot, service, locked, lockedStart } = prepared;
  const { visits, travel, placeCount } = problem;
  const vehicle = problem.vehicles[route]!;
  const { breaks } = vehicle;
  const arc = placeOfSlot[slot[from]!]! * placeCount + placeOfSlot[slot[to]!]!;

  let isInTime = rest();
  let arrivesSec = driveFrom();
  while (clock.breaksTaken < breaks.length && arrivesSec > breaks[clock.breaksTaken]!.latestSec) {
    clock.readySec = breaks[clock.breaksTaken]!.earliestSec;
    isInTime = rest() && isInTime;
    arrivesSec = driveFrom();
  }
  clock.readySec = arrivesSec;

  if (to >= n) {
    const overSec = clock.readySec - vehicle.endSec;
    if (overSec > 0) clock.cost += (overSec * vehicle.overtimeCost) / unit;
    return isInTime && overSec <= vehicle.overtimeSec;
  }
  isInTime = rest() && isInTime;
  const lastWindow = visits.windowsFrom[to + 1]! - 1;
  let startSec = nextStart();
  while (clock.breaksTaken < breaks.length) {
    const { earliestSec, latestSec, durationSec } = breaks[clock.breaksTaken]!;
    const restSec = Math.max(clock.readySec, earliestSec);
    if (restSec + durationSec > startSec && startSec + service[to]! <= latestSec) break;
    if (restSec > latestSec) isInTime = false;
    clock.readySec = restSec + durationSec;
    clock.breaksTaken++;
    startSec = nextStart();
  }
  const lateSec = startSec - (visits.windowEndSec[lastWindow]! - 1);
  if (lateSec > 0) {
    if (visits.lateCost[to] !== Number.POSITIVE_INFINITY) clock.cost += (lateSec * visits.lateCost[to]!) / unit;
    // What is locked is driven however late it is: nothing that the search could do makes it sooner. But not later.
    else if (!locked[to] || startSec > lockedStart[to]!) isInTime = false;
  }
  clock.readySec = startSec + service[to]!;
  clock.cost += (service[to]! * vehicle.secondCost) / unit;
  return isInTime;

  /** When the service starts if nothing else comes first. */
  function nextStart(): number {
    let window = visits.windowsFrom[to]!;
    while (window < lastWindow && clock.readySec >= visits.windowEndSec[window]!) window++;
    return Math.max(clock.readySec, visits.windowStartSec[window]!);
  }

  /** Takes the breaks that are due where the vehicle stands, and says whether they are in time. */
  function rest(): boolean {
    let areInTime = true;
    while (clock.breaksTaken < breaks.length && clock.readySec >= breaks[clock.breaksTaken]!.earliestSec) {
      const { latestSec, durationSec } = breaks[clock.breaksTaken]!;
      if (clock.readySec > latestSec) areInTime = false;
      clock.readySec += durationSec;
      clock.breaksTaken++;
    }
    return areInTime;
  }

  /** Leaves now, or at the start of a later period when that arrives sooner. Sets the cost of the arc. */
  function driveFrom(): number {
    const { startSec, durationSec, distanceM } = travel;
    let period = 0;
    while (period + 1 < startSec.length && startSec[period + 1]! <= clock.readySec) period++;
    let arrives = clock.readySec + durationSec[period]![arc]!;
    for (let later = period + 1; later < startSec.length; later++) {
      const arrivesLater = startSec[later]! + durationSec[later]![arc]!;
      if (arrivesLater >= arrives) continue;
      period = later;
      arrives = arrivesLater;
    }
    clock.cost =
      (distanceM[period]![arc]! * vehicle.metreCost + durationSec[period]![arc]! * vehicle.secondCost) / unit;
    return arrives;
  }
}

/** Whether the vehicle can carry what its route then asks of it on every leg, with `visit` behind `after` unless that is ABSENT. */
export function isLoadable(prepared: Prepared, routes: Routes, route: number, visit: number, after: number): boolean {
  const { visitCount: n, loadCount, delivery, pickup, capacity } = prepared;
  const { next, loaded } = routes;
  for (let d = 0; d < loadCount; d++) {
    const most = capacity[route * loadCount + d]!;
    let onBoard = loaded[route * loadCount + d]! + (visit === ABSENT ? 0 : delivery[visit * loadCount + d]!);
    if (onBoard > most) return false;
    for (let node = n + route; node < n || node === n + route; node = next[node]!) {
      if (node < n) onBoard += pickup[node * loadCount + d]! - delivery[node * loadCount + d]!;
      if (onBoard > most) return false;
      if (node !== after || visit === ABSENT) continue;
      onBoard += pickup[visit * loadCount + d]! - delivery[visit * loadCount + d]!;
      if (onBoard > most) return false;
    }
  }
  return true;
}

/**
 * What putting an absent visit behind `after` changes in cost, exactly, or Infinity where it cannot be. O(length) at
 * worst: the walk ends where the clock is again as it was.
 */
export function insertionCost(prepared: Prepared, routes: Routes, visit: number, after: number, clock: Clock): number {
  const { visitCount: n, hasPickups } = prepared;
  const { next, routeOf, ready, breaksTaken, arcCost } = routes;
  const route = routeOf[after]!;
  if (hasPickups && !isLoadable(prepared, routes, route, visit, after)) return Number.POSITIVE_INFINITY;

  const start = n + route;
  const departs = Math.max(ready[start]!, prepared.problem.visits.releaseSec[visit]!);
  // A later departure moves the whole route, else all before the visit stays as it is.
  let node = departs > ready[start]! ? start : after;
  clock.readySec = node === start ? departs : ready[node]!;
  clock.breaksTaken = breaksTaken[node]!;
  let change = routes.size[route] === 0 ? prepared.fixedCost[route]! : 0;
  let isPlaced = false;
  while (node < n || node === start) {
    const isHere: boolean = node === after && !isPlaced;
    const to = isHere ? visit : next[node === visit ? after : node]!;
    isPlaced ||= isHere;
    if (!stepTo(prepared, route, node, to, clock)) return Number.POSITIVE_INFINITY;
    change += clock.cost;
    node = to;
    if (isHere) continue;
    change -= arcCost[to]!;
    if (isPlaced && clock.readySec === ready[to]! && clock.breaksTaken === breaksTaken[to]!) return change;
  }
  return change;
}
