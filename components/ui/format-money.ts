import { LOCALE } from "./locale.ts";

const formatters = new Map<string, Intl.NumberFormat>();

/** An amount in hundredths of the currency's unit. */
export function formatMoney(cents: number, currency: string, locale: string = LOCALE): string {
  const name = `${locale} ${currency}`;
  let made = formatters.get(name);
  if (!made) {
    made = new Intl.NumberFormat(locale, { style: "currency", currency });
    formatters.set(name, made);
  }
  return made.format(cents / 100);
}
