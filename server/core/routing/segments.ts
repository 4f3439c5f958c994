import type { Prepared } from "./prepare.ts";
import { type Break, LAST_SEC } from "./problem.ts";
import { ABSENT, type Routes } from "./routes.ts";

/** Later than a vehicle can be anywhere. */
const NEVER_SEC = 2 * LAST_SEC;
const NO_BREAK: Break = { earliestSec: NEVER_SEC, latestSec: NEVER_SEC, durationSec: 0 };

/**
 * What is known of a route before and behind each of its nodes where more than windows and loads bind, so that a change is
 * judged where it joins what stays (segments by their earliest and latest times: Vidal et al. 2014, section 4).
 *
 * A vehicle that leaves a node later than it does, but not later than its calm, drives everything behind it in the same
 * periods, rests where it rested, is late nowhere that it was not, and so costs the same. What waits on the way absorbs
 * the delay. Beyond the calm the clock has to walk.
 */
export interface TimeSegments {
  /** The last moment to leave each node that is calm; at least when the vehicle does leave it. */
  readonly calm: Int32Array;
  /** From leaving the node before each until leaving it, and from the start of its route; what could be waited less aside. */
  readonly stepSec: Int32Array;
  readonly throughSec: Int32Array;
}

/** Loads on the legs of routes with pickups, `loadCount` entries a node. */
export interface LoadSegments {
  /** Handed over at the visits of the route up to each node, and taken on there. */
  readonly handedOver: Int32Array;
  readonly takenOn: Int32Array;
  /** The most that is on board on a leg of the route up to the one that leaves each node, and from that one on. */
  readonly mostBefore: Int32Array;
  readonly mostBehind: Int32Array;
}

export function createTimeSegments({ visitCount: n, vehicleCount: m, isPlain }: Prepared): TimeSegments {
  const count = isPlain ? 0 : n + 2 * m;
  return { calm: new Int32Array(count), stepSec: new Int32Array(count), throughSec: new Int32Array(count) };
}

export function createLoadSegments({ visitCount: n, vehicleCount: m, hasPickups, loadCount }: Prepared): LoadSegments {
  const count = hasPickups ? (n + 2 * m) * loadCount : 0;
  return {
    handedOver: new Int32Array(count),
    takenOn: new Int32Array(count),
    mostBefore: new Int32Array(count),
    mostBehind: new Int32Array(count),
  };
}

/**
 * Notes the times of a route, the clock of which has been walked, from `last` back to its start or, before `first`, until they
 * are as they were.
 */
export function noteTimes(prepared: Prepared, routes: Routes, route: number, first: number, last: number): void {
  const { visitCount: n, vehicleCount: m, slot, slotCount, duration, closes, service } = prepared;
  const { next, previous, latest, times } = routes;
  const { calm, stepSec, throughSec } = times;
  const start = n + route;
  const end = n + m + route;
  if (last === end) {
    latest[end] = closes[end]!;
    calm[end] = NEVER_SEC;
  }
  let isBefore = false;
  for (let to = last; to !== start; ) {
    const from = previous[to]!;
    const latestBefore = latest[from]!;
    const calmBefore = calm[from]!;
    const leaves = latest[to]! - duration[slot[from]! * slotCount + slot[to]!]! - service[from]!;
    latest[from] = Math.min(leaves, closes[from]!);
    noteStep(prepared, routes, route, from, to);
    if (isBefore && latest[from] === latestBefore && calm[from] === calmBefore) break;
    isBefore ||= from === first;
    to = from;
  }
  if (!prepared.hasReleases) return;
  throughSec[start] = 0;
  for (let from = start; from !== end; from = next[from]!)
    throughSec[next[from]!] = throughSec[from]! + stepSec[next[from]!]!;
}

/** Sets the calm of `from`, and what the step from there to `to` takes. */
function noteStep(
  { problem, visitCount: n, slot, placeOfSlot, service }: Prepared,
  routes: Routes,
  route: number,
  from: number,
  to: number,
) {
  const { ready, breaksTaken, times } = routes;
  const { calm, stepSec } = times;
  const { visits, travel, placeCount } = problem;
  const leavesSec = ready[from]!;
  calm[from] = leavesSec;
  stepSec[to] = ready[to]! - leavesSec;
  // A break on the way is an event of its own: what it absorbs is left to the clock.
  if (breaksTaken[to] !== breaksTaken[from]) return;

  const arc = placeOfSlot[slot[from]!]! * placeCount + placeOfSlot[slot[to]!]!;
  const { startSec, durationSec } = travel;
  let period = 0;
  while (period + 1 < startSec.length && startSec[period + 1]! <= leavesSec) period++;
  const arrivesSec = leavesSec + durationSec[period]![arc]!;
  let slackSec = period + 1 < startSec.length ? startSec[period + 1]! - 1 - leavesSec : NEVER_SEC;
  for (let later = period + 1; later < startSec.length; later++)
    slackSec = Math.min(slackSec, startSec[later]! + durationSec[later]![arc]! - arrivesSec);
  if (slackSec < 0) return;

  const { endSec, breaks } = problem.vehicles[route]!;
  const due = breaksTaken[to]! < breaks.length ? breaks[breaksTaken[to]!]! : NO_BREAK;
  slackSec = Math.min(slackSec, due.earliestSec - 1 - leavesSec);
  if (to >= n) slackSec = Math.min(slackSec, Math.min(endSec, due.latestSec) - arrivesSec);
  else {
    const startsSec = ready[to]! - service[to]!;
    const waitSec = startsSec - arrivesSec;
    stepSec[to]! -= waitSec;
    const lastWindow = visits.windowsFrom[to + 1]! - 1;
    let window = visits.windowsFrom[to]!;
    while (window < lastWindow && startsSec >= visits.windowEndSec[window]!) window++;
    const leavesBySec = Math.min(calm[to]!, visits.windowEndSec[window]! - 1 + service[to]!, due.earliestSec - 1);
    slackSec = Math.min(slackSec, waitSec + leavesBySec - ready[to]!);
  }
  if (slackSec > 0) calm[from] = leavesSec + slackSec;
}

/** Whether a vehicle that leaves the node as the clock says, with its breaks, finds everything behind it as it is. */
export function isCalmAt(
  { ready, breaksTaken, times }: Routes,
  node: number,
  leavesSec: number,
  breaks: number,
): boolean {
  return breaks === breaksTaken[node] && leavesSec >= ready[node]! && leavesSec <= times.calm[node]!;
}

/** Notes the loads of a route with pickups, and says whether its vehicle can carry them on every leg: O(length). */
export function noteLoads(prepared: Prepared, routes: Routes, route: number): boolean {
  const { visitCount: n, vehicleCount: m, loadCount, delivery, pickup, capacity } = prepared;
  const { next, previous, loaded, loads } = routes;
  const { handedOver, takenOn, mostBefore, mostBehind } = loads;
  const start = n + route;
  const end = n + m + route;
  let isCarried = true;
  for (let d = 0; d < loadCount; d++) {
    const onBoard = loaded[route * loadCount + d]!;
    handedOver[start * loadCount + d] = 0;
    takenOn[start * loadCount + d] = 0;
    mostBefore[start * loadCount + d] = onBoard;
    for (let from = start; next[from] !== end; ) {
      const node = next[from]!;
      const at = node * loadCount + d;
      handedOver[at] = handedOver[from * loadCount + d]! + delivery[at]!;
      takenOn[at] = takenOn[from * loadCount + d]! + pickup[at]!;
      mostBefore[at] = Math.max(mostBefore[from * loadCount + d]!, onBoard - handedOver[at]! + takenOn[at]!);
      from = node;
    }
    let most = 0;
    for (let node = previous[end]!; node !== ABSENT; node = previous[node]!) {
      const at = node * loadCount + d;
      most = Math.max(most, onBoard - handedOver[at]! + takenOn[at]!);
      mostBehind[at] = most;
    }
    if (most > capacity[route * loadCount + d]!) isCarried = false;
  }
  return isCarried;
}

/** Whether the vehicle can carry what an absent visit behind `after` adds to each leg. */
export function isLoadable(
  prepared: Prepared,
  { routeOf, loaded, loads }: Routes,
  visit: number,
  after: number,
): boolean {
  const { hasPickups, loadCount, delivery, pickup, capacity } = prepared;
  const route = routeOf[after]!;
  for (let d = 0; d < loadCount; d++) {
    const most = capacity[route * loadCount + d]!;
    if (loaded[route * loadCount + d]! + delivery[visit * loadCount + d]! > most) return false;
    if (!hasPickups) continue;
    if (loads.mostBefore[after * loadCount + d]! + delivery[visit * loadCount + d]! > most) return false;
    if (loads.mostBehind[after * loadCount + d]! + pickup[visit * loadCount + d]! > most) return false;
  }
  return true;
}

/** Whether the vehicle that comes from `from` can carry what follows `before` on another route. */
export function isJoinLoadable(
  prepared: Prepared,
  { routeOf, loaded, loads }: Routes,
  from: number,
  before: number,
): boolean {
  const { loadCount, capacity } = prepared;
  const { handedOver, takenOn, mostBefore, mostBehind } = loads;
  const route = routeOf[from]!;
  const other = routeOf[before]!;
  for (let d = 0; d < loadCount; d++) {
    const most = capacity[route * loadCount + d]!;
    const joins = loaded[other * loadCount + d]! - handedOver[before * loadCount + d]!;
    const leaves = loaded[route * loadCount + d]! - handedOver[from * loadCount + d]!;
    if (mostBefore[from * loadCount + d]! - leaves + joins > most) return false;
    const onBoard = takenOn[from * loadCount + d]! - takenOn[before * loadCount + d]!;
    if (mostBehind[before * loadCount + d]! + onBoard > most) return false;
  }
  return true;
}
