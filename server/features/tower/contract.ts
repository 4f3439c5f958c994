import type { LngLat } from "#server/domain/units.ts";
import type { Travel } from "#server/travel/travel.ts";
import { type RouteOnMap, roadOfRoute } from "./road-of-route.ts";
import { type VanPosition, type VanRoute, vanPosition } from "./van-position.ts";

// What other contexts may ask of the tower.

export type DrivenRoute = RouteOnMap &
  VanRoute & { readonly stops: readonly (RouteOnMap & VanRoute)["stops"][number][] };

export interface VanOnRoad {
  readonly position: VanPosition;
  /** The line of each leg: to the first stop, between stops, home. */
  readonly legs: readonly (readonly LngLat[])[];
}

/** Where the van of a route is, and the roads it takes; null before it left and after its last stop. */
export function findVan(
  travel: Travel,
  now: Date,
  timeZone: string,
  node: { lng: number; lat: number },
  route: DrivenRoute,
  reported: { lng: number; lat: number; at: Date } | undefined,
): VanOnRoad | null {
  const legs = () => roadOfRoute(travel, timeZone, node, route);
  const position = vanPosition(now, route, reported, legs);
  return position && { position, legs: legs() };
}
