import { formatMoney } from "./format-money.ts";

export function Money({ cents, currency, zero }: { cents: number; currency: string; zero?: string }) {
  return <>{cents === 0 && zero ? zero : formatMoney(cents, currency)}</>;
}
