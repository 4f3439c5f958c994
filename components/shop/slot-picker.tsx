"use client";

import type { PickupPlaceView } from "#server/domain/quote.ts";
import { fillText } from "./fill-text.ts";
import {
  allSlots,
  type Channel,
  findSlot,
  nearestOpen,
  type Slot,
  type SlotDay,
  type SlotMode,
  type SlotRef,
} from "./slot-board.ts";
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
  readonly channel: Channel;
  /** The windows of that channel by day; null while they are asked for. */
  readonly days: readonly SlotDay[] | null;
  /** The day that is looked at, "2026-11-22". */
  readonly day: string;
  /** What delivery costs at least, null when nothing is open. */
  readonly deliveryFromCents: number | null;
  /** Where the cart can be picked up, nearest first. */
  readonly places: readonly PickupPlaceView[];
  /** The window that is held, the one that is being asked for, and the one to look at first. */
  readonly kept: SlotRef | null;
  readonly pendingKey: string | null;
  readonly nearestKey: string | null;
  /** A window that was chosen and could not be had. */
  readonly lost: LostSlot | null;
  onChannel(channel: Channel): void;
  onDay(day: string): void;
  onChoose(slot: Slot): void;
  /** The shopper stays with the window that is held. */
  onKeep(): void;
}

/**
 * Everything between "where to" and "held": delivery or pickup, the days, their windows, and what to do when one is
 * lost. It takes data and says what was chosen; whoever shows it does the asking.
 */
export function SlotPicker({
  now,
  timeZone,
  currency,
  channel,
  days,
  day,
  deliveryFromCents,
  places,
  kept,
  pendingKey,
  nearestKey,
  lost,
  onChannel,
  onDay,
  onChoose,
  onKeep,
}: SlotPickerProps) {
  const { say, count, price } = useWords();
  const openPlaces = places.filter((place) => place.nextStartsAt !== null);
  const notes: Record<SlotMode, string> = {
    delivery:
      deliveryFromCents === null
        ? say.picker.nothing
        : deliveryFromCents === 0
          ? say.shop.free
          : fillText(say.picker.from, { price: price(deliveryFromCents, currency) }),
    pickup: openPlaces.length > 0 ? count(say.picker.places, openPlaces.length) : say.picker.nothing,
  };
  const lookAt = (mode: SlotMode) =>
    onChannel(mode === "delivery" ? DELIVERY : { mode, place: openPlaces[0] ?? places[0] ?? null });
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
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <SlotPickerModes mode={channel.mode} notes={notes} onMode={lookAt} />
        <SlotPickerZone at={now} zone={timeZone} />
      </div>
      {channel.mode === "pickup" && (
        <SlotPickerPlaces
          places={places}
          chosen={channel.place?.nodeId ?? null}
          timeZone={timeZone}
          onChoose={(place) => onChannel({ mode: "pickup", place })}
        />
      )}
      {channel.mode === "pickup" && channel.place === null ? null : days === null ? (
        <SlotRowsSkeleton />
      ) : (
        <SlotPickerBoard
          channel={channel}
          days={days}
          day={day}
          now={now}
          timeZone={timeZone}
          currency={currency}
          keptKey={kept?.key ?? null}
          pendingKey={pendingKey}
          nearestKey={nearestKey}
          onDay={onDay}
          onChoose={choose}
          onOtherMode={() => lookAt(channel.mode === "delivery" ? "pickup" : "delivery")}
        />
      )}
    </div>
  );
}

/** What is not to be recommended instead of a lost window: the one that is held, and itself while others decide about it. */
export function hardToGet({ slot, fault }: LostSlot, kept: SlotRef | null): readonly (string | undefined)[] {
  return [kept?.key, fault.code === "too-much-held" ? slot.key : undefined];
}

export const DELIVERY: Channel = { mode: "delivery", place: null };

/** The least that anything open costs, null when nothing is. */
export function lowestCents(days: readonly SlotDay[]): number | null {
  const prices = allSlots(days).flatMap((slot) => (slot.offer === null ? [] : slot.priceCents));
  return prices.length > 0 ? Math.min(...prices) : null;
}
