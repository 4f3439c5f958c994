import type { Destination } from "#server/domain/cart.ts";
import type { ShopRegion } from "./shop-region.tsx";

/** Where an address is meant while none is chosen; whoever shows an answer for it says so. */
export function regionCentre({ lng, lat, name }: Pick<ShopRegion, "lng" | "lat" | "name">): Destination {
  return { lng, lat, address: name };
}
