"use client";

import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { MAX_NOTE_CHARS } from "#server/domain/words.ts";

/** Words for the record of an order. */
export function NoteField({
  label = "Note for the record",
  optional = false,
  value,
  onChange,
}: {
  label?: string;
  optional?: boolean;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <Field label={label} optional={optional}>
      {(control) => (
        <Textarea
          {...control}
          rows={2}
          maxLength={MAX_NOTE_CHARS}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
