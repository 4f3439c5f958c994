"use client";

import { createContext, useContext } from "react";
import { LOCALE } from "./locale.ts";

/** The few words that the primitives say by themselves. Braces are filled in. */
export interface UiWords {
  readonly close: string;
  readonly optional: string;
  readonly tryAgain: string;
  readonly skipToContent: string;
  readonly startPage: string;
  readonly timeLeft: string;
}

const ENGLISH: UiWords = {
  close: "Close",
  optional: "optional",
  tryAgain: "Try again",
  skipToContent: "Skip to content",
  startPage: "Kept, start page",
  timeLeft: "{time} left",
};

const ReaderLanguageContext = createContext<{ readonly locale: string; readonly words: UiWords }>({
  locale: LOCALE,
  words: ENGLISH,
});

/** Around screens in another language than English: their dates, and the words of the primitives. */
export const ReaderLanguage = ReaderLanguageContext.Provider;

export function useReaderLanguage() {
  return useContext(ReaderLanguageContext);
}
