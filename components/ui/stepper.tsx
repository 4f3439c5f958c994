"use client";

import { Minus, Plus } from "lucide-react";

/** A small whole number by two large buttons. */
export function Stepper({
  label,
  value,
  onChange,
  min = 0,
  max,
  format = String,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
  min?: number;
  max: number;
  format?: (value: number) => string;
}) {
  const step = (by: number) => onChange(Math.min(max, Math.max(min, value + by)));
  const look =
    "grid size-control min-w-control place-items-center rounded-control aria-disabled:opacity-40 hover:bg-sunken";
  return (
    <fieldset className="inline-flex items-center rounded-control border border-line-strong bg-surface">
      <legend className="sr-only">{label}</legend>
      <button
        type="button"
        aria-label={`${label}: less`}
        aria-disabled={value <= min || undefined}
        onClick={() => step(-1)}
        className={look}
      >
        <Minus className="size-4" aria-hidden="true" />
      </button>
      <output aria-live="polite" className="min-w-8 text-center font-medium">
        {format(value)}
      </output>
      <button
        type="button"
        aria-label={`${label}: more`}
        aria-disabled={value >= max || undefined}
        onClick={() => step(1)}
        className={look}
      >
        <Plus className="size-4" aria-hidden="true" />
      </button>
    </fieldset>
  );
}
