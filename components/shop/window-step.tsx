"use client";

import { useMemo, useState } from "react";
import { readFault } from "#components/trpc/read-fault.ts";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import type { CartLine, Destination } from "#server/domain/cart.ts";
import type { PickupPlaceView, QuoteView } from "#server/domain/quote.ts";
import { PICKER } from "./shop-messages.ts";
import type { ShopRegion } from "./shop-region.tsx";
import {
  allSlots,
  type Channel,
  dayOfSlot,
  findSlot,
  firstOpenDay,
  nearestOpen,
  type Slot,
  type SlotMode,
  slotDays,
} from "./slot-board.ts";
import { lowestPrice, PickerLink, SlotModeSwitch, SlotPicker, SlotZoneNote, slotName } from "./slot-picker.tsx";
import { SlotPickerPlaces } from "./slot-picker-places.tsx";
import { SlotPickerSkeleton, SlotRowsSkeleton } from "./slot-picker-skeleton.tsx";
import { useHold } from "./use-hold.ts";
import { useOfferWatch } from "./use-offer-watch.ts";
import { useWindows } from "./use-windows.ts";

const NOTHING_GONE = new Map<string, never>();
const DELIVERY: Channel = { mode: "delivery", place: null };

/** A window that the shopper has, had or wanted. */
export type SlotRef = Pick<Slot, "key" | "mode" | "startsAt" | "endsAt" | "place">;

/** Finds the windows for a cart and an address, keeps them fresh, and holds the one that is chosen. */
export function WindowStep({
  region,
  lines,
  destination,
  kept,
  wanted,
  onHeld,
}: {
  region: ShopRegion;
  lines: readonly CartLine[];
  destination: Destination;
  /** The window that is held for the shopper now. */
  kept: SlotRef | null;
  /** One that ran out: shown first, and marked if it can be had again. */
  wanted: SlotRef | null;
  onHeld: () => void;
}) {
  const { timeZone, currency } = region;
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

  const showNearest = async (lost: Slot) => {
    const renewed = slotDays((await refresh()) ?? [], channel, timeZone, NOTHING_GONE);
    const nearest = nearestOpen(renewed, lost);
    setNearestKey(nearest?.key ?? null);
    if (nearest) setDay(dayOfSlot(renewed, nearest.key) ?? null);
  };
  const holding = useHold(region.regionId, lines, destination, (slot) => void showNearest(slot));

  if (error)
    return <FaultNotice sentence={readFault(error).sentence} pending={isFetching} onRetry={() => void refresh()} />;
  if (!quote) return <SlotPickerSkeleton />;

  const look = (next: Channel) => {
    setChannel(next);
    setDay(null);
    setNearestKey(null);
    holding.forgetLoss();
  };
  const lookAtMode = (mode: SlotMode) => look(mode === "delivery" ? DELIVERY : { mode, place: nearestPlace(quote) });
  const choose = async (key: string) => {
    const slot = findSlot(days, key);
    if (!slot) return;
    setNearestKey(null);
    if (await holding.choose(slot)) onHeld();
  };
  const nearest = nearestKey === null ? undefined : findSlot(days, nearestKey);
  const other: SlotMode = channel.mode === "delivery" ? "pickup" : "delivery";
  return (
    <div className="flex flex-col gap-4">
      <LossNotice holding={holding} nearest={nearest} timeZone={timeZone} onRetry={(key) => void choose(key)} />
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <SlotModeSwitch mode={channel.mode} notes={modeNotes(quote, timeZone, currency)} onMode={lookAtMode} />
        <SlotZoneNote at={quote.now} zone={timeZone} />
      </div>
      {channel.mode === "pickup" && (
        <SlotPickerPlaces
          places={quote.pickup}
          chosen={channel.place?.nodeId ?? null}
          timeZone={timeZone}
          onChoose={(place) => look({ mode: "pickup", place })}
        />
      )}
      {channel.mode === "pickup" && channel.place === null ? null : windows === undefined ? (
        <SlotRowsSkeleton />
      ) : (
        <SlotPicker
          label={channel.place ? PICKER.pickupAt(channel.place.name) : PICKER.delivery}
          days={days}
          day={day}
          onDay={setDay}
          now={quote.now}
          timeZone={timeZone}
          currency={currency}
          keptKey={kept?.key ?? null}
          pendingKey={holding.pendingKey}
          nearestKey={nearest?.offer ? nearest.key : null}
          onChoose={(key) => void choose(key)}
          whenAllClosed={
            <>
              {PICKER.allClosed(PICKER[channel.mode])}
              <PickerLink onClick={() => lookAtMode(other)}>{PICKER.lookAt[other]}</PickerLink>
            </>
          }
        />
      )}
    </div>
  );
}

/** The nearest store that has something open, else the nearest. */
function nearestPlace(quote: QuoteView): PickupPlaceView | null {
  return quote.pickup.find((place) => place.nextStartsAt !== null) ?? quote.pickup[0] ?? null;
}

function modeNotes(quote: QuoteView, timeZone: string, currency: string): Record<SlotMode, string> {
  const open = quote.pickup.filter((place) => place.nextStartsAt !== null);
  return {
    delivery: lowestPrice(slotDays(quote.delivery, DELIVERY, timeZone, NOTHING_GONE), currency),
    pickup: open.length > 0 ? PICKER.places(open.length) : PICKER.nothing,
  };
}

/** A window was refused, or nobody knows: what happened, and the way on. */
function LossNotice({
  holding: { lost, pendingKey },
  nearest,
  timeZone,
  onRetry,
}: {
  holding: Pick<ReturnType<typeof useHold>, "lost" | "pendingKey">;
  nearest: Slot | undefined;
  timeZone: string;
  onRetry: (key: string) => void;
}) {
  if (!lost) return null;
  const { slot, fault } = lost;
  if (!fault.code)
    return <FaultNotice sentence={fault.sentence} pending={pendingKey !== null} onRetry={() => onRetry(slot.key)} />;
  const sentences = [
    `${slotName(slot, timeZone)}:`,
    fault.sentence,
    nearest && nearest.key !== slot.key && PICKER.nearestIs(slotName(nearest, timeZone)),
  ];
  return <FaultNotice tone="risk" sentence={sentences.filter(Boolean).join(" ")} />;
}
