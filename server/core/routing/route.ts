/**
 * One shift's route over a fixed road network: struct of arrays over its stops in driving order. Times are integer
 * seconds since the plan's start. The van leaves home at `startSec` and must be back by `endSec`.
 *
 * A leg's travel time is a constant of the pair and of the window it leads to, never of the clock, so that pushing a
 * stop later changes no travel time and slack is exact.
 */
export interface Route {
  readonly length: number;
  readonly startSec: number;
  readonly endSec: number;
  /** Service starts within [windowStartSec, windowEndSec): the last second of start is windowEndSec − 1. */
  readonly windowStartSec: Int32Array;
  readonly windowEndSec: Int32Array;
  readonly serviceSec: Int32Array;
  /** The leg that leads to each stop, from the one before or from home. */
  readonly legSec: Int32Array;
  readonly legM: Int32Array;
  /** The way home from the last stop; 0 for an empty route. */
  readonly homeLegSec: number;
  readonly homeLegM: number;
}

/**
 * When each service can start. `earliestSec[p]` is the soonest start at p; `latestSec[p]` the last start there that
 * keeps every later stop, and the return, on time (forward time slack, Savelsbergh 1992).
 */
export interface Timeline {
  readonly earliestSec: Int32Array;
  readonly latestSec: Int32Array;
}

export interface RouteStops {
  readonly windowStartSec: ArrayLike<number>;
  readonly windowEndSec: ArrayLike<number>;
  readonly serviceSec: ArrayLike<number>;
  readonly legSec: ArrayLike<number>;
  readonly legM: ArrayLike<number>;
}

export function createRoute(
  startSec: number,
  endSec: number,
  stops: RouteStops,
  homeLegSec: number,
  homeLegM: number,
): Route {
  return {
    length: stops.legSec.length,
    startSec,
    endSec,
    windowStartSec: Int32Array.from(stops.windowStartSec),
    windowEndSec: Int32Array.from(stops.windowEndSec),
    serviceSec: Int32Array.from(stops.serviceSec),
    legSec: Int32Array.from(stops.legSec),
    legM: Int32Array.from(stops.legM),
    homeLegSec,
    homeLegM,
  };
}

/** Walks the route forward for the soonest starts and backward for the latest: O(length). */
export function timelineOf(route: Route): Timeline {
  const { length, windowStartSec, windowEndSec, serviceSec, legSec } = route;
  const earliestSec = new Int32Array(length);
  const latestSec = new Int32Array(length);

  let freeAt = route.startSec;
  for (let p = 0; p < length; p++) {
    earliestSec[p] = Math.max(windowStartSec[p]!, freeAt + legSec[p]!);
    freeAt = earliestSec[p]! + serviceSec[p]!;
  }

  // The last moment to be free at p: in time for the next stop, or to be home.
  let leaveBy = route.endSec - route.homeLegSec;
  for (let p = length - 1; p >= 0; p--) {
    latestSec[p] = Math.min(windowEndSec[p]! - 1, leaveBy - serviceSec[p]!);
    leaveBy = latestSec[p]! - legSec[p]!;
  }
  return { earliestSec, latestSec };
}

/** Whether every stop can start in its window and the van is home in time. */
export function isOnTime(route: Route, timeline: Timeline): boolean {
  for (let p = 0; p < route.length; p++) if (timeline.earliestSec[p]! > timeline.latestSec[p]!) return false;
  return route.length > 0 || route.startSec <= route.endSec;
}

/** What a stop would be: when it may start, and how long it takes. Seconds since the plan's start. */
export interface Visit {
  readonly windowStartSec: number;
  readonly windowEndSec: number;
  readonly serviceSec: number;
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
