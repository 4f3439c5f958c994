import { createStoredValue, useStoredValue } from "./stored-value.ts";

export interface Details {
  readonly name: string;
  readonly phone: string;
  readonly note: string;
}

export const MAX_NOTE_CHARS = 280;

const text = (kept: unknown, most: number): string => (typeof kept === "string" ? kept.slice(0, most) : "");

/** For this tab only: a name and a number do not belong into a shared computer's memory. */
export const details = createStoredValue<Details>(
  "session",
  "kept-details",
  { name: "", phone: "", note: "" },
  (kept) => {
    const { name, phone, note } = (kept ?? {}) as Partial<Record<string, unknown>>;
    return { name: text(name, 80), phone: text(phone, 32), note: text(note, MAX_NOTE_CHARS) };
  },
);

export function useDetails(): Details {
  return useStoredValue(details);
}
