import type { TowerRoute } from "./tower-data.ts";

/**
 * A colour number for each van of the day, the same in list and map. Those with stops come first, so that the few colours
 * there are go to what is drawn.
 */
export function routeColours(routes: readonly TowerRoute[]): ReadonlyMap<string, number> {
  const drawnFirst = [...routes].sort((a, b) => Number(b.stops.length > 0) - Number(a.stops.length > 0));
  return new Map(drawnFirst.map((route, colour) => [route.shiftId, colour]));
}
