"use client";

import { ArrowRightLeft, Check, Leaf, Tag, Truck } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { dayOf } from "#components/ui/format-time.ts";
import { Spinner } from "#components/ui/spinner.tsx";
import { fillText } from "./fill-text.ts";
import type { Slot } from "./slot-board.ts";
import { stepOf } from "./slot-picker-days.tsx";
import { useWords, type Words } from "./words.tsx";

/** What a row is called: a window by its hours, a parcel by its day. */
export function slotName(words: Words, { mode, startsAt, endsAt }: Slot, timeZone: string): string {
  return mode === "parcel" ? words.time(startsAt, timeZone, "day") : words.span(startsAt, endsAt, timeZone);
}

/** The windows of one day, or the days of parcels. Every row has the same height: closing one moves nothing. */
export function SlotPickerWindows({
  label,
  slots,
  timeZone,
  currency,
  keptKey,
  keptLabel,
  pendingKey,
  nearestKey,
  onChoose,
}: {
  label: string;
  slots: readonly Slot[];
  timeZone: string;
  currency: string;
  keptKey: string | null;
  keptLabel?: string | undefined;
  pendingKey: string | null;
  nearestKey: string | null;
  onChoose: (key: string) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  const [visited, setVisited] = useState<string | null>(null);
  const has = (key: string | null) => slots.some((slot) => slot.key === key);
  const tabStop = [visited, keptKey, nearestKey].find(has) ?? slots.find((slot) => slot.offer)?.key ?? slots[0]?.key;

  const nearestHere = has(nearestKey) ? nearestKey : null;
  useEffect(() => {
    if (nearestHere)
      list.current
        ?.querySelector<HTMLElement>(`[data-slot="${CSS.escape(nearestHere)}"]`)
        ?.focus({ preventScroll: false });
  }, [nearestHere]);

  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const radios = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=radio]")];
    const at = radios.indexOf(document.activeElement as HTMLElement);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : stepOf(event);
    const wanted =
      event.key === "Home" ? 0 : event.key === "End" ? radios.length - 1 : step === 0 ? undefined : at + step;
    if (wanted === undefined || at < 0) return;
    event.preventDefault();
    radios[(wanted + radios.length) % radios.length]?.focus();
  };
  return (
    <div
      ref={list}
      role="radiogroup"
      aria-label={label}
      onKeyDown={move}
      className="grid grid-cols-1 gap-2 min-[36rem]:grid-cols-2"
    >
      {slots.map((slot) => (
        <SlotRow
          key={slot.key}
          slot={slot}
          timeZone={timeZone}
          currency={currency}
          isKept={slot.key === keptKey}
          keptLabel={keptLabel}
          isPending={slot.key === pendingKey}
          isNearest={slot.key === nearestKey}
          isTabStop={slot.key === tabStop}
          onFocus={() => setVisited(slot.key)}
          onChoose={() => onChoose(slot.key)}
        />
      ))}
    </div>
  );
}

function SlotRow({
  slot,
  timeZone,
  currency,
  isKept,
  keptLabel,
  isPending,
  isNearest,
  isTabStop,
  onFocus,
  onChoose,
}: {
  slot: Slot;
  timeZone: string;
  currency: string;
  isKept: boolean;
  keptLabel?: string | undefined;
  isPending: boolean;
  isNearest: boolean;
  isTabStop: boolean;
  onFocus: () => void;
  onChoose: () => void;
}) {
  const words = useWords();
  const say = words.say.picker;
  const price = words.price(slot.priceCents, currency);
  // The kept window needs no offer: it is ours, also when a new quote finds no second place in it.
  const isOpen = slot.offer !== null || isKept;
  const reason = slot.reason ? words.reason(slot.reason, timeZone) : "";
  const state = isPending ? say.holding : isKept ? (keptLabel ?? say.held) : isOpen && isNearest ? say.nearest : null;
  const inParts = slot.deliveries > 1 ? words.count(say.deliveries, slot.deliveries) : null;
  const brought = slot.broughtBy && broughtWords(words, slot.broughtBy, slot.startsAt, timeZone);
  const marks = isOpen && [brought, inParts, slot.isCheapest && say.cheapest, slot.isVanNearby && say.greenest];
  const span = fillText(say.span, {
    from: words.time(slot.startsAt, timeZone),
    to: words.time(slot.endsAt, timeZone),
  });
  const isParcel = slot.mode === "parcel";
  const hours = words.span(slot.startsAt, slot.endsAt, timeZone);
  const name = slotName(words, slot, timeZone);
  const named = isParcel ? [name, isOpen && span, ...slot.carriers] : [span];
  const spoken = isOpen ? [...named, price, state, ...(marks || [])] : [...named, fillText(say.notOpen, { reason })];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a native radio cannot be focused without being chosen, and choosing holds
    <button
      type="button"
      role="radio"
      data-slot={slot.key}
      aria-checked={isKept}
      aria-disabled={!isOpen || undefined}
      aria-busy={isPending || undefined}
      tabIndex={isTabStop ? 0 : -1}
      className={classNames(
        "relative flex min-h-17 items-center justify-between gap-x-3 rounded-control border px-4 py-1 text-start transition-colors",
        isKept
          ? "border-accent bg-accent-soft ring-1 ring-accent"
          : isOpen
            ? "border-line-strong bg-surface hover:border-accent hover:bg-accent-soft/60"
            : "cursor-not-allowed border-line border-dashed bg-canvas text-ink-faint",
        isNearest && isOpen && !isKept && "border-accent ring-2 ring-accent/50",
      )}
      onFocus={onFocus}
      onClick={() => isOpen && !isPending && onChoose()}
    >
      <span className="sr-only">{spoken.filter(Boolean).join(", ")}</span>
      <span aria-hidden="true" className="min-w-0">
        <span className={classNames("block", isOpen ? "font-semibold" : "font-medium")}>
          {isParcel ? words.time(slot.startsAt, timeZone, "short-day") : hours}
          {isParcel && isOpen && <span className="ms-2 inline-block font-normal text-ink-muted text-sm">{hours}</span>}
        </span>
        {isOpen ? (
          // A row is high enough for two lines of them: on a phone none is cut short.
          <span className="flex flex-wrap gap-x-3 text-accent text-sm leading-tight whitespace-nowrap">
            {state ?? (
              <>
                {isParcel && <span className="truncate text-ink-muted">{slot.carriers.join(", ")}</span>}
                {inParts && (
                  <Mark className="text-ink-muted" icon={<Truck className="size-3.5 shrink-0" />}>
                    {inParts}
                  </Mark>
                )}
                {brought && (
                  <Mark className="text-ink-muted" icon={<ArrowRightLeft className="size-3.5 shrink-0" />}>
                    {brought}
                  </Mark>
                )}
                {slot.isCheapest && <Mark icon={<Tag className="size-3.5 shrink-0" />}>{say.cheapest}</Mark>}
                {slot.isVanNearby && <Mark icon={<Leaf className="size-3.5 shrink-0" />}>{say.greenest}</Mark>}
              </>
            )}
          </span>
        ) : (
          <span className={classNames("line-clamp-2 text-sm leading-tight", slot.justGone && "text-risk")}>
            {slot.justGone ? fillText(say.justGone, { reason }) : reason}
          </span>
        )}
      </span>
      {isOpen && (
        <span aria-hidden="true" className="inline-flex shrink-0 items-center gap-2 font-medium">
          {isPending ? <Spinner /> : isKept && <Check className="size-5 text-accent" />}
          {price}
        </span>
      )}
    </button>
  );
}

/** When what other stores send is here: before the window, and never a day before it. */
function broughtWords({ say, time }: Words, broughtBy: string, startsAt: string, timeZone: string): string {
  return dayOf(broughtBy, timeZone) === dayOf(startsAt, timeZone)
    ? fillText(say.picker.brought, { time: time(broughtBy, timeZone) })
    : say.picker.broughtBefore;
}

function Mark({ icon, className, children }: { icon: React.ReactNode; className?: string; children: string }) {
  return (
    <span className={classNames("inline-flex min-w-0 items-center gap-1", className)}>
      {icon}
      <span className="truncate">{children}</span>
    </span>
  );
}
