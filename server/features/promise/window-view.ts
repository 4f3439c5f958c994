import { instant } from "#server/domain/instant.ts";
import type { WindowView } from "#server/domain/quote.ts";
import type { Reason } from "#server/domain/reason.ts";

/** Windows as the database gives them: arrays in parallel, epoch seconds. */
export interface WindowColumns {
  readonly startSec: readonly number[];
  readonly endSec: readonly number[];
  readonly priceCents: readonly number[];
}

export function openWindow(windows: WindowColumns, i: number, offer: string): WindowView {
  return {
    open: true,
    startsAt: instant(windows.startSec[i]!),
    endsAt: instant(windows.endSec[i]!),
    priceCents: windows.priceCents[i]!,
    offer,
  };
}

export function closedWindow(windows: WindowColumns, i: number, reason: Reason): WindowView {
  return {
    open: false,
    startsAt: instant(windows.startSec[i]!),
    endsAt: instant(windows.endSec[i]!),
    priceCents: windows.priceCents[i]!,
    reason,
  };
}
