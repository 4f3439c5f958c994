import { gzipSync } from "node:zlib";
import { GeoJSONVT, type GeoJSONVTFeature, type GeoJSONVTTile } from "@maplibre/geojson-vt";
import { fromGeojsonVt } from "@maplibre/vt-pbf";
import type { RangedSection } from "../map-file.ts";
import type { MapSource } from "../map-source.ts";
import { guessBuiltUp } from "./built-up.ts";
import { featuresAt, type TileLayer } from "./tile-features.ts";
import { MAX_TILE_ZOOM, MIN_TILE_ZOOM, tileAt, tileId } from "./tile-id.ts";

/** The sections of a map file that hold its tiles; `openTiles` reads them. */
export interface TileSections {
  /** Triples of tile id, offset in the data and length, by rising id. */
  readonly "tiles.index": Uint32Array;
  /** The tiles one after another, each a gzipped Mapbox vector tile. */
  readonly "tiles.data": RangedSection;
}

const EXTENT = 4096;
/** How far a tile's features reach over its edge, so that casings and labels are not cut: 1/64 of its width. */
const BUFFER = 64;

/**
 * Cuts a map into vector tiles for zooms {@link MIN_TILE_ZOOM} to {@link MAX_TILE_ZOOM}; empty tiles are left out.
 * `progress` is told each zoom that is done. The same source gives the same bytes.
 */
export function buildTiles(given: MapSource, progress: (zoom: number) => void = () => {}): TileSections {
  const hasBuilt = given.areas.some((area) => area.kind === "built");
  const source = hasBuilt ? given : { ...given, areas: [...guessBuiltUp(given), ...given.areas] };
  const bounds = boundsOf(source);
  const index: number[] = [];
  const tiles: Uint8Array[] = [];
  let offset = 0;
  // Tiles of open sea are all alike, and a coast has thousands.
  const placeOf = new Map<string, number>();
  for (let z = MIN_TILE_ZOOM; z <= MAX_TILE_ZOOM; z++) {
    const layerOf = new Map<object, TileLayer>();
    const features = featuresAt(source, z).map(({ layer, feature }) => {
      layerOf.set(feature.properties!, layer);
      return feature;
    });
    // One zoom past the one wanted, because the last zoom is not simplified.
    const cutter = new GeoJSONVT(
      { type: "FeatureCollection", features },
      { maxZoom: z + 1, indexMaxZoom: z, indexMaxPoints: 0, extent: EXTENT, buffer: BUFFER, tolerance: 3 },
    );
    const { x: west, y: north } = tileAt(z, bounds.west, bounds.north);
    const { x: east, y: south } = tileAt(z, bounds.east, bounds.south);
    for (let y = Math.floor(north); y <= Math.floor(south); y++)
      for (let x = Math.floor(west); x <= Math.floor(east); x++) {
        const tile = cutter.getTile(z, x, y);
        if (tile === null || tile.features.length === 0) continue;
        const bytes = gzipSync(encode(tile.features, layerOf), { level: 9 });
        const content = bytes.toString("latin1");
        const place = placeOf.get(content) ?? offset;
        index.push(tileId(z, x, y), place, bytes.byteLength);
        if (place !== offset) continue;
        placeOf.set(content, offset);
        tiles.push(bytes);
        offset += bytes.byteLength;
      }
    progress(z);
  }
  return { "tiles.index": Uint32Array.from(index), "tiles.data": { ranged: tiles } };
}

function encode(features: readonly GeoJSONVTFeature[], layerOf: ReadonlyMap<object, TileLayer>): Uint8Array {
  const layers: Partial<Record<TileLayer, GeoJSONVTFeature[]>> = {};
  for (const feature of features) {
    const layer = layerOf.get(feature.tags!)!;
    layers[layer] ??= [];
    layers[layer].push(feature);
  }
  const encoded = Object.entries(layers).map(([name, list]) => [name, { features: list } as GeoJSONVTTile]);
  return fromGeojsonVt(Object.fromEntries(encoded), { version: 2, extent: EXTENT });
}

function boundsOf({ lng, lat, areas, places }: MapSource): {
  west: number;
  south: number;
  east: number;
  north: number;
} {
  const bounds = { west: 180, south: 90, east: -180, north: -90 };
  const take = (x: number, y: number) => {
    bounds.west = Math.min(bounds.west, x);
    bounds.east = Math.max(bounds.east, x);
    bounds.south = Math.min(bounds.south, y);
    bounds.north = Math.max(bounds.north, y);
  };
  for (let i = 0; i < lng.length; i++) take(lng[i]!, lat[i]!);
  for (const { rings } of areas) for (let i = 0; i < rings[0]!.length; i += 2) take(rings[0]![i]!, rings[0]![i + 1]!);
  for (const place of places) take(place.lng, place.lat);
  return bounds;
}
