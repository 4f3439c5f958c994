"use client";

import { Check } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { formatMoney } from "#components/ui/format-money.ts";
import { formatTime, formatWindow } from "#components/ui/format-time.ts";
import { Spinner } from "#components/ui/spinner.tsx";
import { REASONS } from "#server/domain/reason-sentences.ts";
import { PICKER, SHOP } from "./shop-messages.ts";
import type { Slot } from "./slot-board.ts";

/** Why a window is closed, for the shopper, by the region's clock. */
export function reasonSentence({ reason }: Pick<Slot, "reason">, timeZone: string): string {
  return reason ? REASONS[reason.code].shopper(reason.at && formatTime(reason.at, timeZone)) : "";
}

/** The windows of one day. Every row has the same height: closing one moves nothing. */
export function SlotPickerWindows({
  label,
  slots,
  timeZone,
  currency,
  keptKey,
  pendingKey,
  nearestKey,
  onChoose,
}: {
  label: string;
  slots: readonly Slot[];
  timeZone: string;
  currency: string;
  keptKey: string | null;
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
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1 };
    const wanted = event.key === "Home" ? 0 : event.key === "End" ? radios.length - 1 : steps[event.key];
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
      className="grid grid-cols-1 gap-2 min-[30rem]:grid-cols-2"
    >
      {slots.map((slot) => (
        <SlotRow
          key={slot.key}
          slot={slot}
          timeZone={timeZone}
          currency={currency}
          isKept={slot.key === keptKey}
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
  isPending: boolean;
  isNearest: boolean;
  isTabStop: boolean;
  onFocus: () => void;
  onChoose: () => void;
}) {
  const time = formatWindow(slot.startsAt, slot.endsAt, timeZone);
  const price = slot.priceCents === 0 ? SHOP.free : formatMoney(slot.priceCents, currency);
  // The kept window needs no offer: it is ours, also when a new quote finds no second place in it.
  const isOpen = slot.offer !== null || isKept;
  const note = isPending
    ? PICKER.holding
    : isKept
      ? PICKER.held
      : !isOpen
        ? reasonSentence(slot, timeZone)
        : isNearest
          ? PICKER.nearest
          : null;
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
        "relative grid h-16 grid-cols-[1fr_auto] items-center gap-x-3 rounded-control border px-4 text-left transition-colors",
        isKept
          ? "border-accent bg-accent-soft ring-1 ring-accent"
          : isOpen
            ? "border-line-strong bg-surface hover:border-accent hover:bg-accent-soft/60"
            : "cursor-not-allowed border-line border-dashed bg-canvas text-ink-faint",
        isNearest && !isKept && "border-accent ring-2 ring-accent/50",
      )}
      onFocus={onFocus}
      onClick={() => isOpen && !isKept && onChoose()}
    >
      <span className="sr-only">
        {`${time.replace("–", " to ")}, ${isOpen ? price : PICKER.notOpen(note ?? "")}${isOpen && note ? `, ${note}` : ""}`}
      </span>
      <span aria-hidden="true" className="min-w-0">
        <span className={classNames("block font-semibold", !isOpen && "font-medium")}>{time}</span>
        {note && (
          <span
            className={classNames(
              "block truncate text-sm leading-tight",
              isOpen ? "text-accent" : slot.justGone ? "text-risk" : "text-ink-faint",
            )}
            title={isOpen ? undefined : note}
          >
            {slot.justGone && `${PICKER.justGone}: `}
            {note}
          </span>
        )}
      </span>
      <span
        aria-hidden="true"
        className={classNames("inline-flex items-center gap-2 font-medium", !isOpen && "invisible")}
      >
        {isPending ? <Spinner /> : isKept && <Check className="size-5 text-accent" aria-hidden="true" />}
        {price}
      </span>
    </button>
  );
}
