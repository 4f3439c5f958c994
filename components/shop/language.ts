/** The languages of the shop. A new one does not compile until its catalogue is there (messages.ts). */
export const LANGUAGES = {
  en: { locale: "en-GB", name: "English", dir: "ltr" },
  pt: { locale: "pt-PT", name: "Português", dir: "ltr" },
} as const satisfies Record<string, { locale: string; name: string; dir: "ltr" | "rtl" }>;

export type Language = keyof typeof LANGUAGES;

/** Spoken where nothing better is known. */
export const FIRST_LANGUAGE: Language = "en";

/** Where the browser keeps the reader's own choice. */
export const LANGUAGE_COOKIE = "kept-language";

export function isLanguage(tag: unknown): tag is Language {
  return typeof tag === "string" && Object.hasOwn(LANGUAGES, tag);
}

/** Of a language tag, what we speak of it ("pt" for "pt-BR"), or null. */
export function languageOf(tag: string): Language | null {
  const primary = tag.trim().toLowerCase().split("-")[0];
  return isLanguage(primary) ? primary : null;
}

/** The language that a browser asks for most (RFC 9110, 12.5.4) and we speak, or the first one. */
export function languageAskedFor(acceptLanguage: string | null): Language {
  const asked = (acceptLanguage ?? "").split(",").flatMap((range) => {
    const [tag = "", ...parameters] = range.split(";");
    const weight = parameters.map((each) => each.trim()).find((each) => each.startsWith("q="));
    const quality = weight === undefined ? 1 : Number(weight.slice(2));
    const language = tag.trim() === "*" ? FIRST_LANGUAGE : languageOf(tag);
    return language && quality > 0 ? [{ language, quality }] : [];
  });
  // A stable sort: of equal wishes the first one named.
  return asked.sort((a, b) => b.quality - a.quality)[0]?.language ?? FIRST_LANGUAGE;
}
