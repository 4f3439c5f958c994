"use client";

import { TextField } from "./field.tsx";

interface TimeOfDay {
  readonly label: string;
  readonly name?: string;
  /** "18:30", or nothing. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** From when until when on one day: two times beside each other, in a grid of two columns. */
export function TimeSpanFields({
  from,
  until,
  stepSec,
  optional,
}: {
  from: TimeOfDay;
  until: TimeOfDay;
  stepSec?: number;
  optional?: boolean;
}) {
  return [from, until].map(({ label, name, value, onChange }) => (
    <TextField
      key={label}
      label={label}
      name={name}
      type="time"
      step={stepSec}
      optional={optional}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  ));
}
