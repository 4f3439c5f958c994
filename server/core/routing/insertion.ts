import type { Route, Timeline } from "./route.ts";

export const NOWHERE = -1;

/** What a stop would be: when it may start, and how long it takes. Seconds since the plan's start. */
export interface Visit {
  readonly windowStartSec: number;
  readonly windowEndSec: number;
  readonly serviceSec: number;
}

/**
 * Travel between the visit and every place of a fleet. A route's stops stand at `offset … offset + length − 1` of the
 * rows, in driving order; its home has an index of its own.
 */
export interface VisitTravel {
  /** From each stop to the visit, at the time of day of the visit's window. */
  readonly toSec: Int32Array;
  readonly toM: Int32Array;
  /** From the visit to each stop, at the time of day of that stop's window. */
  readonly fromSec: Int32Array;
  readonly fromM: Int32Array;
  readonly homeToSec: Int32Array;
  readonly homeToM: Int32Array;
  /** From the visit home; a route reads it at the time of day when its shift ends. */
  readonly homeFromSec: Int32Array;
  readonly homeFromM: Int32Array;
}

/** What one more metre and one more second of driving or serving cost, in cents. */
export interface Rates {
  readonly centsPerM: number;
  readonly centsPerSec: number;
}

/** Result of a search, written in place: the hot loop allocates nothing. */
export interface Insertion {
  /** The visit comes before the stop that is now at this position; `length` puts it last. NOWHERE: it fits nowhere. */
  position: number;
  costCents: number;
  extraM: number;
  extraSec: number;
}

export function createInsertion(): Insertion {
  return { position: NOWHERE, costCents: Number.POSITIVE_INFINITY, extraM: 0, extraSec: 0 };
}

/**
 * Cheapest place for `visit` in a route, or NOWHERE if every place would make some stop, or the return, late.
 *
 * One comparison with the latest start of the stop behind settles feasibility, so the scan is O(length), allocates
 * nothing, and needs no triangle inequality. Of equally cheap places the first wins.
 */
export function cheapestPosition(
  route: Route,
  timeline: Timeline,
  visit: Visit,
  travel: VisitTravel,
  offset: number,
  home: number,
  rates: Rates,
  best: Insertion,
): Insertion {
  best.position = NOWHERE;
  best.costCents = Number.POSITIVE_INFINITY;
  best.extraM = 0;
  best.extraSec = 0;

  const { length, serviceSec, legSec, legM } = route;
  const { earliestSec, latestSec } = timeline;
  const lastStart = visit.windowEndSec - 1;

  for (let p = 0; p <= length; p++) {
    const freeAt = p === 0 ? route.startSec : earliestSec[p - 1]! + serviceSec[p - 1]!;
    // Starts only grow along the route: when the van is free too late here, it is so at every later position.
    if (freeAt > lastStart) break;
    const inSec = p === 0 ? travel.homeToSec[home]! : travel.toSec[offset + p - 1]!;
    const start = Math.max(visit.windowStartSec, freeAt + inSec);
    if (start > lastStart) continue;

    const outSec = p === length ? travel.homeFromSec[home]! : travel.fromSec[offset + p]!;
    const arriveNext = start + visit.serviceSec + outSec;
    if (arriveNext > (p === length ? route.endSec : latestSec[p]!)) continue;

    const inM = p === 0 ? travel.homeToM[home]! : travel.toM[offset + p - 1]!;
    const outM = p === length ? travel.homeFromM[home]! : travel.fromM[offset + p]!;
    const extraM = inM + outM - (p === length ? route.homeLegM : legM[p]!);
    const extraSec = inSec + outSec + visit.serviceSec - (p === length ? route.homeLegSec : legSec[p]!);
    const costCents = extraM * rates.centsPerM + extraSec * rates.centsPerSec;
    if (costCents < best.costCents) {
      best.position = p;
      best.costCents = costCents;
      best.extraM = extraM;
      best.extraSec = extraSec;
    }
  }
  return best;
}

/** The route with the visit put before the stop at `position`. */
export function insertVisit(
  route: Route,
  visit: Visit,
  position: number,
  legIn: { sec: number; m: number },
  legOut: { sec: number; m: number },
): Route {
  const put = (values: Int32Array, value: number): Int32Array => {
    const grown = new Int32Array(route.length + 1);
    grown.set(values.subarray(0, position));
    grown[position] = value;
    grown.set(values.subarray(position), position + 1);
    return grown;
  };
  const legSec = put(route.legSec, legIn.sec);
  const legM = put(route.legM, legIn.m);
  const isLast = position === route.length;
  if (!isLast) {
    legSec[position + 1] = legOut.sec;
    legM[position + 1] = legOut.m;
  }
  return {
    length: route.length + 1,
    startSec: route.startSec,
    endSec: route.endSec,
    windowStartSec: put(route.windowStartSec, visit.windowStartSec),
    windowEndSec: put(route.windowEndSec, visit.windowEndSec),
    serviceSec: put(route.serviceSec, visit.serviceSec),
    legSec,
    legM,
    homeLegSec: isLast ? legOut.sec : route.homeLegSec,
    homeLegM: isLast ? legOut.m : route.homeLegM,
  };
}
