import type { FeatureCollection, Point } from "geojson";

interface Placed {
  readonly lng: number;
  readonly lat: number;
}

/** One point per thing, with the properties its layers read. */
export function pointFeatures<T extends Placed>(
  things: readonly T[],
  properties: (thing: T) => Record<string, string | number | boolean>,
): FeatureCollection<Point> {
  return {
    type: "FeatureCollection",
    features: things.map((thing) => ({
      type: "Feature",
      properties: properties(thing),
      geometry: { type: "Point", coordinates: [thing.lng, thing.lat] },
    })),
  };
}
