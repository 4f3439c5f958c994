"use client";

import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

/** Words for the record of an order. */
export function NoteField({
  label = "Note for the record",
  optional = false,
  maxChars,
  value,
  onChange,
}: {
  label?: string;
  optional?: boolean;
  maxChars: number;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <Field label={label} optional={optional}>
      {(control) => (
        <Textarea
          {...control}
          rows={2}
          maxLength={maxChars}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
