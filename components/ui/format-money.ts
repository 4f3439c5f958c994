import { LOCALE } from "./locale.ts";

const formatters = new Map<string, Intl.NumberFormat>();

/** An amount in hundredths of the currency's unit. */
export function formatMoney(cents: number, currency: string): string {
  let made = formatters.get(currency);
  if (!made) {
    made = new Intl.NumberFormat(LOCALE, { style: "currency", currency });
    formatters.set(currency, made);
  }
  return made.format(cents / 100);
}
