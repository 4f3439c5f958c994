"use client";

import { ArrowRightLeft, Leaf } from "lucide-react";
import { type ReactNode, useId } from "react";
import { fillText } from "./fill-text.ts";
import { allSlots, type Slot, type SlotDay, type SlotMode, type Way } from "./slot-board.ts";
import { SlotPickerDays } from "./slot-picker-days.tsx";
import { SlotPickerWindows, slotName } from "./slot-picker-windows.tsx";
import { useWords } from "./words.tsx";

/**
 * The windows of the coming days, of one way. A choice is made with a tap, a click, Space or Enter; arrow keys only
 * look around, because choosing holds the window.
 */
export function SlotPickerBoard({
  way,
  days,
  day,
  now,
  timeZone,
  currency,
  keptKey,
  keptLabel,
  pendingKey,
  nearestKey,
  onDay,
  onChoose,
  otherMode,
  onOtherMode,
}: {
  way: Way;
  days: readonly SlotDay[];
  day: string;
  now: string;
  timeZone: string;
  currency: string;
  keptKey: string | null;
  keptLabel?: string | undefined;
  pendingKey: string | null;
  nearestKey: string | null;
  onDay: (day: string) => void;
  onChoose: (key: string) => void;
  /** Where to look when nothing is open; null: nowhere else. */
  otherMode: SlotMode | null;
  onOtherMode: (mode: SlotMode) => void;
}) {
  const id = useId();
  const words = useWords();
  const say = words.say.picker;
  const shown = days.find((each) => each.day === day) ?? days[0];
  if (!shown) return null;
  if (way.mode === "parcel")
    return (
      <div className="flex flex-col gap-3">
        <JustGone slots={allSlots(days)} timeZone={timeZone} />
        <SlotPickerWindows
          label={say.parcelDays}
          slots={allSlots(days)}
          timeZone={timeZone}
          currency={currency}
          keptKey={keptKey}
          keptLabel={keptLabel}
          pendingKey={pendingKey}
          nearestKey={nearestKey}
          onChoose={onChoose}
        />
        {days.every((each) => each.openCount === 0) && (
          <NothingOpen
            mode="parcel"
            why={
              allSlots(days).every(({ reason }) => reason?.code === "outside_wish") ? say.parcelHasNoHours : undefined
            }
            otherMode={otherMode}
            onOtherMode={onOtherMode}
          />
        )}
      </div>
    );
  const nextOpen =
    days.find((each) => each.day > shown.day && each.openCount > 0) ?? days.find((each) => each.openCount > 0);
  const dayName = (of: SlotDay) => words.time(`${of.day}T12:00:00Z`, "UTC", "day");
  const label = way.place
    ? fillText(say.pickupOn, { place: way.place.name, day: dayName(shown) })
    : fillText(say.deliveryOn, { day: dayName(shown) });
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
      <JustGone slots={shown.slots} timeZone={timeZone} />
      <div role="tabpanel" id={id} aria-labelledby={`${id}-${shown.day}`} className="flex flex-col gap-3">
        <SlotPickerWindows
          key={shown.day}
          label={label}
          slots={shown.slots}
          timeZone={timeZone}
          currency={currency}
          keptKey={keptKey}
          keptLabel={keptLabel}
          pendingKey={pendingKey}
          nearestKey={nearestKey}
          onChoose={onChoose}
        />
        {/* Below the windows: when the last one closes under a finger, nothing moves. */}
        {shown.openCount === 0 &&
          (nextOpen ? (
            <Hint>
              {say.dayClosed}
              <TextLink onClick={() => onDay(nextOpen.day)}>
                {fillText(say.nextOpenDay, { day: dayName(nextOpen) })}
              </TextLink>
            </Hint>
          ) : (
            <NothingOpen mode={way.mode} otherMode={otherMode} onOtherMode={onOtherMode} />
          ))}
        {shown.slots.some((slot) => slot.broughtBy !== null) && (
          <p className="flex items-start gap-1.5 text-ink-muted text-sm">
            <ArrowRightLeft className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
            <span>{say.broughtHint}</span>
          </p>
        )}
        {shown.slots.some((slot) => slot.isVanNearby) && (
          <p className="flex items-start gap-1.5 text-ink-muted text-sm">
            <Leaf className="mt-0.5 size-4 shrink-0 text-accent" aria-hidden="true" />
            <span>{`${say.greenest}: ${say.greenestHint}`}</span>
          </p>
        )}
      </div>
    </div>
  );
}

/** Speaks what has closed while it was looked at. */
function JustGone({ slots, timeZone }: { slots: readonly Slot[]; timeZone: string }) {
  const words = useWords();
  const gone = slots.filter((slot) => slot.justGone && slot.reason);
  return (
    <p className="sr-only" role="status">
      {gone
        .map((slot) => {
          const reason = slot.reason ? words.reason(slot.reason, timeZone) : "";
          return `${slotName(words, slot, timeZone)}: ${fillText(words.say.picker.justGone, { reason })}`;
        })
        .join(". ")}
    </p>
  );
}

/** Nothing of this way on any day: where something may be. */
function NothingOpen({
  mode,
  why,
  otherMode,
  onOtherMode,
}: {
  mode: SlotMode;
  /** Where one thing closes all of them. */
  why?: string | undefined;
  otherMode: SlotMode | null;
  onOtherMode: (mode: SlotMode) => void;
}) {
  const { picker } = useWords().say;
  return (
    <Hint>
      {why ?? picker.noneOpen[mode]}
      {otherMode && <TextLink onClick={() => onOtherMode(otherMode)}>{picker.lookAt[otherMode]}</TextLink>}
    </Hint>
  );
}

function Hint({ children }: { children: ReactNode }) {
  return (
    <p className="flex flex-wrap items-center gap-x-3 rounded-control bg-sunken px-4 py-1.5 text-sm">{children}</p>
  );
}

function TextLink({ onClick, children }: { onClick: () => void; children: string }) {
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
