import type { CartLine, Destination } from "#server/domain/cart.ts";
import type { VisitWishes } from "#server/domain/delivery-wishes.ts";
import type { HoldId, OrderId, RegionId } from "#server/domain/id.ts";
import type { PickupPlaceView } from "#server/domain/quote.ts";
import { cartKey } from "./cart-store.ts";
import { placeKey } from "./delivery-store.ts";
import type { SlotMode, SlotRef } from "./slot-board.ts";
import { createStoredValue, useStoredValue } from "./stored-value.ts";
import { visitKey } from "./wishes-store.ts";

/** A window that is kept for this tab's shopper, and all that is needed to confirm it after a reload. */
export interface KeptHold {
  readonly holdId: HoldId;
  /** Minted with the hold: however often "confirm" is pressed, one order. */
  readonly orderId: OrderId;
  /** Likewise: however often more time is asked for, one extension. */
  readonly extensionId: string;
  readonly isExtended: boolean;
  readonly regionId: RegionId;
  readonly slotKey: string;
  readonly mode: SlotMode;
  readonly place: PickupPlaceView | null;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly priceCents: number;
  /** How many times somebody rings at the door. */
  readonly deliveries: number;
  /** Whose parcel it is; empty of what is none. */
  readonly carriers: readonly string[];
  readonly destination: Destination;
  /** What it was made for: another cart needs another hold. */
  readonly cartKey: string;
  /** The wishes that it was made with: see visitKey. */
  readonly visitKey: string;
  readonly expiresAt: string;
  /** The platform's clock against this browser's, in milliseconds. */
  readonly skewMs: number;
}

export const keptHold = createStoredValue<KeptHold | null>("session", "kept-hold", null, (kept) => {
  const hold = kept as KeptHold | null;
  const complete =
    hold !== null &&
    typeof hold.holdId === "string" &&
    typeof hold.orderId === "string" &&
    typeof hold.extensionId === "string" &&
    typeof hold.deliveries === "number" &&
    Array.isArray(hold.carriers) &&
    typeof hold.cartKey === "string" &&
    typeof hold.visitKey === "string" &&
    typeof hold.skewMs === "number" &&
    !Number.isNaN(Date.parse(hold.expiresAt)) &&
    !Number.isNaN(Date.parse(hold.startsAt)) &&
    typeof hold.destination?.lng === "number";
  return complete ? hold : null;
});

export function useKeptHold(): KeptHold | null {
  return useStoredValue(keptHold);
}

/** The same window, held for another address under an id of its own; until when, the platform says. */
export function redirected(hold: KeptHold, holdId: HoldId, destination: Destination): KeptHold {
  return {
    ...hold,
    holdId,
    orderId: crypto.randomUUID() as OrderId,
    extensionId: crypto.randomUUID(),
    isExtended: false,
    destination,
  };
}

/** Why a hold is not for this cart and this place, or null when it is. */
export function mismatchOf(
  hold: KeptHold,
  regionId: RegionId,
  lines: readonly CartLine[],
  destination: Destination | null,
): "cartChanged" | "addressChanged" | null {
  if (hold.cartKey !== cartKey(lines)) return "cartChanged";
  const samePlace =
    destination !== null &&
    hold.regionId === regionId &&
    placeKey(hold.destination) === placeKey(destination) &&
    hold.destination.address === destination.address;
  return samePlace ? null : "addressChanged";
}

/** Whether a hold is for these wishes. A pickup is for any; a parcel too, but for hours: its carrier keeps a day. */
export function fitsWishes(hold: KeptHold, wishes: VisitWishes | undefined): boolean {
  if (hold.mode === "parcel") return !wishes?.notBefore && !wishes?.notAfter;
  return hold.mode === "pickup" || hold.visitKey === visitKey(wishes);
}

/** The window that is held, as the picker names it. */
export function slotRefOf({ slotKey, mode, startsAt, endsAt, place }: KeptHold): SlotRef {
  return { key: slotKey, mode, startsAt, endsAt, place };
}
