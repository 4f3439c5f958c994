import type { Destination } from "#server/domain/cart.ts";
import type { RegionId } from "#server/domain/id.ts";
import { createStoredValue, useStoredValue } from "./stored-value.ts";

interface Delivery {
  /** Null until one is chosen: then the first one that is served. */
  readonly regionId: RegionId | null;
  readonly destination: Destination | null;
}

const NOWHERE: Delivery = { regionId: null, destination: null };

const delivery = createStoredValue<Delivery>("local", "kept-delivery", NOWHERE, (kept) => {
  const { regionId, destination } = (kept ?? {}) as { regionId?: unknown; destination?: unknown };
  return {
    regionId: typeof regionId === "string" ? (regionId as RegionId) : null,
    destination: isDestination(destination) ? destination : null,
  };
});

export function isDestination(kept: unknown): kept is Destination {
  const { lng, lat, address } = (kept ?? {}) as Partial<Record<string, unknown>>;
  return (
    typeof lng === "number" &&
    Math.abs(lng) <= 180 &&
    typeof lat === "number" &&
    Math.abs(lat) <= 85 &&
    typeof address === "string" &&
    address.length >= 1 &&
    address.length <= 200
  );
}

export function useDelivery(): Delivery {
  return useStoredValue(delivery);
}

/** An address belongs to a region. */
export function deliverTo(regionId: RegionId, destination: Destination): void {
  delivery.write({ regionId, destination });
}

/** Another region has other streets: the address goes. */
export function shopIn(regionId: RegionId): void {
  if (delivery.read().regionId !== regionId) delivery.write({ regionId, destination: null });
}

/** Same place to about a metre, same text. */
export function placeKey(place: { lng: number; lat: number }): string {
  return `${place.lng.toFixed(5)},${place.lat.toFixed(5)}`;
}
