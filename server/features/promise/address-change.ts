import { distanceM } from "#server/core/geo/distance.ts";
import type { Destination } from "#server/domain/cart.ts";
import type { HoldId } from "#server/domain/id.ts";
import type { PromiseServices } from "./promise-services.ts";
import { readRegion } from "./queries.ts";

/** A pin that is put down once more is never quite where it was, and nor is the place where the van stops for it. */
const SAME_DOOR_M = 5;
const SAME_STOP_M = 10;

/**
 * What has become of the address that was held: the same, written otherwise, or another door: farther away than a pin is put down
 * twice, or where the van would stop elsewhere. Null where nothing is held to be compared with; what is collected goes to no door.
 */
export async function addressChange(
  services: PromiseServices,
  holdId: HoldId,
  destination: Destination,
): Promise<"same" | "reworded" | "moved" | null> {
  const { db } = services;
  const [held] = await db<
    { region_id: string; service: string; lng: number; lat: number; address: string; is_order: boolean }[]
  >`
    select h.region_id, h.service, h.lng, h.lat, h.address, exists (select from public.fulfilments f where f.hold_id = h.id) as is_order
    from public.holds h where h.id = ${holdId} and h.lead_id = h.id`;
  if (!held || held.is_order || held.service === "pickup") return null;
  const { travel } = services.fleetOf(await readRegion(db, held.region_id));
  const [then, now] = [travel.snap(held.lng, held.lat), travel.snap(destination.lng, destination.lat)];
  const isSameDoor =
    distanceM(held.lng, held.lat, destination.lng, destination.lat) <= SAME_DOOR_M &&
    then !== null &&
    now !== null &&
    distanceM(then.lng, then.lat, now.lng, now.lat) <= SAME_STOP_M;
  if (!isSameDoor) return "moved";
  return held.address === destination.address ? "same" : "reworded";
}
