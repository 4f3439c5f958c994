import * as z from "zod";
import { SkuId } from "./id.ts";
import { words } from "./words.ts";

export const MAX_CART_LINES = 80;

export const CartLine = z.strictObject({ skuId: SkuId, units: z.int().min(1).max(999) });
export type CartLine = z.infer<typeof CartLine>;

/** A cart names each SKU once. */
export const Cart = z
  .array(CartLine)
  .min(1)
  .max(MAX_CART_LINES)
  .refine((lines) => new Set(lines.map((line) => line.skuId)).size === lines.length, "each SKU once");
export type Cart = z.infer<typeof Cart>;

/** Where an order goes: a point a van can be sent to, and the words a driver reads. */
export const Destination = z.strictObject({
  lng: z.number().min(-180).max(180),
  lat: z.number().min(-85).max(85),
  address: words(1, 200),
});
export type Destination = z.infer<typeof Destination>;

/** Same cart, same text, in whatever order its lines were put in. */
export function canonicalCart(lines: readonly CartLine[]): string {
  return lines
    .map((line) => `${line.skuId}*${line.units}`)
    .sort()
    .join(",");
}

/** By SKU: the units that are wanted beyond these lines; null where these lines are not less of what is wanted. */
export function leftOut(wanted: readonly CartLine[], lines: readonly CartLine[]): ReadonlyMap<string, number> | null {
  const missing = new Map<string, number>(wanted.map(({ skuId, units }) => [skuId, units]));
  for (const { skuId, units } of lines) {
    const left = (missing.get(skuId) ?? -1) - units;
    if (left < 0) return null;
    if (left === 0) missing.delete(skuId);
    else missing.set(skuId, left);
  }
  return missing.size > 0 ? missing : null;
}

/** Same place to about a metre, same text: an offer holds for the door it was made for. */
export function canonicalPlace(place: { lng: number; lat: number }): string {
  return `${place.lng.toFixed(5)},${place.lat.toFixed(5)}`;
}
