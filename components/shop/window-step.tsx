"use client";

import { type ReactNode, useMemo, useState } from "react";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import type { CartLine, Destination } from "#server/domain/cart.ts";
import type { VisitWishes } from "#server/domain/delivery-wishes.ts";
import type { ShortLine, WindowView } from "#server/domain/quote.ts";
import { fitsWishes, type KeptHold, slotRefOf } from "./hold-store.ts";
import { ShortNotice } from "./left-out-notice.tsx";
import type { ShopRegion } from "./shop-region.tsx";
import {
  allSlots,
  dayOfSlot,
  findSlot,
  firstOpenDay,
  nearestOpen,
  type Slot,
  type SlotDay,
  type SlotRef,
  slotDays,
  type Way,
} from "./slot-board.ts";
import { DELIVERY, hardToGet, lowestCents, PARCEL, SlotPicker } from "./slot-picker.tsx";
import { SlotPickerSkeleton } from "./slot-picker-skeleton.tsx";
import { type LostSlot, useHold } from "./use-hold.ts";
import { useOfferWatch } from "./use-offer-watch.ts";
import { useWindows } from "./use-windows.ts";
import { visitKey } from "./wishes-store.ts";
import { useWords } from "./words.tsx";

const NOTHING_GONE = new Map<string, never>();
const NO_OFFERS: readonly string[] = [];
const WINDOW_GONE = { code: "window-gone", kind: "refused", detail: null } as const;

/** Finds the windows for a cart and an address, keeps them fresh, and holds the one that is chosen. */
export function WindowStep({
  region,
  lines,
  askedFor,
  channel: pass,
  destination,
  wishes,
  wishFields,
  hold,
  wanted,
  onHeld,
  onLost,
  onLeaveOut,
}: {
  region: ShopRegion;
  lines: readonly CartLine[];
  /** The cart as it was wanted, where something of it is left out. */
  askedFor?: readonly CartLine[] | undefined;
  /** The pass of the sales channel, where it is another than the own shop. */
  channel?: string | undefined;
  destination: Destination;
  /** Of a delivery, besides its window. */
  wishes?: VisitWishes | undefined;
  /** Where they are entered. */
  wishFields?: ReactNode;
  /** What is held for the shopper now, also when it was made with other wishes. */
  hold: KeptHold | null;
  /** One that ran out: shown first, and marked if it can be had again; else with what is nearest to it. */
  wanted: SlotRef | null;
  /** There is a window, another one or still the same. */
  onHeld: () => void;
  /** A chosen window was refused; with what is nearest now. */
  onLost?: (lost: LostSlot, nearest: Slot | null) => void;
  /** The shopper goes on without what there is too little of; without it that cannot be chosen. */
  onLeaveOut?: (short: readonly ShortLine[]) => void;
}) {
  const { timeZone, currency } = region;
  const words = useWords();
  const kept = hold && fitsWishes(hold, wishes) ? slotRefOf(hold) : null;
  const about = (hold && slotRefOf(hold)) ?? wanted;
  const [chosenWay, setWay] = useState<Way | null>(about && { mode: about.mode, place: about.place });
  const way = chosenWay ?? DELIVERY;
  const [chosenDay, setDay] = useState<string | null>(null);
  const [nearestKey, setNearestKey] = useState<string | null>(wanted?.key ?? null);
  const [shownWanted, setShownWanted] = useState(wanted);
  if (wanted !== shownWanted) {
    setShownWanted(wanted);
    if (wanted) setNearestKey(wanted.key);
  }

  const { quote, windows, isFetching, isWaiting, isOfFormer, error, refresh } = useWindows(
    {
      regionId: region.regionId,
      lines: [...lines],
      destination,
      ...(pass !== undefined && { channel: pass }),
      ...(askedFor && { wanted: [...askedFor] }),
      ...(wishes && { wishes }),
      ...(hold && { insteadOf: hold.holdId }),
    },
    way,
  );
  // Other wishes are answered without a jump: what is on the screen stays, and cannot be chosen any more.
  const [answered, setAnswered] = useState(visitKey(wishes));
  const isOutdated = answered !== visitKey(wishes);
  if (isOutdated && quote && !isOfFormer) setAnswered(visitKey(wishes));
  // Where no van comes, a parcel is what there is. Settled with the first answer: later ones move nobody.
  if (chosenWay === null && quote) setWay(isOpen(quote.delivery) || !isOpen(quote.parcel) ? DELIVERY : PARCEL);
  const fresh = useMemo(() => slotDays(windows ?? [], way, timeZone, NOTHING_GONE), [windows, way, timeZone]);
  const day = chosenDay ?? (about && dayOfSlot(fresh, about.key)) ?? firstOpenDay(fresh);
  // Settled once it is shown: a day that closes under the shopper's eyes says so, it does not turn into another one.
  if (chosenDay === null && day !== "") setDay(day);
  const gone = useOfferWatch({
    regionId: region.regionId,
    // The edge does not know which claims are the shopper's own: with a hold only a new quote says what is open.
    offers: useMemo(
      () => (hold ? NO_OFFERS : allSlots(shownDays(fresh, way, day)).flatMap((slot) => slot.offer ?? [])),
      [fresh, way, day, hold],
    ),
    hasClosed: hold !== null || allSlots(fresh).some((slot) => slot.offer === null),
    onStale: () => void refresh(),
  });
  const days = useMemo(() => slotDays(windows ?? [], way, timeZone, gone), [windows, way, timeZone, gone]);
  const fromCents = useMemo(
    () => ({ delivery: lowestCents(quote?.delivery), parcel: lowestCents(quote?.parcel) }),
    [quote],
  );

  const showNearest = async (lost: LostSlot) => {
    const renewed = slotDays((await refresh()) ?? [], way, timeZone, NOTHING_GONE);
    const nearest = nearestOpen(renewed, lost.slot, 1, hardToGet(lost, kept))[0] ?? null;
    setNearestKey(nearest?.key ?? null);
    if (nearest) setDay(dayOfSlot(renewed, nearest.key) ?? null);
    onLost?.(lost, nearest);
  };
  const isWantedGone = wanted && !hold && windows && sameWay(wanted, way) && !findSlot(days, wanted.key)?.offer;
  const holding = useHold(region.regionId, lines, askedFor, destination, wishes, (lost) => void showNearest(lost));

  const waiting = isWaiting && <FaultNotice tone="info" sentence={words.say.picker.waiting} />;
  if (error)
    return (
      <div className="flex flex-col gap-4">
        {wishFields}
        <FaultNotice sentence={words.error(error)} pending={isFetching} onRetry={() => void refresh()} />
      </div>
    );
  if (!quote)
    return (
      <div className="flex flex-col gap-4">
        {waiting}
        <SlotPickerSkeleton wishFields={wishFields} />
      </div>
    );

  const picker = (
    <SlotPicker
      now={quote.now}
      timeZone={timeZone}
      currency={currency}
      way={way}
      wishFields={
        <>
          {wishFields}
          {isOutdated && waiting}
        </>
      }
      isOutdated={isOutdated}
      days={windows === undefined ? null : days}
      day={day}
      fromCents={fromCents}
      hasParcels={quote.parcel.length > 0}
      places={quote.pickup}
      kept={kept}
      pendingKey={holding.pendingKey}
      nearestKey={nearestKey}
      lost={holding.lost ?? (isWantedGone ? { slot: wanted, fault: WINDOW_GONE } : null)}
      onWay={(next) => {
        setWay(next);
        setDay(null);
        setNearestKey(null);
        holding.forgetLoss();
      }}
      onDay={setDay}
      onChoose={async (slot) => {
        setNearestKey(null);
        if (await holding.choose(slot)) onHeld();
      }}
      onKeep={() => {
        holding.forgetLoss();
        onHeld();
      }}
    />
  );
  if (quote.short.length === 0) return picker;
  return (
    <div className="flex flex-col gap-4">
      <ShortNotice short={quote.short} onGoOn={onLeaveOut && (() => onLeaveOut(quote.short))} />
      {picker}
    </div>
  );
}

function isOpen(windows: readonly WindowView[]): boolean {
  return windows.some((window) => window.open);
}

/** Of parcels all days are shown at once. */
function shownDays(days: readonly SlotDay[], { mode }: Way, day: string): readonly SlotDay[] {
  return mode === "parcel" ? days : days.filter((each) => each.day === day);
}

function sameWay(slot: SlotRef, way: Way): boolean {
  return slot.mode === way.mode && slot.place?.nodeId === way.place?.nodeId;
}
