import type { Language } from "./language.ts";
import { ENGLISH } from "./messages-en.ts";
import { PORTUGUESE } from "./messages-pt.ts";

/** The catalogue of one language. English says which messages there are, and which names stand in braces in each. */
export type Messages = typeof ENGLISH;

/** A text for each plural category that the language has (Intl.PluralRules); "other" always. */
export type Counted = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

type Translated<Part> = Part extends string
  ? string
  : Part extends { readonly other: string; readonly one: string }
    ? Counted
    : { readonly [Key in keyof Part]: Translated<Part[Key]> };

/** What a translator writes: every key of the English catalogue, or it does not compile. */
export type Translation = Translated<Messages>;

// The texts differ, the names in their braces do not: messages.test.ts compares them.
const CATALOGUES = { en: ENGLISH, pt: PORTUGUESE as unknown as Messages } satisfies Record<Language, Messages>;

/** For the server only: it hands the reader's catalogue to the browser, which never loads the others. */
export function messagesIn(language: Language): Messages {
  return CATALOGUES[language];
}
