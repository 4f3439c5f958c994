import type { LngLat } from "#server/domain/units.ts";
import type { Travel } from "#server/travel/travel.ts";
import { periodClock } from "#server/travel/zone-clock.ts";

export interface RouteOnMap {
  readonly shiftId: string;
  readonly planVersion: number;
  readonly startsAt: string;
  readonly stops: readonly { readonly lng: number; readonly lat: number; readonly windowStartsAt: string }[];
}

interface Point {
  readonly lng: number;
  readonly lat: number;
}

/** Some hundred kilobytes a region and day; the oldest goes first. */
const MAX_CACHED_ROADS = 1000;
const roads = new Map<string, readonly (readonly LngLat[])[]>();

/**
 * The line of each leg along the roads: from the node to the first stop, between stops, and home; none for an empty
 * route. Kept per plan version and version of the travel times, so never out of date.
 */
export function roadOfRoute(
  travel: Travel,
  timeZone: string,
  node: Point,
  route: RouteOnMap,
): readonly (readonly LngLat[])[] {
  const key = `${travel.version} ${route.shiftId} ${route.planVersion}`;
  const known = roads.get(key);
  if (known) return known;

  const periodAt = periodClock(travel, timeZone);
  const places: Point[] = route.stops.length === 0 ? [] : [node, ...route.stops, node];
  const road = places.slice(1).map((to, leg) => {
    // A leg is as long as the window it leads to makes it; home, as that of the last stop.
    const window = route.stops[Math.min(leg, route.stops.length - 1)]!;
    return legLine(travel, places[leg]!, to, periodAt(Date.parse(window.windowStartsAt) / 1000));
  });
  roads.set(key, road);
  if (roads.size > MAX_CACHED_ROADS) roads.delete(roads.keys().next().value!);
  return road;
}

/** Straight where the network has no way: a stop that no road reaches is still drawn. */
function legLine(travel: Travel, from: Point, to: Point, period: number): readonly LngLat[] {
  const [start, end] = [travel.snap(from.lng, from.lat), travel.snap(to.lng, to.lat)];
  const leg = start && end && travel.leg(start, end, period);
  return leg && leg.shape.length > 0
    ? leg.shape.map(rounded)
    : [rounded([from.lng, from.lat]), rounded([to.lng, to.lat])];
}

/** To about a metre. */
function rounded([lng, lat]: LngLat): LngLat {
  return [Math.round(lng * 1e5) / 1e5, Math.round(lat * 1e5) / 1e5];
}
