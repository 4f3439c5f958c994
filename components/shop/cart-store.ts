import type { CartLine } from "#server/domain/cart.ts";
import type { SkuId } from "#server/domain/id.ts";
import { createStoredValue, useStoredValue } from "./stored-value.ts";

/** As `Cart` in server/domain/cart.ts allows, without loading its schema into the first page. */
export const MAX_LINES = 80;
const MAX_UNITS = 999;

const NONE: readonly CartLine[] = [];

const cart = createStoredValue<readonly CartLine[]>("local", "kept-cart", NONE, (kept) => {
  if (!Array.isArray(kept)) return NONE;
  const lines = kept.filter(isLine).slice(0, MAX_LINES);
  return lines.filter((line, place) => lines.findIndex((other) => other.skuId === line.skuId) === place);
});

/** Whether all of it is a cart as the server takes one. */
export function isCart(given: unknown): given is readonly CartLine[] {
  if (!Array.isArray(given) || given.length < 1 || given.length > MAX_LINES || !given.every(isLine)) return false;
  return new Set(given.map((line) => line.skuId)).size === given.length;
}

function isLine(kept: unknown): kept is CartLine {
  const { skuId, units } = (kept ?? {}) as Partial<Record<string, unknown>>;
  return (
    typeof skuId === "string" &&
    /^[A-Z0-9](-?[A-Z0-9]){0,31}$/.test(skuId) &&
    Number.isInteger(units) &&
    Number(units) >= 1 &&
    Number(units) <= MAX_UNITS
  );
}

/** The cart, in the order in which things were put into it. */
export function useCart(): readonly CartLine[] {
  return useStoredValue(cart);
}

export function unitsInCart(lines: readonly CartLine[]): number {
  return lines.reduce((sum, line) => sum + line.units, 0);
}

/** Sets how many of a SKU are in the cart; none takes its line out. A line too many is not added. */
export function setUnits(skuId: SkuId, units: number): void {
  const lines = cart.read();
  const wanted = Math.min(Math.max(0, Math.trunc(units)), MAX_UNITS);
  const known = lines.some((line) => line.skuId === skuId);
  if (wanted === 0) cart.write(lines.filter((line) => line.skuId !== skuId));
  else if (known) cart.write(lines.map((line) => (line.skuId === skuId ? { skuId, units: wanted } : line)));
  else if (lines.length < MAX_LINES) cart.write([...lines, { skuId, units: wanted }]);
}

/** In the place of all that is in it. */
export function putInCart(lines: readonly CartLine[]): void {
  cart.write(lines);
}

export function emptyCart(): void {
  cart.write(NONE);
}

/** Same cart, same text, in whatever order its lines were put in. */
export function cartKey(lines: readonly CartLine[]): string {
  return lines
    .map((line) => `${line.skuId}*${line.units}`)
    .sort()
    .join(",");
}
