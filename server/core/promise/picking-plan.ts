/** Free picking seconds of one node by hour: `startSec` ascending, one entry an hour that is open. */
export interface WorkHours {
  readonly startSec: Int32Array;
  readonly freeSec: Int32Array;
}

/** Parallel arrays: which hours an order's picking is claimed from, and how many seconds of each. */
export interface PickingPlan {
  readonly startSec: number[];
  readonly sec: number[];
}

const HOUR_SEC = 3600;

/**
 * Spreads `pickSec` of work over the latest hours that end by `pickBySec`, or returns null when they do not hold it.
 *
 * Latest first: hours near the clock stay free for orders that have no other. Of the hour that is running only the part
 * still to come counts.
 */
export function planPicking(hours: WorkHours, nowSec: number, pickSec: number, pickBySec: number): PickingPlan | null {
  const plan: PickingPlan = { startSec: [], sec: [] };
  let left = pickSec;
  for (let h = hours.startSec.length - 1; h >= 0 && left > 0; h--) {
    const start = hours.startSec[h]!;
    if (start + HOUR_SEC > pickBySec) continue;
    const take = Math.min(left, usableSec(hours, h, nowSec));
    if (take <= 0) continue;
    plan.startSec.unshift(start);
    plan.sec.unshift(take);
    left -= take;
  }
  return left > 0 ? null : plan;
}

/** Whether the hours from now until `pickBySec` would hold the work if none of it were taken: else the cut-off has passed. */
export function isBeforeCutOff(hours: WorkHours, nowSec: number, pickSec: number, pickBySec: number): boolean {
  let possible = 0;
  for (let h = 0; h < hours.startSec.length; h++) {
    const start = hours.startSec[h]!;
    if (start + HOUR_SEC <= pickBySec) possible += Math.max(0, Math.min(HOUR_SEC, start + HOUR_SEC - nowSec));
  }
  return possible >= pickSec;
}

/** Start of the first hour after `pickBySec` that has room for the whole order, or undefined. */
export function nextFreeHour(hours: WorkHours, pickSec: number, pickBySec: number): number | undefined {
  for (let h = 0; h < hours.startSec.length; h++) {
    if (hours.startSec[h]! + HOUR_SEC > pickBySec && hours.freeSec[h]! >= pickSec) return hours.startSec[h]!;
  }
  return undefined;
}

function usableSec(hours: WorkHours, hour: number, nowSec: number): number {
  const toCome = Math.min(HOUR_SEC, hours.startSec[hour]! + HOUR_SEC - nowSec);
  return toCome <= 0 ? 0 : Math.floor((hours.freeSec[hour]! * toCome) / HOUR_SEC);
}
