import type { DoorWishes, VisitWishes } from "#server/domain/delivery-wishes.ts";
import { createStoredValue, useStoredValue } from "./stored-value.ts";

// As VisitWishes and DoorWishes in server/domain/delivery-wishes.ts have it; the server decides. Without its schemas here: the
// checkout need not load them.
export const MOST_FLOORS = 60;
export const LEAST_VISIT_MINUTES = 30;
export const MAX_SAFE_PLACE_CHARS = 120;
export const MAX_GATE_CODE_CHARS = 40;

/** What the shopper has entered of a delivery besides its window; "" and false where nothing is wished. */
export interface EnteredWishes {
  /** "18:30" */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly floor: string;
  readonly hasLift: boolean;
  readonly safePlace: string;
  readonly neighbourAllowed: boolean;
  readonly gateCode: string;
}

export const NO_WISHES: EnteredWishes = {
  notBefore: "",
  notAfter: "",
  floor: "",
  hasLift: false,
  safePlace: "",
  neighbourAllowed: false,
  gateCode: "",
};

const text = (kept: unknown, most: number): string => (typeof kept === "string" ? kept.slice(0, most) : "");

/** For this tab only, like the name and the number: a gate code opens a house. */
export const enteredWishes = createStoredValue<EnteredWishes>("session", "kept-wishes", NO_WISHES, (kept) => {
  const from = (kept ?? {}) as Partial<Record<string, unknown>>;
  return {
    notBefore: text(from.notBefore, 5),
    notAfter: text(from.notAfter, 5),
    floor: text(from.floor, 2),
    hasLift: from.hasLift === true,
    safePlace: text(from.safePlace, MAX_SAFE_PLACE_CHARS),
    neighbourAllowed: from.neighbourAllowed === true,
    gateCode: text(from.gateCode, MAX_GATE_CODE_CHARS),
  };
});

export function useEnteredWishes(): EnteredWishes {
  return useStoredValue(enteredWishes);
}

const WALL_TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Whether the two times leave the driver too little. */
export function isTooNarrow({ notBefore, notAfter }: EnteredWishes): boolean {
  if (!WALL_TIME.test(notAfter)) return false;
  return minuteOf(notAfter) - (WALL_TIME.test(notBefore) ? minuteOf(notBefore) : 0) < LEAST_VISIT_MINUTES;
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

export function isFloor(floor: string): boolean {
  return /^\d{1,2}$/.test(floor) && Number(floor) <= MOST_FLOORS;
}

/** What the windows are asked for with; undefined where nothing is wished. What makes no sense yet is not. */
export function visitWishesOf(entered: EnteredWishes): VisitWishes | undefined {
  const { notBefore, notAfter, floor, hasLift } = entered;
  const areTimes = !isTooNarrow(entered);
  const wishes: VisitWishes = {
    ...(areTimes && WALL_TIME.test(notBefore) && { notBefore }),
    ...(areTimes && WALL_TIME.test(notAfter) && { notAfter }),
    ...(isFloor(floor) && Number(floor) > 0 && { floor: Number(floor), hasLift }),
  };
  return Object.keys(wishes).length === 0 ? undefined : wishes;
}

/** Same wishes, same text: a hold is for those that it was made with. */
export function visitKey(wishes: VisitWishes | undefined): string {
  const { notBefore = "", notAfter = "", floor = 0, hasLift = false } = wishes ?? {};
  return `${notBefore}-${notAfter} ${floor}${hasLift ? " lift" : ""}`;
}

/** What goes along with the confirmation; undefined where nothing is wished. */
export function doorWishesOf({ safePlace, neighbourAllowed, gateCode }: EnteredWishes): DoorWishes | undefined {
  const door = { safePlace: safePlace.trim() || null, neighbourAllowed, gateCode: gateCode.trim() || null };
  return door.safePlace || door.gateCode || neighbourAllowed ? door : undefined;
}
