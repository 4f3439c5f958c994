/** Picking seconds of one node that are not claimed, by hour: `startSec` ascending, one entry an hour that is open. */
export interface FreeHours {
  readonly startSec: Int32Array;
  readonly freeSec: Int32Array;
}

export interface WorkHours extends FreeHours {
  /** All that is on offer in the hour. */
  readonly limitSec: Int32Array;
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
export function planPicking(hours: FreeHours, nowSec: number, pickSec: number, pickBySec: number): PickingPlan | null {
  const plan: PickingPlan = { startSec: [], sec: [] };
  let left = pickSec;
  for (let h = hoursEndedBy(hours, pickBySec) - 1; h >= 0 && left > 0; h--) {
    const take = Math.min(left, usableSec(hours, h, nowSec));
    if (take <= 0) continue;
    plan.startSec.unshift(hours.startSec[h]!);
    plan.sec.unshift(take);
    left -= take;
  }
  return left > 0 ? null : plan;
}

/** What can still be picked by then in the hours that are free now. */
export function freeSecBy(hours: FreeHours, nowSec: number, pickBySec: number): number {
  let free = 0;
  for (let h = hoursEndedBy(hours, pickBySec) - 1; h >= 0; h--) free += usableSec(hours, h, nowSec);
  return free;
}

/** Whether the hours from now until `pickBySec` would hold the work if none of it were taken: else the cut-off has passed. */
export function isBeforeCutOff(hours: FreeHours, nowSec: number, pickSec: number, pickBySec: number): boolean {
  let possible = 0;
  // Latest first: a few hours are enough for most work.
  for (let h = hoursEndedBy(hours, pickBySec) - 1; h >= 0 && possible < pickSec; h--)
    possible += Math.max(0, Math.min(HOUR_SEC, hours.startSec[h]! + HOUR_SEC - nowSec));
  return possible >= pickSec;
}

/** Start of the first hour after `pickBySec` that has room for the whole order, or undefined. */
export function nextFreeHour(hours: FreeHours, pickSec: number, pickBySec: number): number | undefined {
  for (let h = hoursEndedBy(hours, pickBySec); h < hours.startSec.length; h++)
    if (hours.freeSec[h]! >= pickSec) return hours.startSec[h]!;
  return undefined;
}

/** Hours that are claimed beyond a share of their limit are dear: the next second costs ever more, up to a rate when full. */
export interface BusyRate {
  /** 0 … 1: up to here an hour costs nothing besides. */
  readonly fromShare: number;
  /** Of an hour of picking in an hour that is full. */
  readonly hourCents: number;
}

/** What a plan costs because its hours are near their limit: rises with every second picked. Cents, not whole ones. */
export function busyCents({ startSec, limitSec, freeSec }: WorkHours, plan: PickingPlan, rate: BusyRate): number {
  if (rate.hourCents === 0 || rate.fromShare >= 1) return 0;
  let cents = 0;
  if (plan.startSec.length === 0) return 0;
  // The hours before the plan's first.
  let h = hoursEndedBy({ startSec }, plan.startSec[0]!);
  for (let i = 0; i < plan.startSec.length; i++) {
    while (startSec[h]! < plan.startSec[i]!) h++;
    const limit = limitSec[h]!;
    const claimed = limit - freeSec[h]!;
    const over = (sec: number) => Math.max(0, sec - rate.fromShare * limit);
    const squares = over(claimed + plan.sec[i]!) ** 2 - over(claimed) ** 2;
    cents += ((squares / (2 * limit * (1 - rate.fromShare))) * rate.hourCents) / HOUR_SEC;
  }
  return cents;
}

/** How many of the hours, which are the first of them, have ended by then. */
function hoursEndedBy({ startSec }: Pick<FreeHours, "startSec">, bySec: number): number {
  let low = 0;
  let high = startSec.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startSec[middle]! + HOUR_SEC <= bySec) low = middle + 1;
    else high = middle;
  }
  return low;
}

function usableSec(hours: FreeHours, hour: number, nowSec: number): number {
  const toCome = Math.min(HOUR_SEC, hours.startSec[hour]! + HOUR_SEC - nowSec);
  return toCome <= 0 ? 0 : Math.floor((hours.freeSec[hour]! * toCome) / HOUR_SEC);
}
