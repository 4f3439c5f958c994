import { cookies, headers } from "next/headers";
import { isLanguage, LANGUAGE_COOKIE, type Language, languageAskedFor } from "#components/shop/language.ts";

/** The language of whoever asks for the page: the one they chose, else the one that their browser asks for. */
export async function readerLanguage(): Promise<Language> {
  const chosen = (await cookies()).get(LANGUAGE_COOKIE)?.value;
  return isLanguage(chosen) ? chosen : languageAskedFor((await headers()).get("accept-language"));
}
