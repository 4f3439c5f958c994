import type { CartLine } from "#server/domain/cart.ts";
import type { ShortLine } from "#server/domain/quote.ts";
import { cartKey, isCart, putInCart } from "./cart-store.ts";
import { createStoredValue, useStoredValue } from "./stored-value.ts";

/** What a shopper goes on without, because there is too little of it. */
export interface LeftOut {
  /** The cart as it was wanted. */
  readonly wanted: readonly CartLine[];
  readonly short: readonly ShortLine[];
  /** Of the cart that is left: another cart was chosen for itself. */
  readonly cartKey: string;
}

const leftOut = createStoredValue<LeftOut | null>("session", "kept-left-out", null, (kept) => {
  const known = kept as LeftOut | null;
  return known && isCart(known.wanted) && Array.isArray(known.short) && typeof known.cartKey === "string"
    ? known
    : null;
});

/** Of the cart as it is; null where nothing of it was left out. */
export function useLeftOut(lines: readonly CartLine[]): LeftOut | null {
  const known = useStoredValue(leftOut);
  return known?.cartKey === cartKey(lines) ? known : null;
}

/** Takes out of the cart what there is too little of, and remembers the cart as it was wanted. */
export function leaveOut(lines: readonly CartLine[], before: LeftOut | null, short: readonly ShortLine[]): void {
  const left = linesLeft(lines, short);
  leftOut.write(afterLeaving(lines, before, short));
  putInCart(left);
}

/** Puts everything back that was left out. */
export function putBack({ wanted }: LeftOut): void {
  leftOut.write(null);
  putInCart(wanted);
}

/** What is remembered once these are left out: of a cart of which something was left out before, the first one and both. */
export function afterLeaving(lines: readonly CartLine[], before: LeftOut | null, short: readonly ShortLine[]): LeftOut {
  const again = new Set(short.map(({ skuId }) => skuId));
  const wantedOf = new Map(before?.wanted.map(({ skuId, units }) => [skuId, units]));
  return {
    wanted: before?.wanted ?? lines,
    short: [
      ...(before?.short.filter(({ skuId }) => !again.has(skuId)) ?? []),
      ...short.map((line) => ({ ...line, wanted: wantedOf.get(line.skuId) ?? line.wanted })),
    ],
    cartKey: cartKey(linesLeft(lines, short)),
  };
}

export function linesLeft(lines: readonly CartLine[], short: readonly ShortLine[]): readonly CartLine[] {
  const available = new Map(short.map((line) => [line.skuId, line.available]));
  return lines
    .map(({ skuId, units }) => ({ skuId, units: available.get(skuId) ?? units }))
    .filter(({ units }) => units > 0);
}
