import * as z from "zod";

/** Of a note beside an order: a few sentences. */
export const MAX_NOTE_CHARS = 280;

/** What a person types: of bounded length, and such that a database can hold it, which no NUL and no half of a surrogate pair is. */
export function words(minLength: number, maxLength: number) {
  return z
    .string()
    .trim()
    .min(minLength)
    .max(maxLength)
    .refine((text) => text.isWellFormed() && !text.includes("\0"), "holds a character that is none");
}
