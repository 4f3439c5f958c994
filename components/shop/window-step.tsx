"use client";

import { useMemo, useState } from "react";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import type { CartLine, Destination } from "#server/domain/cart.ts";
import type { ShopRegion } from "./shop-region.tsx";
import {
  allSlots,
  type Channel,
  dayOfSlot,
  firstOpenDay,
  nearestOpen,
  type Slot,
  type SlotRef,
  slotDays,
} from "./slot-board.ts";
import { DELIVERY, lowestCents, SlotPicker } from "./slot-picker.tsx";
import { SlotPickerSkeleton } from "./slot-picker-skeleton.tsx";
import { type LostSlot, useHold } from "./use-hold.ts";
import { useOfferWatch } from "./use-offer-watch.ts";
import { useWindows } from "./use-windows.ts";
import { useWords } from "./words.tsx";

const NOTHING_GONE = new Map<string, never>();

/** Finds the windows for a cart and an address, keeps them fresh, and holds the one that is chosen. */
export function WindowStep({
  region,
  lines,
  destination,
  kept,
  wanted,
  onHeld,
  onLost,
}: {
  region: ShopRegion;
  lines: readonly CartLine[];
  destination: Destination;
  /** The window that is held for the shopper now. */
  kept: SlotRef | null;
  /** One that ran out: shown first, and marked if it can be had again. */
  wanted: SlotRef | null;
  onHeld: () => void;
  /** A chosen window was refused; with what is nearest now. */
  onLost?: (lost: LostSlot, nearest: Slot | null) => void;
}) {
  const { timeZone, currency } = region;
  const words = useWords();
  const about = kept ?? wanted;
  const [channel, setChannel] = useState<Channel>(about ? { mode: about.mode, place: about.place } : DELIVERY);
  const [chosenDay, setDay] = useState<string | null>(null);
  const [nearestKey, setNearestKey] = useState<string | null>(wanted?.key ?? null);

  const { quote, windows, isFetching, error, refresh } = useWindows(
    { regionId: region.regionId, lines: [...lines], destination },
    channel,
  );
  const fresh = useMemo(() => slotDays(windows ?? [], channel, timeZone, NOTHING_GONE), [windows, channel, timeZone]);
  const day = chosenDay ?? (about && dayOfSlot(fresh, about.key)) ?? firstOpenDay(fresh);
  // Settled once it is shown: a day that closes under the shopper's eyes says so, it does not turn into another one.
  if (chosenDay === null && day !== "") setDay(day);
  const gone = useOfferWatch({
    regionId: region.regionId,
    offers: useMemo(
      () => allSlots(fresh.filter((each) => each.day === day)).flatMap((slot) => slot.offer ?? []),
      [fresh, day],
    ),
    hasClosed: allSlots(fresh).some((slot) => slot.offer === null),
    onStale: () => void refresh(),
  });
  const days = useMemo(() => slotDays(windows ?? [], channel, timeZone, gone), [windows, channel, timeZone, gone]);
  const deliveryFromCents = useMemo(
    () => lowestCents(slotDays(quote?.delivery ?? [], DELIVERY, timeZone, NOTHING_GONE)),
    [quote, timeZone],
  );

  const showNearest = async (lost: LostSlot) => {
    const renewed = slotDays((await refresh()) ?? [], channel, timeZone, NOTHING_GONE);
    const nearest = nearestOpen(renewed, lost.slot, 1)[0] ?? null;
    setNearestKey(nearest?.key ?? null);
    if (nearest) setDay(dayOfSlot(renewed, nearest.key) ?? null);
    onLost?.(lost, nearest);
  };
  const holding = useHold(region.regionId, lines, destination, (lost) => void showNearest(lost));

  if (error) return <FaultNotice sentence={words.error(error)} pending={isFetching} onRetry={() => void refresh()} />;
  if (!quote) return <SlotPickerSkeleton />;

  return (
    <SlotPicker
      now={quote.now}
      timeZone={timeZone}
      currency={currency}
      channel={channel}
      days={windows === undefined ? null : days}
      day={day}
      deliveryFromCents={deliveryFromCents}
      places={quote.pickup}
      keptKey={kept?.key ?? null}
      pendingKey={holding.pendingKey}
      nearestKey={nearestKey}
      lost={holding.lost}
      onChannel={(next) => {
        setChannel(next);
        setDay(null);
        setNearestKey(null);
        holding.forgetLoss();
      }}
      onDay={setDay}
      onChoose={async (slot) => {
        setNearestKey(null);
        if (await holding.choose(slot)) onHeld();
      }}
    />
  );
}
