"use client";

import { type KeyboardEvent, useRef, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { classNames } from "#components/ui/class-names.ts";
import type { Calendar, CalendarDay } from "./calendar-data.ts";
import { atStakeOf, blackoutWords, dayName, entryWords, spokenDay, stakeWords, WEEKDAYS } from "./calendar-words.ts";

/** How far a key goes, in days. */
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
/** Of a day; the rest is counted. */
const MOST_SHOWN = 2;

/** Weeks as rows, on a phone one day below the other. One stop for the Tab key; arrows go from day to day. */
export function CalendarGrid({
  calendar: { days, today },
  opened,
  onOpen,
}: {
  calendar: Calendar;
  opened: string | undefined;
  onOpen: (day: string) => void;
}) {
  const list = useRef<HTMLOListElement>(null);
  const [focused, setFocused] = useState(opened ?? today);
  const inReach = days.some(({ day }) => day === focused) ? focused : days[0]!.day;
  const move = (event: KeyboardEvent, place: number) => {
    const to = event.key === "Home" ? 0 : event.key === "End" ? days.length - 1 : place + (STEPS[event.key] ?? 0);
    if (to === place || to < 0 || to >= days.length) return;
    event.preventDefault();
    setFocused(days[to]!.day);
    list.current?.querySelectorAll("button")[to]?.focus();
  };
  return (
    <section aria-label="Days">
      <div className="mb-1.5 hidden grid-cols-7 gap-1.5 text-ink-muted text-sm md:grid" aria-hidden="true">
        {WEEKDAYS.map((name) => (
          <span key={name} className="px-2">
            {name}
          </span>
        ))}
      </div>
      <ol ref={list} className="grid grid-cols-1 gap-1.5 md:grid-cols-7">
        {days.map((day, place) => (
          <li key={day.day} className="flex">
            <DayButton
              day={day}
              today={today}
              tabIndex={day.day === inReach ? 0 : -1}
              onKeyDown={(event) => move(event, place)}
              onFocus={() => setFocused(day.day)}
              onClick={() => onOpen(day.day)}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}

function DayButton({
  day,
  today,
  ...rest
}: {
  day: CalendarDay;
  today: string;
  tabIndex: number;
  onKeyDown: (event: KeyboardEvent) => void;
  onFocus: () => void;
  onClick: () => void;
}) {
  const stake = atStakeOf(day);
  const isHoliday = day.entries.some(({ nodeId }) => nodeId === null);
  const changes = [
    ...day.entries.map((entry) => ({
      key: `entry ${entry.nodeId}`,
      who: entry.nodeName,
      name: entry.name,
      what: entryWords(entry),
    })),
    ...day.blackouts.map((blackout) => ({
      key: `blackout ${blackout.nodeId} ${blackout.service} ${blackout.starts}`,
      who: blackout.nodeName,
      name: blackout.name,
      what: blackoutWords(blackout),
    })),
  ];
  return (
    <button
      type="button"
      aria-current={day.day === today ? "date" : undefined}
      className={classNames(
        "flex min-h-14 w-full min-w-0 gap-3 rounded-card border px-3 py-2 text-start hover:border-line-strong md:min-h-28 md:flex-col md:gap-1.5",
        isHoliday ? "border-line-strong bg-sunken" : "border-line",
        // Behind us: paler, and still to be read.
        day.day < today ? "text-ink-muted" : !isHoliday && "bg-surface",
      )}
      {...rest}
    >
      {/* Read out in whole sentences; what is seen has to be short. */}
      <span className="sr-only">{spokenDay(day, today)}</span>
      <span aria-hidden="true" className="flex w-24 shrink-0 items-baseline gap-2 md:w-full">
        <span className={classNames("font-semibold", day.day === today && "text-accent underline underline-offset-4")}>
          {dayName(day.day, "day-month")}
        </span>
        <span className="text-ink-muted text-sm md:hidden">{dayName(day.day, "weekday")}</span>
      </span>
      <span aria-hidden="true" className="flex min-w-0 flex-1 flex-col gap-1 text-sm">
        {changes.slice(0, MOST_SHOWN).map(({ key, who, name, what }) => (
          <span key={key} className="min-w-0">
            <span className="block truncate font-medium">{who ? `${who}: ${name}` : name}</span>
            <span className="block truncate text-ink-muted">{what}</span>
          </span>
        ))}
        {changes.length > MOST_SHOWN && <span className="text-ink-muted">and {changes.length - MOST_SHOWN} more</span>}
        <span className="mt-auto flex flex-wrap gap-1">
          {day.promised > 0 && <Badge>{day.promised} promised</Badge>}
          {stake > 0 && <Badge tone="risk">{stakeWords(stake)}</Badge>}
        </span>
      </span>
    </button>
  );
}
