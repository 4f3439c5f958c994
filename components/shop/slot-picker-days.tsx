"use client";

import { type KeyboardEvent, useEffect, useRef } from "react";
import { formatMoney } from "#components/ui/format-money.ts";
import { dayOf, formatTime } from "#components/ui/format-time.ts";
import { PICKER, SHOP } from "./shop-messages.ts";
import type { SlotDay } from "./slot-board.ts";

/** The coming days as tabs: arrow keys move, Home and End jump. On a phone the strip scrolls sideways. */
export function SlotPickerDays({
  days,
  now,
  timeZone,
  currency,
  day,
  panelId,
  onDay,
}: {
  days: readonly SlotDay[];
  now: string;
  timeZone: string;
  currency: string;
  day: string;
  panelId: string;
  onDay: (day: string) => void;
}) {
  const strip = useRef<HTMLDivElement>(null);
  const today = dayOf(now, timeZone);
  const tomorrow = dayOf(Date.parse(now) + 86_400_000, timeZone);

  useEffect(() => {
    // Only sideways: scrollIntoView would move the page as well.
    const tab = strip.current?.querySelector<HTMLElement>(`[data-day="${day}"]`);
    const box = strip.current;
    if (!tab || !box) return;
    const { offsetLeft: left, offsetWidth: width } = tab;
    if (left < box.scrollLeft || left + width > box.scrollLeft + box.clientWidth)
      box.scrollTo({ left: left - box.clientWidth / 2 + width / 2 });
  }, [day]);

  const move = (event: KeyboardEvent) => {
    const place = days.findIndex((each) => each.day === day);
    const target =
      event.key === "ArrowRight"
        ? days[place + 1]
        : event.key === "ArrowLeft"
          ? days[place - 1]
          : event.key === "Home"
            ? days[0]
            : event.key === "End"
              ? days.at(-1)
              : undefined;
    if (!target) return;
    event.preventDefault();
    onDay(target.day);
    strip.current?.querySelector<HTMLElement>(`[data-day="${target.day}"]`)?.focus();
  };
  return (
    <div
      ref={strip}
      role="tablist"
      aria-label={PICKER.days}
      onKeyDown={move}
      className="relative -mx-1 flex gap-2 overflow-x-auto px-1 py-1 [scrollbar-width:none]"
    >
      {days.map((each) => {
        const noon = `${each.day}T12:00:00Z`;
        const selected = each.day === day;
        const price =
          each.lowestCents === null
            ? PICKER.closed
            : each.lowestCents === 0
              ? SHOP.free
              : formatMoney(each.lowestCents, currency);
        return (
          <button
            key={each.day}
            type="button"
            role="tab"
            id={`${panelId}-${each.day}`}
            data-day={each.day}
            aria-selected={selected}
            aria-controls={panelId}
            tabIndex={selected ? 0 : -1}
            className="flex h-19 min-w-19 flex-1 shrink-0 flex-col items-center justify-center rounded-control border border-line bg-surface px-2 leading-tight transition-colors hover:border-line-strong aria-selected:border-accent aria-selected:bg-accent-soft aria-selected:ring-1 aria-selected:ring-accent"
            onClick={() => onDay(each.day)}
          >
            <span className="sr-only">
              {`${formatTime(noon, "UTC", "day")}, ${each.openCount === 0 ? PICKER.nothing : PICKER.from(price)}`}
            </span>
            <span aria-hidden="true" className="text-ink-muted text-xs">
              {each.day === today ? PICKER.today : each.day === tomorrow ? PICKER.tomorrow : weekday(noon)}
            </span>
            <span aria-hidden="true" className="font-semibold">
              {dayAndMonth(noon)}
            </span>
            <span
              aria-hidden="true"
              className={each.openCount === 0 ? "text-ink-faint text-xs" : "text-accent text-xs"}
            >
              {price}
            </span>
          </button>
        );
      })}
    </div>
  );
}

function weekday(noon: string): string {
  return formatTime(noon, "UTC", "short-day").split(/[ ,]/)[0] ?? "";
}

function dayAndMonth(noon: string): string {
  return formatTime(noon, "UTC", "date").replace(/ \d{4}$/, "");
}
