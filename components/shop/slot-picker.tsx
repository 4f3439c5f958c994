"use client";

import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";
import type { PickupPlaceView, WindowView } from "#server/domain/quote.ts";
import { fillText } from "./fill-text.ts";
import { findSlot, nearestOpen, type Slot, type SlotDay, type SlotMode, type SlotRef, type Way } from "./slot-board.ts";
import { SlotPickerBoard } from "./slot-picker-board.tsx";
import { SlotPickerLoss } from "./slot-picker-loss.tsx";
import { SlotPickerModes, SlotPickerZone } from "./slot-picker-modes.tsx";
import { SlotPickerPlaces } from "./slot-picker-places.tsx";
import { SlotRowsSkeleton } from "./slot-picker-skeleton.tsx";
import type { LostSlot } from "./use-hold.ts";
import { useWords } from "./words.tsx";

export const NEAREST_SHOWN = 3;

export interface SlotPickerProps {
  /** The platform's time, and the region's zone and currency: no other clock is shown. */
  readonly now: string;
  readonly timeZone: string;
  readonly currency: string;
  /** How the goods reach the shopper, as it is looked at. */
  readonly way: Way;
  /** Where is entered what decides about windows that are brought. */
  readonly wishFields?: ReactNode;
  /** What is shown answers other wishes: it is looked at and not chosen. */
  readonly isOutdated?: boolean;
  /** The windows of that way by day; null while they are asked for. */
  readonly days: readonly SlotDay[] | null;
  /** The day that is looked at, "2026-11-22". */
  readonly day: string;
  /** What it costs at least to have it brought, null when nothing is open. */
  readonly fromCents: Readonly<Record<"delivery" | "parcel", number | null>>;
  /** How it reaches the shopper is settled: of an order nothing but the window is chosen. */
  readonly isWayFixed?: boolean;
  /** What the kept window is called; "kept for you" where nothing else is said. */
  readonly keptLabel?: string;
  /** Whether carriers come to this network at all. */
  readonly hasParcels: boolean;
  /** Where the cart can be picked up, nearest first. */
  readonly places: readonly PickupPlaceView[];
  /** The window that is held, the one that is being asked for, and the one to look at first. */
  readonly kept: SlotRef | null;
  readonly pendingKey: string | null;
  readonly nearestKey: string | null;
  /** A window that was chosen and could not be had. */
  readonly lost: LostSlot | null;
  onWay(way: Way): void;
  onDay(day: string): void;
  onChoose(slot: Slot): void;
  /** The shopper stays with the window that is held. */
  onKeep(): void;
}

/**
 * Everything between "where to" and "held": delivery, parcel or pickup, the days, their windows, and what to do when one is
 * lost. It takes data and says what was chosen; whoever shows it does the asking.
 */
export function SlotPicker({
  now,
  timeZone,
  currency,
  way,
  wishFields,
  isOutdated = false,
  days,
  day,
  fromCents,
  isWayFixed = false,
  keptLabel,
  hasParcels,
  places,
  kept,
  pendingKey,
  nearestKey,
  lost,
  onWay,
  onDay,
  onChoose,
  onKeep,
}: SlotPickerProps) {
  const { say, count, price } = useWords();
  const openPlaces = places.filter((place) => place.nextStartsAt !== null);
  const noteOf = (cents: number | null) => {
    if (cents === null) return say.picker.nothing;
    return cents === 0 ? say.shop.free : fillText(say.picker.from, { price: price(cents, currency) });
  };
  const notes: Partial<Record<SlotMode, string>> = {
    delivery: noteOf(fromCents.delivery),
    ...(hasParcels && { parcel: noteOf(fromCents.parcel) }),
    pickup: openPlaces.length > 0 ? count(say.picker.places, openPlaces.length) : say.picker.nothing,
  };
  const lookAt = (mode: SlotMode) =>
    onWay(mode === "pickup" ? { mode, place: openPlaces[0] ?? places[0] ?? null } : { mode, place: null });
  const otherModes: Record<SlotMode, SlotMode> = {
    delivery: fromCents.parcel === null ? "pickup" : "parcel",
    parcel: fromCents.delivery === null ? "pickup" : "delivery",
    pickup: fromCents.delivery === null && fromCents.parcel !== null ? "parcel" : "delivery",
  };
  const choose = (key: string) => {
    if (key === kept?.key) return onKeep();
    const slot = findSlot(days ?? [], key);
    if (slot) onChoose(slot);
  };
  return (
    <div className="flex flex-col gap-4">
      {lost && (
        <SlotPickerLoss
          lost={lost}
          kept={kept}
          nearest={nearestOpen(days ?? [], lost.slot, NEAREST_SHOWN, hardToGet(lost, kept))}
          pending={pendingKey !== null}
          timeZone={timeZone}
          onChoose={choose}
          onKeep={onKeep}
        />
      )}
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 empty:hidden">
        {!isWayFixed && <SlotPickerModes mode={way.mode} notes={notes} onMode={lookAt} />}
        <SlotPickerZone at={now} zone={timeZone} />
      </div>
      {way.mode === "pickup" && (
        <SlotPickerPlaces
          places={places}
          chosen={way.place?.nodeId ?? null}
          timeZone={timeZone}
          onChoose={(place) => onWay({ mode: "pickup", place })}
        />
      )}
      {way.mode !== "pickup" && wishFields}
      {way.mode === "pickup" && way.place === null ? null : days === null ? (
        <SlotRowsSkeleton />
      ) : (
        <div
          className={classNames("transition-opacity", isOutdated && "opacity-60")}
          inert={isOutdated}
          aria-busy={isOutdated}
        >
          <SlotPickerBoard
            way={way}
            days={days}
            day={day}
            now={now}
            timeZone={timeZone}
            currency={currency}
            keptKey={kept?.key ?? null}
            keptLabel={keptLabel}
            pendingKey={pendingKey}
            nearestKey={nearestKey}
            onDay={onDay}
            onChoose={choose}
            otherMode={isWayFixed ? null : otherModes[way.mode]}
            onOtherMode={lookAt}
          />
        </div>
      )}
    </div>
  );
}

/** What is not to be recommended instead of a lost window: the one that is held, and itself while others decide about it. */
export function hardToGet({ slot, fault }: LostSlot, kept: SlotRef | null): readonly (string | undefined)[] {
  return [kept?.key, fault.code === "too-much-held" ? slot.key : undefined];
}

export const DELIVERY: Way = { mode: "delivery", place: null };
export const PARCEL: Way = { mode: "parcel", place: null };

/** The least that anything open costs, null when nothing is. */
export function lowestCents(windows: readonly WindowView[] = []): number | null {
  const prices = windows.flatMap((window) => (window.open ? window.priceCents : []));
  return prices.length > 0 ? Math.min(...prices) : null;
}
