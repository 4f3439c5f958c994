/** The stops of a van that are not finished, in driving order; seconds on one clock. */
export interface OpenStops {
  readonly legSec: ArrayLike<number>;
  readonly serviceSec: ArrayLike<number>;
  readonly windowStartSec: ArrayLike<number>;
  readonly windowEndSec: ArrayLike<number>;
  /** When the van reached the stop, or −1 while it has not. Only the first can be reached. */
  readonly arrivedSec: ArrayLike<number>;
}

export interface Forecast {
  /** When each stop will be reached. */
  readonly etaSec: Int32Array;
  /** By how much the worst stop would start after its window, 0 when all are in time. */
  readonly lateSec: number;
}

/**
 * Rolls a van forward from where it was last known to be free, `freeSec`, to every stop still open.
 *
 * A van that should have arrived by now is expected now: the forecast never lies in the past, so a van that stands still
 * becomes late on the minute when it no longer can make it, not when the window has passed.
 */
export function forecastRoute(nowSec: number, freeSec: number, stops: OpenStops): Forecast {
  const count = stops.legSec.length;
  const etaSec = new Int32Array(count);
  let lateSec = 0;
  let free = freeSec;
  for (let p = 0; p < count; p++) {
    const arrived = stops.arrivedSec[p]!;
    etaSec[p] = arrived >= 0 ? arrived : Math.max(nowSec, free + stops.legSec[p]!);
    const start = Math.max(etaSec[p]!, stops.windowStartSec[p]!);
    lateSec = Math.max(lateSec, start - stops.windowEndSec[p]! + 1);
    free = Math.max(start + stops.serviceSec[p]!, nowSec);
  }
  return { etaSec, lateSec };
}
