"use client";

import { type ReactNode, useId } from "react";
import { formatMoney } from "#components/ui/format-money.ts";
import { formatTime, formatWindow, sameClock, zoneName } from "#components/ui/format-time.ts";
import { useReaderZone } from "#components/ui/use-reader-zone.ts";
import { PICKER, SHOP } from "./shop-messages.ts";
import type { SlotDay, SlotMode } from "./slot-board.ts";
import { SlotPickerDays } from "./slot-picker-days.tsx";
import { SlotPickerWindows } from "./slot-picker-windows.tsx";

/**
 * The windows of the coming days, of one channel. A choice is made with a tap, a click, Space or Enter; arrow keys only
 * look around, because choosing holds the window.
 */
export function SlotPicker({
  label,
  days,
  day,
  onDay,
  now,
  timeZone,
  currency,
  keptKey,
  pendingKey,
  nearestKey,
  onChoose,
  whenAllClosed,
}: {
  /** What the windows are for: "Delivery", "Pickup at Market". */
  label: string;
  days: readonly SlotDay[];
  day: string;
  onDay: (day: string) => void;
  now: string;
  timeZone: string;
  currency: string;
  /** The window that is kept for the shopper. */
  keptKey: string | null;
  pendingKey: string | null;
  /** The open window nearest to one that was lost: marked, and focused when it appears. */
  nearestKey: string | null;
  onChoose: (key: string) => void;
  /** What to do instead when nothing is open on any day. */
  whenAllClosed: ReactNode;
}) {
  const id = useId();
  const shown = days.find((each) => each.day === day) ?? days[0];
  if (!shown) return <p className="rounded-control bg-sunken px-4 py-2.5 text-sm">{whenAllClosed}</p>;

  const nextOpen =
    days.find((each) => each.day > shown.day && each.openCount > 0) ?? days.find((each) => each.openCount > 0);
  const dayName = (of: SlotDay) => formatTime(`${of.day}T12:00:00Z`, "UTC", "day");
  return (
    <div className="flex flex-col gap-4">
      <SlotPickerDays
        days={days}
        now={now}
        timeZone={timeZone}
        currency={currency}
        day={shown.day}
        panelId={id}
        onDay={onDay}
      />
      <div role="tabpanel" id={id} aria-labelledby={`${id}-${shown.day}`} className="flex flex-col gap-3">
        <SlotPickerWindows
          key={shown.day}
          label={PICKER.windowsOn(label, dayName(shown))}
          slots={shown.slots}
          timeZone={timeZone}
          currency={currency}
          keptKey={keptKey}
          pendingKey={pendingKey}
          nearestKey={nearestKey}
          onChoose={onChoose}
        />
        {/* Below the windows: when the last one closes under a finger, nothing moves. */}
        {shown.openCount === 0 && (
          <p className="flex flex-wrap items-center gap-x-3 rounded-control bg-sunken px-4 py-1.5 text-sm">
            {nextOpen ? (
              <>
                {PICKER.dayClosed}
                <PickerLink onClick={() => onDay(nextOpen.day)}>{PICKER.nextOpenDay(dayName(nextOpen))}</PickerLink>
              </>
            ) : (
              whenAllClosed
            )}
          </p>
        )}
      </div>
    </div>
  );
}

export function PickerLink({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      className="min-h-11 rounded-control font-medium text-accent underline underline-offset-2"
      onClick={onClick}
    >
      {children}
    </button>
  );
}

/** Delivery or pickup: two radio buttons in one bar, each with what it offers at best. */
export function SlotModeSwitch({
  mode,
  notes,
  onMode,
}: {
  mode: SlotMode;
  notes: Readonly<Record<SlotMode, string>>;
  onMode: (mode: SlotMode) => void;
}) {
  const modes: readonly SlotMode[] = ["delivery", "pickup"];
  return (
    <fieldset className="flex w-full min-w-0 rounded-control bg-sunken p-1 min-[30rem]:w-96">
      <legend className="sr-only">{PICKER.modes}</legend>
      {modes.map((each) => (
        <label
          key={each}
          className="relative flex min-h-11 min-w-0 flex-1 flex-col items-center justify-center gap-x-2 rounded-lg px-2 py-1 leading-tight whitespace-nowrap min-[30rem]:flex-row has-checked:bg-surface has-checked:shadow-lift has-checked:ring-1 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-accent min-[30rem]:px-4"
        >
          <input
            type="radio"
            name="slot-mode"
            className="absolute inset-0 cursor-pointer opacity-0"
            checked={mode === each}
            onChange={() => onMode(each)}
          />
          <span className="font-medium">{PICKER[each]}</span>
          <span className="text-ink-muted text-sm">{notes[each]}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Says in whose time the windows stand when the reader's own clock shows another. */
export function SlotZoneNote({ at, zone }: { at: string; zone: string }) {
  const reader = useReaderZone();
  if (reader === null || sameClock(at, reader, zone)) return null;
  return (
    <p className="text-ink-muted text-sm">{PICKER.zone(`${zone.replaceAll("_", " ")} (${zoneName(at, zone)})`)}</p>
  );
}

/** "from €2.90", "Free", or that nothing is open. */
export function lowestPrice(days: readonly SlotDay[], currency: string): string {
  const prices = days.flatMap((day) => day.lowestCents ?? []);
  if (prices.length === 0) return PICKER.nothing;
  const lowest = Math.min(...prices);
  return lowest === 0 ? SHOP.free : PICKER.from(formatMoney(lowest, currency));
}

/** What a window is called in a sentence: "Mon, 23 Nov, 14:00–16:00". */
export function slotName(slot: { startsAt: string; endsAt: string }, timeZone: string): string {
  return `${formatTime(slot.startsAt, timeZone, "short-day")}, ${formatWindow(slot.startsAt, slot.endsAt, timeZone)}`;
}
