import type { Prepared } from "./prepare.ts";
import type { Break, Vehicle, Visits } from "./problem.ts";
import type { Routes } from "./routes.ts";
import { isCalmAt } from "./segments.ts";

/**
 * A vehicle on its way: when it is free to leave where it stands, and how many breaks are behind it. Written in place.
 *
 * Whatever binds a route, being later somewhere never makes it sooner elsewhere. So a change is walked from where it
 * begins only until everything behind is known to stay as it is.
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
  const { visits, placeCount } = problem;
  const vehicle = problem.vehicles[route]!;
  const { breaks } = vehicle;
  const arc = placeOfSlot[slot[from]!]! * placeCount + placeOfSlot[slot[to]!]!;

  let isInTime = rest(breaks, clock);
  let arrivesSec = driveFrom(prepared, vehicle, arc, clock);
  while (clock.breaksTaken < breaks.length && arrivesSec > breaks[clock.breaksTaken]!.latestSec) {
    clock.readySec = breaks[clock.breaksTaken]!.earliestSec;
    isInTime = rest(breaks, clock) && isInTime;
    arrivesSec = driveFrom(prepared, vehicle, arc, clock);
  }
  clock.readySec = arrivesSec;

  if (to >= n) {
    const overSec = clock.readySec - vehicle.endSec;
    if (overSec > 0) clock.cost += (overSec * vehicle.overtimeCost) / unit;
    return isInTime && overSec <= vehicle.overtimeSec;
  }
  isInTime = rest(breaks, clock) && isInTime;
  let startSec = nextStart(visits, to, clock.readySec);
  while (clock.breaksTaken < breaks.length) {
    const { earliestSec, latestSec, durationSec } = breaks[clock.breaksTaken]!;
    const restSec = Math.max(clock.readySec, earliestSec);
    if (restSec + durationSec > startSec && startSec + service[to]! <= latestSec) break;
    if (restSec > latestSec) isInTime = false;
    clock.readySec = restSec + durationSec;
    clock.breaksTaken++;
    startSec = nextStart(visits, to, clock.readySec);
  }
  const lateSec = startSec - (visits.windowEndSec[visits.windowsFrom[to + 1]! - 1]! - 1);
  if (lateSec > 0) {
    if (visits.lateCost[to] !== Number.POSITIVE_INFINITY) clock.cost += (lateSec * visits.lateCost[to]!) / unit;
    // What is locked is driven however late it is: nothing that the search could do makes it sooner. But not later.
    else if (!locked[to] || startSec > lockedStart[to]!) isInTime = false;
  }
  clock.readySec = startSec + service[to]!;
  clock.cost += (service[to]! * vehicle.secondCost) / unit;
  return isInTime;
}

/** When a service starts if nothing else comes first. */
function nextStart({ windowsFrom, windowStartSec, windowEndSec }: Visits, visit: number, readySec: number): number {
  const last = windowsFrom[visit + 1]! - 1;
  let window = windowsFrom[visit]!;
  while (window < last && readySec >= windowEndSec[window]!) window++;
  return Math.max(readySec, windowStartSec[window]!);
}

/** Takes the breaks that are due where the vehicle stands, and says whether they are in time. */
function rest(breaks: readonly Break[], clock: Clock): boolean {
  let areInTime = true;
  while (clock.breaksTaken < breaks.length && clock.readySec >= breaks[clock.breaksTaken]!.earliestSec) {
    const { latestSec, durationSec } = breaks[clock.breaksTaken]!;
    if (clock.readySec > latestSec) areInTime = false;
    clock.readySec += durationSec;
    clock.breaksTaken++;
  }
  return areInTime;
}

/** When the vehicle arrives that leaves now, or at the start of a later period where that is sooner. Sets the cost of the arc. */
function driveFrom({ problem, unit }: Prepared, vehicle: Vehicle, arc: number, clock: Clock): number {
  const { startSec, durationSec, distanceM } = problem.travel;
  let period = 0;
  while (period + 1 < startSec.length && startSec[period + 1]! <= clock.readySec) period++;
  let arrivesSec = clock.readySec + durationSec[period]![arc]!;
  for (let later = period + 1; later < startSec.length; later++) {
    const arrivesLaterSec = startSec[later]! + durationSec[later]![arc]!;
    if (arrivesLaterSec >= arrivesSec) continue;
    period = later;
    arrivesSec = arrivesLaterSec;
  }
  clock.cost = (distanceM[period]![arc]! * vehicle.metreCost + durationSec[period]![arc]! * vehicle.secondCost) / unit;
  return arrivesSec;
}

/**
 * What putting an absent visit behind `after` changes in cost, exactly, or Infinity where that cannot be in time. The
 * two legs beside the visit, and as much of what is behind them as the delay changes in more than time. The routes are
 * ones of a problem that is not plain.
 */
export function insertionCost(prepared: Prepared, routes: Routes, visit: number, after: number, clock: Clock): number {
  const { visitCount: n, fixedCost } = prepared;
  const { next, routeOf, ready, breaksTaken, arcCost, times } = routes;
  const route = routeOf[after]!;
  const start = n + route;
  const departs = Math.max(ready[start]!, prepared.problem.visits.releaseSec[visit]!);
  // A later departure moves all before the visit too, if only by the clock.
  let node = departs > times.calm[start]! ? start : after;
  clock.readySec = node === start ? departs : Math.max(ready[node]!, departs + times.throughSec[node]!);
  clock.breaksTaken = breaksTaken[node]!;
  let change = routes.size[route] === 0 ? fixedCost[route]! : 0;
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
    if (isPlaced && isCalmAt(routes, to, clock.readySec, clock.breaksTaken)) return change;
  }
  return change;
}
