"use client";

import { Languages } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { isLanguage, LANGUAGE_COOKIE, LANGUAGES, type Language } from "./language.ts";
import { useWords } from "./words.tsx";

const YEAR_SEC = 31_536_000;

/** The language of the shop. The choice is remembered for a year and outranks what the browser asks for. */
export function LanguageSwitch() {
  const { language, say } = useWords();
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const choose = (chosen: string) => {
    if (!isLanguage(chosen) || chosen === language) return;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing from browsers that people still use
    document.cookie = `${LANGUAGE_COOKIE}=${chosen}; path=/; max-age=${YEAR_SEC}; samesite=lax`;
    // The page is rendered again in the other language; what was typed and chosen stays.
    startTransition(() => router.refresh());
  };
  return (
    <label
      className="relative inline-flex h-11 min-w-11 shrink-0 items-center justify-center gap-1.5 rounded-control px-2 font-medium text-sm uppercase hover:bg-sunken has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2"
      aria-busy={pending}
    >
      <Languages className="size-5 text-ink-muted max-sm:hidden" aria-hidden="true" />
      <span aria-hidden="true">{language}</span>
      <select
        aria-label={say.shop.language}
        className="absolute inset-0 cursor-pointer opacity-0"
        value={language}
        onChange={(event) => choose(event.target.value)}
      >
        {(Object.keys(LANGUAGES) as Language[]).map((each) => (
          <option key={each} value={each} lang={each}>
            {LANGUAGES[each].name}
          </option>
        ))}
      </select>
    </label>
  );
}
