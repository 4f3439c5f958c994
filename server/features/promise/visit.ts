import type { WindowSpan } from "#server/core/promise/group-windows.ts";
import { LEAST_VISIT_MINUTES, minuteOfWallTime, type VisitWishes } from "#server/domain/delivery-wishes.ts";
import { Fault } from "#server/domain/fault.ts";
import type { OfferClaims } from "#server/domain/offer.ts";
import { type ZoneClock, zoneClock } from "#server/travel/zone-clock.ts";
import type { RegionRow } from "./queries.ts";

/** How a door is to be visited. Epoch seconds. */
export interface Visit {
  /** When service may start: the window, or the part of it that was asked for. */
  readonly startSec: number;
  readonly endSec: number;
  readonly climb: Climb;
}

/** How far up the goods go. */
export interface Climb {
  /** Null: not said. */
  readonly floor: number | null;
  readonly hasLift: boolean | null;
  /** What each way up takes. */
  readonly climbSec: number;
}

/** To the ground floor. */
export const NO_CLIMB: Climb = { floor: null, hasLift: null, climbSec: 0 };

/** By the region's rule; without a word about a lift the stairs count. */
export function climbOf({ floor, hasLift }: VisitWishes, region: Pick<RegionRow, "stairsSec" | "liftSec">): Climb {
  const climbSec = !floor ? 0 : hasLift ? region.liftSec : floor * region.stairsSec;
  return { floor: floor ?? null, hasLift: hasLift ?? null, climbSec };
}

/**
 * The part of each window in which a visit is wished, on the local day on which the window begins; null where it is less than half
 * an hour. Faults: wish-too-narrow, when no window of any day could have more.
 */
export function narrowWindows(
  windows: readonly WindowSpan[],
  { notBefore, notAfter }: VisitWishes,
  timeZone: string,
): (WindowSpan | null)[] {
  if (notBefore === undefined && notAfter === undefined) return [...windows];
  const from = minuteOfWallTime(notBefore ?? "00:00");
  const until = notAfter === undefined ? null : minuteOfWallTime(notAfter);
  if (until !== null && until - from < LEAST_VISIT_MINUTES) throw new Fault("wish-too-narrow");
  const clock = zoneClock(timeZone);
  return windows.map((window) => {
    const startSec =
      notBefore === undefined ? window.startSec : Math.max(window.startSec, instantOf(clock, window, from));
    const endSec = until === null ? window.endSec : Math.min(window.endSec, instantOf(clock, window, until));
    const isWhole = startSec === window.startSec && endSec === window.endSec;
    return isWhole || endSec - startSec >= LEAST_VISIT_MINUTES * 60 ? { startSec, endSec } : null;
  });
}

/** When the clock shows the minute on the local day on which the window begins. */
function instantOf(clock: ZoneClock, { startSec }: WindowSpan, minuteOfDay: number): number {
  const guess = startSec + (minuteOfDay - clock.read(startSec).minuteOfDay) * 60;
  // Between the two the clock may have been put forward or back.
  const off = minuteOfDay - clock.read(guess).minuteOfDay;
  return Math.abs(off) < MINUTES_PER_DAY / 2 ? guess + off * 60 : guess;
}

const MINUTES_PER_DAY = 1440;

/** As an offer carries it; nothing where nothing was wished. */
export function visitClaims(window: WindowSpan, span: WindowSpan, climb: Climb): Pick<OfferClaims, "vst"> {
  const isWished = span.startSec !== window.startSec || span.endSec !== window.endSec || climb.floor !== null;
  if (!isWished) return {};
  return { vst: { win: [span.startSec, span.endSec], flr: climb.floor, lft: climb.hasLift, clb: climb.climbSec } };
}

/** What an offer says of the visit. */
export function visitOfOffer({ win, vst }: OfferClaims): Visit {
  const [startSec, endSec] = vst?.win ?? win;
  return { startSec, endSec, climb: vst ? { floor: vst.flr, hasLift: vst.lft, climbSec: vst.clb } : NO_CLIMB };
}

/** The columns of a hold that say it, as {@link visitOfHold} reads them. */
export interface VisitColumns {
  readonly visit_start_sec: number;
  readonly visit_end_sec: number;
  readonly floor: number | null;
  readonly has_lift: boolean | null;
  readonly climb_sec: number;
}

export function visitOfHold(row: VisitColumns): Visit {
  return {
    startSec: row.visit_start_sec,
    endSec: row.visit_end_sec,
    climb: { floor: row.floor, hasLift: row.has_lift, climbSec: row.climb_sec },
  };
}
