"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button } from "./button.tsx";
import { formatTime } from "./format-time.ts";

/** One day at a time, and back to today. Days are calendar days, YYYY-MM-DD. */
export function DaySwitch({
  day,
  today,
  lastDay,
  onChange,
}: {
  day: string;
  today: string;
  /** The last day with anything in it. */
  lastDay: string;
  /** Null for today, whatever day that is. */
  onChange: (day: string | null) => void;
}) {
  const go = (by: number) => {
    const next = addDays(day, by);
    onChange(next === today ? null : next);
  };
  const step = "grid size-control place-items-center rounded-control hover:bg-sunken aria-disabled:opacity-40";
  return (
    <div className="inline-flex items-center gap-1">
      <button type="button" aria-label="Day before" className={step} onClick={() => go(-1)}>
        <ChevronLeft className="size-4" aria-hidden="true" />
      </button>
      <span className="min-w-24 text-center font-medium text-control" aria-live="polite">
        {day === today ? "Today" : nameOf(day)}
      </span>
      <button
        type="button"
        aria-label="Day after"
        aria-disabled={day >= lastDay || undefined}
        className={step}
        onClick={() => day < lastDay && go(1)}
      >
        <ChevronRight className="size-4" aria-hidden="true" />
      </button>
      {day !== today && (
        <Button variant="quiet" size="small" onClick={() => onChange(null)}>
          Today
        </Button>
      )}
    </div>
  );
}

/** Noon in UTC is the same calendar day in the zone it is formatted in. */
function nameOf(day: string): string {
  return formatTime(`${day}T12:00:00Z`, "UTC", "short-day");
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
