import type { Feature, Geometry, Position } from "geojson";
import type { MapSource, RoadClass, SourceArea, SourcePlace, SourceWay } from "../map-source.ts";
import { joinWays } from "./join-ways.ts";
import { labelPlace } from "./label-place.ts";

/** The layers of a tile, in the words that the style uses. */
export type TileLayer = "built" | "parks" | "water" | "roads" | "places" | "area_names";

export interface TileFeature {
  readonly layer: TileLayer;
  readonly feature: Feature;
}

/** The first zoom at which a road is drawn, and the first at which its name is worth the bytes. */
const ROAD_ZOOMS: Record<RoadClass, { readonly drawn: number; readonly named: number }> = {
  motorway: { drawn: 8, named: 11 },
  trunk: { drawn: 8, named: 11 },
  primary: { drawn: 9, named: 12 },
  secondary: { drawn: 10, named: 12 },
  tertiary: { drawn: 11, named: 13 },
  unclassified: { drawn: 12, named: 14 },
  residential: { drawn: 12, named: 14 },
  living_street: { drawn: 13, named: 14 },
  service: { drawn: 14, named: 15 },
  track: { drawn: 13, named: 15 },
};

const PLACE_ZOOMS: Record<SourcePlace["kind"], number> = { city: 8, town: 8, suburb: 10, village: 11 };

const AREA_LAYERS: Record<SourceArea["kind"], TileLayer> = { built: "built", park: "parks", water: "water" };

/** What a tile of this zoom may hold, already generalised: fewer roads, joined lines, no names that would not fit. */
export function featuresAt(source: MapSource, zoom: number): TileFeature[] {
  return [...areas(source), ...roads(source, zoom), ...places(source, zoom), ...areaNames(source, zoom)];
}

function* areas({ areas }: MapSource): Iterable<TileFeature> {
  for (const area of areas)
    yield {
      layer: AREA_LAYERS[area.kind],
      feature: feature({ type: "Polygon", coordinates: area.rings.map((ring) => pairs(ring)) }, {}),
    };
}

function* roads(source: MapSource, zoom: number): Iterable<TileFeature> {
  const nameOf = (way: SourceWay) => (zoom >= ROAD_ZOOMS[way.roadClass].named ? way.name : "");
  const shown = source.ways.filter((way) => zoom >= ROAD_ZOOMS[way.roadClass].drawn);
  const keyOf = (way: SourceWay) => `${way.roadClass}/${levelOf(way, zoom)}/${nameOf(way)}`;
  for (const { way, points } of joinWays(shown, keyOf)) {
    const name = nameOf(way);
    const level = levelOf(way, zoom);
    yield {
      layer: "roads",
      feature: feature(
        { type: "LineString", coordinates: points.map((point) => [source.lng[point]!, source.lat[point]!]) },
        { class: way.roadClass, ...(name !== "" && { name }), ...(level !== "ground" && { level }) },
      ),
    };
  }
}

/** Bridges and tunnels are told apart only where they can be seen. */
function levelOf(way: SourceWay, zoom: number): "ground" | "bridge" | "tunnel" {
  if (zoom < 12) return "ground";
  return way.bridge ? "bridge" : way.tunnel ? "tunnel" : "ground";
}

function* places(source: MapSource, zoom: number): Iterable<TileFeature> {
  for (const { kind, name, lng, lat } of source.places)
    if (zoom >= PLACE_ZOOMS[kind])
      yield { layer: "places", feature: feature({ type: "Point", coordinates: [lng, lat] }, { kind, name }) };
}

function* areaNames(source: MapSource, zoom: number): Iterable<TileFeature> {
  for (const area of source.areas) {
    if (area.name === "" || zoom < 11) continue;
    const { lng, lat, sizeDegrees } = labelPlace(area);
    // A name needs about 50 pixels of room: 512 · 2^zoom of them go round the world.
    if ((sizeDegrees / 360) * 512 * 2 ** zoom < 11) continue;
    yield {
      layer: "area_names",
      feature: feature({ type: "Point", coordinates: [lng, lat] }, { kind: area.kind, name: area.name }),
    };
  }
}

function feature(geometry: Geometry, properties: Record<string, string>): Feature {
  return { type: "Feature", geometry, properties };
}

function pairs(flat: Float64Array): Position[] {
  const positions: Position[] = [];
  for (let i = 0; i < flat.length; i += 2) positions.push([flat[i]!, flat[i + 1]!]);
  return positions;
}
