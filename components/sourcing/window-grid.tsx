"use client";

import { type KeyboardEvent, useRef, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { dayOf, formatTime, formatWindow } from "#components/ui/format-time.ts";
import type { Explanation } from "#server/domain/explanation.ts";
import { outcomeOf } from "./check-words.ts";

/** Days below each other, the windows of a day beside each other. One stop for the Tab key; arrows go through the windows. */
export function WindowGrid({
  explanation: { windows, timeZone, service },
  opened,
  onOpen,
}: {
  explanation: Explanation;
  opened: string | undefined;
  onOpen: (startsAt: string) => void;
}) {
  const list = useRef<HTMLOListElement>(null);
  const [focused, setFocused] = useState(0);
  const inReach = Math.min(focused, windows.length - 1);
  const days = Map.groupBy(windows.entries(), ([, { startsAt }]) => dayOf(startsAt, timeZone));
  const move = (event: KeyboardEvent, place: number) => {
    const to = nextPlace(event.key, place, [...days.values()]);
    if (to === place) return;
    event.preventDefault();
    setFocused(to);
    list.current?.querySelectorAll("button")[to]?.focus();
  };
  return (
    <section aria-label="Windows">
      <ol ref={list} className="flex flex-col gap-3">
        {[...days].map(([day, ofDay]) => (
          <li key={day} className="flex flex-col gap-1.5 sm:flex-row sm:items-center">
            <h2 className="w-32 shrink-0 font-medium text-sm">
              {formatTime(ofDay[0]![1].startsAt, timeZone, "short-day")}
            </h2>
            <ul className="grid flex-1 grid-cols-2 gap-1.5 md:grid-cols-4">
              {ofDay.map(([place, window]) => {
                const { word, tone } = outcomeOf(window, service);
                const isOpened = window.startsAt === opened;
                return (
                  <li key={window.startsAt} className="flex">
                    <button
                      type="button"
                      aria-pressed={isOpened}
                      tabIndex={place === inReach ? 0 : -1}
                      onKeyDown={(event) => move(event, place)}
                      onFocus={() => setFocused(place)}
                      onClick={() => onOpen(window.startsAt)}
                      className={classNames(
                        "flex min-h-control flex-1 flex-wrap items-center justify-between gap-x-2 rounded-control border px-2 py-1 text-start",
                        isOpened ? "border-accent bg-accent-soft" : "border-line bg-surface hover:bg-sunken",
                      )}
                    >
                      <span className="whitespace-nowrap text-sm">
                        {formatWindow(window.startsAt, window.endsAt, timeZone)}
                      </span>
                      <Badge tone={tone}>{word}</Badge>
                    </button>
                  </li>
                );
              })}
            </ul>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** To the window beside it, or to the one at the same place of the next day or the one before. */
function nextPlace(key: string, place: number, days: readonly (readonly (readonly [number, unknown])[])[]): number {
  const last = days.at(-1)?.at(-1)?.[0] ?? 0;
  if (key === "ArrowRight") return Math.min(last, place + 1);
  if (key === "ArrowLeft") return Math.max(0, place - 1);
  if (key === "Home") return 0;
  if (key === "End") return last;
  const row = days.findIndex((ofDay) => ofDay.some(([at]) => at === place));
  const column = days[row]?.findIndex(([at]) => at === place) ?? 0;
  const beside = days[row + (key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0)];
  return beside?.[Math.min(column, beside.length - 1)]?.[0] ?? place;
}
