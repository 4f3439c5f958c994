"use client";

import { type KeyboardEvent, useEffect, useRef } from "react";
import { dayOf } from "#components/ui/format-time.ts";
import { fillText } from "./fill-text.ts";
import type { SlotDay } from "./slot-board.ts";
import { useWords } from "./words.tsx";

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
  const { say, price, time } = useWords();
  const strip = useRef<HTMLDivElement>(null);
  const today = dayOf(now, timeZone);
  const tomorrow = dayOf(Date.parse(now) + 86_400_000, timeZone);

  useEffect(() => {
    // Only sideways: scrollIntoView would move the page as well.
    const tab = strip.current?.querySelector(`[data-day="${day}"]`)?.getBoundingClientRect();
    const box = strip.current?.getBoundingClientRect();
    if (!tab || !box) return;
    if (tab.left < box.left || tab.right > box.right)
      strip.current?.scrollBy({ left: tab.left + tab.width / 2 - (box.left + box.width / 2) });
  }, [day]);

  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const place = days.findIndex((each) => each.day === day);
    const step = stepOf(event);
    const target =
      step !== 0 ? days[place + step] : event.key === "Home" ? days[0] : event.key === "End" ? days.at(-1) : undefined;
    if (!target) return;
    event.preventDefault();
    onDay(target.day);
    strip.current?.querySelector<HTMLElement>(`[data-day="${target.day}"]`)?.focus();
  };
  return (
    <div
      ref={strip}
      role="tablist"
      aria-label={say.picker.days}
      onKeyDown={move}
      className="relative -mx-1 flex gap-2 overflow-x-auto px-1 py-1 [scrollbar-width:none]"
    >
      {days.map((each) => {
        const noon = `${each.day}T12:00:00Z`;
        const selected = each.day === day;
        const lowest = each.lowestCents === null ? null : price(each.lowestCents, currency);
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
              {`${time(noon, "UTC", "day")}, ${lowest === null ? say.picker.nothing : fillText(say.picker.from, { price: lowest })}`}
            </span>
            <span aria-hidden="true" className="text-ink-muted text-xs">
              {each.day === today
                ? say.picker.today
                : each.day === tomorrow
                  ? say.picker.tomorrow
                  : time(noon, "UTC", "weekday")}
            </span>
            <span aria-hidden="true" className="font-semibold whitespace-nowrap">
              {time(noon, "UTC", "day-month")}
            </span>
            <span aria-hidden="true" className={lowest === null ? "text-ink-faint text-xs" : "text-accent text-xs"}>
              {lowest ?? say.picker.closed}
            </span>
          </button>
        );
      })}
    </div>
  );
}

/** One on or one back: which arrow is "on" depends on where lines begin. */
export function stepOf(event: KeyboardEvent<HTMLElement>): -1 | 0 | 1 {
  const isRtl = getComputedStyle(event.currentTarget).direction === "rtl";
  if (event.key === "ArrowRight") return isRtl ? -1 : 1;
  if (event.key === "ArrowLeft") return isRtl ? 1 : -1;
  return 0;
}
