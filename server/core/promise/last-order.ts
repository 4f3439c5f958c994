import { SECONDS_PER_HOUR } from "#server/domain/units.ts";
import type { FreeHours } from "./picking-plan.ts";

/**
 * The last second at which an order of `pickSec` can still be picked by `pickBySec`, if nobody else takes the hours that
 * are free now. Seconds since the origin of `hours`. It undoes planPicking and isBeforeCutOff: both ask for less the
 * sooner it is, so one walk back from the end finds the moment.
 */
export function lastOrderSec(hours: FreeHours, pickSec: number, pickBySec: number): number {
  const asPlanned = lastStart(hours, pickSec, pickBySec, (hour) => hours.freeSec[hour]!);
  return Math.min(asPlanned, lastStartSec(hours, pickSec, pickBySec));
}

/** The last second at which isBeforeCutOff still says yes; −Infinity where no hour ends in time. */
export function lastStartSec(hours: FreeHours, pickSec: number, pickBySec: number): number {
  // Each hour counts once, however many pick in it.
  return lastStart(hours, pickSec, pickBySec, () => SECONDS_PER_HOUR);
}

function lastStart(hours: FreeHours, pickSec: number, pickBySec: number, secondsOf: (hour: number) => number): number {
  let left = pickSec;
  for (let hour = hours.startSec.length - 1; hour >= 0; hour--) {
    const end = hours.startSec[hour]! + SECONDS_PER_HOUR;
    const seconds = secondsOf(hour);
    if (end > pickBySec || seconds <= 0) continue;
    if (seconds >= left) return end - Math.ceil((left * SECONDS_PER_HOUR) / seconds);
    left -= seconds;
  }
  return Number.NEGATIVE_INFINITY;
}
