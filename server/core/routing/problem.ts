/**
 * A vehicle-routing problem with time windows, as the search sees it: struct of arrays, indices for everything, seconds
 * since the plan's start up to {@link LAST_SEC}, metres, and costs in any one unit (cents for a fleet, metres for a benchmark).
 *
 * Places are rows and columns of the matrices. A visit stands at a place; a vehicle starts and ends at one; several may
 * share a place. Build one by hand or by an adapter, then let `validateProblem` look at it: the search trusts it.
 */
export interface RoutingProblem {
  readonly placeCount: number;
  readonly travel: TravelPeriods;
  readonly visits: Visits;
  readonly vehicles: readonly Vehicle[];
  /** How many kinds of load there are: weight, volume, crates … */
  readonly loadCount: number;
}

/**
 * Travel by time of day. Within a period the matrices hold; a leg takes as long as the period in which it starts says,
 * or, when that is sooner, waits for the next period (or one after it): leaving later never means arriving sooner. Its
 * metres, and the seconds that cost, are those of the period in which it then leaves.
 */
export interface TravelPeriods {
  /** When each period begins, ascending; the first holds from the beginning of time. One entry: travel never changes. */
  readonly startSec: readonly number[];
  /** By period, row-major: from place i to j at `i * placeCount + j`. Asymmetric; {@link NO_WAY_SEC} where there is no way. */
  readonly durationSec: readonly Int32Array[];
  readonly distanceM: readonly Int32Array[];
}

/** The last second that a problem may speak of. */
export const LAST_SEC = 500_000_000;

/** What a leg takes that cannot be driven, and the most that any leg may take. */
export const NO_WAY_SEC = 1_000_000_000;

/** The most that a prize or a fixed cost may be: a thousand of them still add up to the cent. */
export const MOST_PRICE = 1e12;

/** The most that a metre or a second may cost, and the least if it costs anything. */
export const MOST_RATE = 1e6;
export const LEAST_RATE = 1e-6;

/** Each array has one entry a visit, unless it says otherwise. */
export interface Visits {
  readonly count: number;
  readonly place: Int32Array;
  readonly serviceSec: Int32Array;
  /** The goods are on the shelf until then: the van that carries the visit cannot leave its start before. */
  readonly releaseSec: Int32Array;
  /**
   * Service starts in one of the half-open windows [windowStartSec, windowEndSec) of visit v: those at
   * `windowsFrom[v] … windowsFrom[v + 1] − 1`, ascending and apart. One more entry than there are visits.
   */
  readonly windowsFrom: Int32Array;
  readonly windowStartSec: Int32Array;
  readonly windowEndSec: Int32Array;
  /**
   * What each second costs by which service starts after the last second of the last window; Infinity keeps the window
   * hard. A visit with several windows is never late between them: it waits for the next.
   */
  readonly lateCost: Float64Array;
  /** Loaded at the start and brought to the visit: `loadCount` entries a visit. */
  readonly delivery: Int32Array;
  /** Taken on at the visit and brought to the end: `loadCount` entries a visit. */
  readonly pickup: Int32Array;
  /** Bits that the vehicle must all have: skills, and the temperature zones of the goods. */
  readonly needs: Int32Array;
  /** The only vehicle that may serve it because the goods are on board, or −1. */
  readonly onlyVehicle: Int32Array;
  /** What leaving it out costs; Infinity for one that must be served wherever it can. */
  readonly prize: Float64Array;
}

export interface Vehicle {
  readonly startPlace: number;
  readonly endPlace: number;
  /** Leaves no sooner than `startSec`, is back by `endSec`; at most `overtimeSec` later at `overtimeCost` a second. */
  readonly startSec: number;
  readonly endSec: number;
  readonly overtimeSec: number;
  readonly overtimeCost: number;
  /** For leaving at all, for a metre, and for a second of driving or serving; waiting costs nothing. */
  readonly fixedCost: number;
  readonly metreCost: number;
  readonly secondCost: number;
  /** `loadCount` entries. */
  readonly capacity: readonly number[];
  readonly has: number;
  /** In order of time, at most {@link MAX_BREAKS}. */
  readonly breaks: readonly Break[];
  /** Visits that stay at the beginning of its route in this order: driven, loaded, or too near in time to touch. */
  readonly locked: readonly number[];
}

/**
 * Taken where the van stands: before it leaves its start, on arrival before the service, or after it before leaving, at
 * the first such moment at or after `earliestSec`; and while it waits for a window, when the break is over before that
 * opens. When the next leg, or the service, would end after `latestSec` the van waits for `earliestSec` and rests before it.
 * Starting after `latestSec` is not allowed. A route that is home by `latestSec` without having had such a moment needs no
 * break; so one that is due only after the shift binds nobody. One that would start after `latestSec` even if the vehicle
 * leaves as soon as it may, behind those that are due before it, is refused: such a vehicle could serve nobody.
 */
export interface Break {
  readonly earliestSec: number;
  readonly latestSec: number;
  readonly durationSec: number;
}

export const MAX_BREAKS = 3;

/** Visits of each vehicle in driving order, and those left out. */
export interface Plan {
  readonly routes: readonly (readonly number[])[];
  readonly leftOut: readonly number[];
}
