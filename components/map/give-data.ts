import type { FeatureCollection } from "geojson";
import type { GeoJSONSource } from "maplibre-gl";

const given = new WeakMap<GeoJSONSource, string>();

/**
 * Hands data to the source unless it says the same as what was handed over last: each time, the map is drawn anew, which
 * without a graphics card keeps the page busy for a fifth of a second.
 */
export function giveData(source: GeoJSONSource | undefined, data: FeatureCollection): void {
  if (!source) return;
  const text = JSON.stringify(data);
  if (given.get(source) === text) return;
  given.set(source, text);
  source.setData(data);
}
