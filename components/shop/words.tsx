"use client";

import { createContext, type ReactNode, useContext, useMemo } from "react";
import { type ReadFault, readFault } from "#components/trpc/read-fault.ts";
import { formatMoney } from "#components/ui/format-money.ts";
import { formatTime, formatWindow, type TimeStyle } from "#components/ui/format-time.ts";
import { ReaderLanguage } from "#components/ui/reader-language.tsx";
import type { Reason } from "#server/domain/reason.ts";
import { fillText } from "./fill-text.ts";
import { LANGUAGES, type Language } from "./language.ts";
import type { Counted, Messages } from "./messages.ts";

/** What is said to the shopper, and how numbers, money and times are written for them. */
export interface Words {
  readonly language: Language;
  readonly say: Messages;
  /** The text for a number of things: its plural form, with {count} filled in. */
  count(texts: Counted, count: number): string;
  money(cents: number, currency: string): string;
  /** A price where nothing to pay has a word of its own. */
  price(cents: number, currency: string): string;
  time(at: string | number | Date, zone: string, style?: TimeStyle): string;
  span(startsAt: string, endsAt: string, zone: string): string;
  /** "450 m", "2.4 km". */
  distance(metres: number): string;
  minutes(sec: number): string;
  /** What a refusal or a failure means to the shopper, and what to do. */
  fault(fault: Pick<ReadFault, "code" | "kind" | "detail">): string;
  error(error: unknown): string;
  /** Why a window is closed, by the region's clock. */
  reason(reason: Reason, zone: string): string;
}

const WordsContext = createContext<Words | null>(null);

/** Around everything that a shopper reads. The catalogue comes with the page: the browser loads one language. */
export function ShopWords({
  language,
  messages,
  children,
}: {
  language: Language;
  messages: Messages;
  children: ReactNode;
}) {
  const words = useMemo(() => wordsOf(language, messages), [language, messages]);
  const ui = useMemo(() => ({ locale: LANGUAGES[language].locale, words: messages.ui }), [language, messages]);
  return (
    <WordsContext value={words}>
      <ReaderLanguage value={ui}>{children}</ReaderLanguage>
    </WordsContext>
  );
}

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error("useWords needs <ShopWords> around it");
  return words;
}

export function wordsOf(language: Language, say: Messages): Words {
  const { locale } = LANGUAGES[language];
  const plural = new Intl.PluralRules(locale);
  const number = new Intl.NumberFormat(locale);
  const unit = (name: string, digits: number) =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, maximumFractionDigits: digits });
  const metres = unit("meter", 0);
  const kilometres = unit("kilometer", 1);
  const minute = unit("minute", 0);
  const money = (cents: number, currency: string) => formatMoney(cents, currency, locale);
  const time: Words["time"] = (at, zone, style) => formatTime(at, zone, style, locale);
  const fault: Words["fault"] = ({ code, kind, detail }) => {
    if (code === "too-much-held" && isHoldLimit(detail)) return say.tooMuchHeld[detail];
    return code ? say.faults[code] : kind === "broken" ? say.shop.ourFault : say.shop.connectionBroke;
  };
  const isHoldLimit = (name: string | null): name is keyof Messages["tooMuchHeld"] =>
    name !== null && Object.hasOwn(say.tooMuchHeld, name);
  return {
    language,
    say,
    count: (texts, count) => fillText(texts[plural.select(count)] ?? texts.other, { count: number.format(count) }),
    money,
    price: (cents, currency) => (cents === 0 ? say.shop.free : money(cents, currency)),
    time,
    span: (startsAt, endsAt, zone) => formatWindow(startsAt, endsAt, zone, locale),
    distance: (m) =>
      m < 100 ? metres.format(m) : m < 950 ? metres.format(Math.round(m / 50) * 50) : kilometres.format(m / 1000),
    minutes: (sec) => minute.format(Math.max(1, Math.round(sec / 60))),
    fault,
    error: (error) => fault(readFault(error)),
    reason({ code, at }, zone) {
      const { plain, timed } = say.reasons[code];
      return at === undefined ? plain : fillText(timed, { time: time(at, zone) });
    },
  };
}
