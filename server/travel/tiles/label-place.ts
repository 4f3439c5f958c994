import type { SourceArea } from "../map-source.ts";

/** Where an area's name sits best: about the inner point farthest from its outline, found on ever finer grids. */
export function labelPlace({ rings }: SourceArea): { lng: number; lat: number; sizeDegrees: number } {
  const outer = rings[0]!;
  let [west, south, east, north] = [outer[0]!, outer[1]!, outer[0]!, outer[1]!];
  for (let i = 0; i < outer.length; i += 2) {
    west = Math.min(west, outer[i]!);
    east = Math.max(east, outer[i]!);
    south = Math.min(south, outer[i + 1]!);
    north = Math.max(north, outer[i + 1]!);
  }
  let best = { lng: (west + east) / 2, lat: (south + north) / 2, clear: Number.NEGATIVE_INFINITY };
  let [width, height] = [east - west, north - south];
  for (let round = 0; round < 3; round++) {
    const { lng, lat } = best;
    const columns = round === 0 ? 12 : 4;
    for (let i = 0; i <= columns; i++)
      for (let j = 0; j <= columns; j++) {
        const place = { lng: lng + width * (i / columns - 0.5), lat: lat + height * (j / columns - 0.5) };
        const clear = clearance(rings, place.lng, place.lat);
        if (clear > best.clear) best = { ...place, clear };
      }
    [width, height] = [width / (columns / 2), height / (columns / 2)];
  }
  return { lng: best.lng, lat: best.lat, sizeDegrees: Math.max(0, best.clear) };
}

/** Distance to the outline, negative outside. Degrees are taken as square: only the order matters. */
function clearance(rings: readonly Float64Array[], lng: number, lat: number): number {
  let inside = false;
  let nearest = Number.POSITIVE_INFINITY;
  for (const ring of rings)
    for (let i = 2; i < ring.length; i += 2) {
      const [ax, ay, bx, by] = [ring[i - 2]!, ring[i - 1]!, ring[i]!, ring[i + 1]!];
      if (ay > lat !== by > lat && lng < ((bx - ax) * (lat - ay)) / (by - ay) + ax) inside = !inside;
      const square = (bx - ax) ** 2 + (by - ay) ** 2;
      const raw = square === 0 ? 0 : ((lng - ax) * (bx - ax) + (lat - ay) * (by - ay)) / square;
      const share = Math.min(1, Math.max(0, raw));
      const [dx, dy] = [lng - ax - share * (bx - ax), lat - ay - share * (by - ay)];
      nearest = Math.min(nearest, dx * dx + dy * dy);
    }
  return inside ? Math.sqrt(nearest) : -Math.sqrt(nearest);
}
