import { dayOf } from "#components/ui/format-time.ts";
import type { PickupPlaceView, WindowView } from "#server/domain/quote.ts";
import type { Reason, ReasonCode } from "#server/domain/reason.ts";

export type SlotMode = "delivery" | "parcel" | "pickup";

/** How the goods reach the shopper: by a van at an hour, by a carrier on a day, or at a store's counter. */
export interface Way {
  readonly mode: SlotMode;
  /** Where it is picked up; null for what is brought. */
  readonly place: PickupPlaceView | null;
}

/** One window as it is shown. `key` names the same window across quotes, whatever offer stands for it at the moment. */
export interface Slot extends Way {
  readonly key: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly priceCents: number;
  /** Null while it is closed; then `reason` says why. */
  readonly offer: string | null;
  readonly reason: Reason | null;
  /** It was open when the page showed it first. */
  readonly justGone: boolean;
  /** How many times somebody rings at the door; 1 for a pickup, and while it is closed. */
  readonly deliveries: number;
  /** Whose parcel it is; empty while it is closed, and of what is none. */
  readonly carriers: readonly string[];
  /** Nothing that is open costs less, and something costs more. */
  readonly isCheapest: boolean;
  /** Its van passes close by anyway: see the glossary. */
  readonly isVanNearby: boolean;
  /** When all that comes from other stores is at this one; null where nothing does, and while it is closed. */
  readonly broughtBy: string | null;
}

/** A window that the shopper has, had or wanted. */
export type SlotRef = Pick<Slot, "key" | "mode" | "startsAt" | "endsAt" | "place">;

export interface SlotDay {
  /** "2026-11-22", in the region's zone. */
  readonly day: string;
  readonly slots: readonly Slot[];
  readonly openCount: number;
  readonly lowestCents: number | null;
}

/** The windows of a way as the picker shows them, by day. `gone` holds the offers lost since, with the reason. */
export function slotDays(
  windows: readonly WindowView[],
  way: Way,
  timeZone: string,
  gone: ReadonlyMap<string, ReasonCode>,
): SlotDay[] {
  const prices = windows.filter((window) => isOpen(window, gone)).map((window) => window.priceCents);
  const lowest = Math.min(...prices);
  const varies = prices.some((price) => price > lowest);
  const byDay = new Map<string, Slot[]>();
  for (const window of windows) {
    const day = dayOf(window.startsAt, timeZone);
    const slots = byDay.get(day) ?? [];
    const slot = slotOf(window, way, gone);
    slots.push(varies && slot.offer !== null && slot.priceCents === lowest ? { ...slot, isCheapest: true } : slot);
    byDay.set(day, slots);
  }
  return [...byDay]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, slots]) => {
      const prices = slots.filter((slot) => slot.offer !== null).map((slot) => slot.priceCents);
      return { day, slots, openCount: prices.length, lowestCents: prices.length > 0 ? Math.min(...prices) : null };
    });
}

function isOpen(window: WindowView, gone: ReadonlyMap<string, ReasonCode>): boolean {
  return window.open && !gone.has(window.offer);
}

function slotOf(window: WindowView, { mode, place }: Way, gone: ReadonlyMap<string, ReasonCode>): Slot {
  const { startsAt, endsAt, priceCents } = window;
  const lost = window.open ? gone.get(window.offer) : undefined;
  return {
    key: `${mode} ${place?.nodeId ?? ""} ${startsAt}`,
    mode,
    place,
    startsAt,
    endsAt,
    priceCents,
    offer: window.open && lost === undefined ? window.offer : null,
    reason: window.open ? (lost ? { code: lost } : null) : window.reason,
    justGone: lost !== undefined,
    deliveries: window.open ? window.deliveries : 1,
    carriers: window.open ? window.carriers : [],
    isCheapest: false,
    isVanNearby: isOpen(window, gone) && window.open && window.isVanNearby,
    broughtBy: isOpen(window, gone) && window.open ? window.broughtBy : null,
  };
}

/** The open windows that are nearest in time to a lost one, nearest first; the earlier of two that are as near. */
export function nearestOpen(
  days: readonly SlotDay[],
  lost: Pick<Slot, "startsAt">,
  most: number,
  /** Not these. */
  exceptKeys: readonly (string | undefined)[] = [],
): Slot[] {
  const away = (slot: Slot) => Math.abs(Date.parse(slot.startsAt) - Date.parse(lost.startsAt));
  return allSlots(days)
    .filter((slot) => slot.offer !== null && !exceptKeys.includes(slot.key))
    .sort((a, b) => away(a) - away(b))
    .slice(0, most);
}

export function allSlots(days: readonly SlotDay[]): Slot[] {
  return days.flatMap((day) => day.slots);
}

export function findSlot(days: readonly SlotDay[], key: string): Slot | undefined {
  return allSlots(days).find((slot) => slot.key === key);
}

/** The preferred day if something is open on it, else the first one with something open, else the first. */
export function firstOpenDay(days: readonly SlotDay[], preferred?: string | null): string {
  const open = days.filter((day) => day.openCount > 0);
  return (open.find((day) => day.day === preferred) ?? open[0] ?? days[0])?.day ?? "";
}

/** The day that a window stands under. */
export function dayOfSlot(days: readonly SlotDay[], key: string): string | undefined {
  return days.find((day) => day.slots.some((slot) => slot.key === key))?.day;
}
