import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  LineLayerSpecification,
  StyleSpecification,
  SymbolLayerSpecification,
} from "maplibre-gl";
import type { RoadClass } from "../map-source.ts";
import { MAX_TILE_ZOOM, MIN_TILE_ZOOM } from "../tiles/tile-id.ts";
import { PALETTES, type Palette, type Theme } from "./palette.ts";

const SOURCE = "kept";

/** Width in pixels at zooms 8, 10, 12, 14, 16 and 18; 0 is not drawn. */
const WIDTHS: Record<RoadClass, readonly [number, number, number, number, number, number]> = {
  motorway: [1, 1.7, 3, 6, 13, 30],
  trunk: [0.9, 1.6, 2.8, 6, 13, 30],
  primary: [0.6, 1.3, 2.4, 5.6, 13, 30],
  secondary: [0, 0.9, 1.9, 4.8, 12, 28],
  tertiary: [0, 0.5, 1.4, 4, 11, 26],
  unclassified: [0, 0, 0.9, 2.7, 9, 22],
  residential: [0, 0, 0.55, 2.3, 8, 21],
  living_street: [0, 0, 0.4, 1.8, 6.5, 17],
  service: [0, 0, 0, 1, 4.5, 12],
  track: [0, 0, 0, 0.8, 1.8, 3],
};
const WIDTH_ZOOMS = [8, 10, 12, 14, 16, 18] as const;

/** Later ones are drawn over earlier ones. */
const RANK: Record<RoadClass, number> = {
  track: 0,
  service: 1,
  living_street: 2,
  residential: 3,
  unclassified: 4,
  tertiary: 5,
  secondary: 6,
  primary: 7,
  trunk: 8,
  motorway: 9,
};

/*
 * No `glyphs`: labels are drawn in the browser from the page's own font. A label's weight is read off the first family's
 * name, so a family that does not exist is put first to carry it.
 */
const FONT = ["Inter Variable"];
const FONT_MEDIUM = ["Medium", "Inter Variable"];
const FONT_SEMIBOLD = ["Semibold", "Inter Variable"];

export interface StyleOptions {
  readonly theme: Theme;
  /** With {z}, {x} and {y}. */
  readonly tileUrl: string;
  readonly name: string;
  readonly attribution: string;
  readonly bbox: readonly [number, number, number, number];
}

/** The base map's style in MapLibre's terms. Everything it needs comes from our own tiles and fonts. */
export function mapStyle({ theme, tileUrl, name, attribution, bbox }: StyleOptions): StyleSpecification {
  const palette = PALETTES[theme];
  const [west, south, east, north] = bbox;
  // Water may reach out farther than the roads.
  const [marginLng, marginLat] = [(east - west) / 2, (north - south) / 2];
  return {
    version: 8,
    name: `${name}, ${theme}`,
    center: [(west + east) / 2, (south + north) / 2],
    zoom: 11,
    sources: {
      [SOURCE]: {
        type: "vector",
        tiles: [tileUrl],
        minzoom: MIN_TILE_ZOOM,
        maxzoom: MAX_TILE_ZOOM,
        bounds: [west - marginLng, south - marginLat, east + marginLng, north + marginLat],
        attribution,
      },
    },
    layers: [...grounds(palette), ...roads(palette), ...labels(palette)],
  };
}

function grounds(palette: Palette): LayerSpecification[] {
  const area = (id: string, layer: string, colour: string): LayerSpecification => ({
    id,
    type: "fill",
    source: SOURCE,
    "source-layer": layer,
    paint: { "fill-color": colour },
  });
  return [
    { id: "land", type: "background", paint: { "background-color": palette.land } },
    area("built", "built", palette.built),
    area("park", "parks", palette.park),
    area("water", "water", palette.water),
  ];
}

function roads(palette: Palette): LayerSpecification[] {
  const isMajor: ExpressionSpecification = ["in", ["get", "class"], ["literal", ["motorway", "trunk", "primary"]]];
  const isTrack: FilterSpecification = ["==", ["get", "class"], "track"];
  const onGround: FilterSpecification = ["!", ["has", "level"]];
  const at = (level: string): FilterSpecification => ["==", ["get", "level"], level];
  const sortKey = byClass(RANK);
  // From far away a white thread on pale land would be lost.
  const fill: DataDrivenPropertyValueSpecification<string> = [
    "interpolate",
    ["linear"],
    ["zoom"],
    10.8,
    ["case", isMajor, palette.roadMajor, palette.roadFar],
    11.8,
    ["case", isMajor, palette.roadMajor, palette.road],
  ];
  const edge: DataDrivenPropertyValueSpecification<string> = ["case", isMajor, palette.casingMajor, palette.casing];
  const line = (
    id: string,
    filter: FilterSpecification,
    paint: LineLayerSpecification["paint"],
    cap: "butt" | "round" = "round",
  ): LayerSpecification => ({
    id,
    type: "line",
    source: SOURCE,
    "source-layer": "roads",
    filter,
    layout: { "line-cap": cap, "line-join": "round", "line-sort-key": sortKey },
    paint: paint ?? {},
  });
  // A casing shows a little on both sides of its road, and only once the road is wide enough to have sides.
  const cased = roadWidth(([, , , ...near]) =>
    [0, 0, 0.8, 1.3, 1.8, 2.2].map((px, i) => (i < 3 || near[i - 3]! >= 1.5 ? px : 0)),
  );
  return [
    line("tunnel", at("tunnel"), { "line-color": fill, "line-width": roadWidth(), "line-opacity": 0.55 }, "butt"),
    line(
      "track",
      ["all", isTrack, onGround],
      {
        "line-color": palette.track,
        "line-width": roadWidth(),
        "line-dasharray": [3, 2],
      },
      "butt",
    ),
    line("road-casing", ["all", onGround, ["!", isTrack]] as FilterSpecification, {
      "line-color": edge,
      "line-width": cased,
    }),
    line("road", ["all", onGround, ["!", isTrack]] as FilterSpecification, {
      "line-color": fill,
      "line-width": roadWidth(),
    }),
    line("bridge-casing", at("bridge"), { "line-color": palette.bridge, "line-width": cased }, "butt"),
    line("bridge", at("bridge"), { "line-color": fill, "line-width": roadWidth() }),
  ];
}

function byClass(values: Record<RoadClass, number>): ExpressionSpecification {
  const pairs = Object.entries(values).flat();
  return ["match", ["get", "class"], ...pairs, 0] as unknown as ExpressionSpecification;
}

/** A road's width over the zooms, plus what `extra` says for each of {@link WIDTH_ZOOMS}. */
function roadWidth(
  extra: (widths: readonly number[]) => readonly number[] = () => [0, 0, 0, 0, 0, 0],
): DataDrivenPropertyValueSpecification<number> {
  const stops = WIDTH_ZOOMS.flatMap((zoom, i) => {
    const widths = Object.entries(WIDTHS).map(([roadClass, list]) => [
      roadClass,
      list[i] === 0 ? 0 : list[i]! + extra(list)[i]!,
    ]);
    return [zoom, byClass(Object.fromEntries(widths))];
  });
  return ["interpolate", ["exponential", 1.4], ["zoom"], ...stops] as DataDrivenPropertyValueSpecification<number>;
}

function labels(palette: Palette): LayerSpecification[] {
  const halo = { "text-halo-color": palette.halo, "text-halo-width": 1.4, "text-halo-blur": 0.4 };
  const text = (
    id: string,
    layer: string,
    options: Pick<SymbolLayerSpecification, "filter" | "minzoom" | "maxzoom" | "layout" | "paint">,
  ): LayerSpecification => ({
    id,
    type: "symbol",
    source: SOURCE,
    "source-layer": layer,
    ...options,
    layout: { "text-field": ["get", "name"], "text-font": FONT, ...options.layout },
    paint: { ...halo, ...options.paint },
  });
  const kind = (...kinds: string[]): FilterSpecification => ["in", ["get", "kind"], ["literal", kinds]];
  const street = (id: string, classes: RoadClass[], minzoom: number, size: [number, number], colour: string) =>
    text(id, "roads", {
      minzoom,
      filter: ["all", ["has", "name"], ["in", ["get", "class"], ["literal", classes]]],
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 320,
        "text-size": ["interpolate", ["linear"], ["zoom"], minzoom, size[0], 18, size[1]],
        "text-max-angle": 32,
        "text-padding": 8,
        "symbol-sort-key": ["-", 10, byClass(RANK)],
      },
      paint: { "text-color": colour },
    });
  return [
    street(
      "street-name",
      ["residential", "unclassified", "living_street", "service", "track"],
      14.6,
      [10, 13],
      palette.labelQuiet,
    ),
    street("road-name", ["tertiary", "secondary"], 13, [10, 14], palette.labelQuiet),
    street("main-road-name", ["primary", "trunk", "motorway"], 12, [10, 14], palette.label),
    text("park-name", "area_names", {
      minzoom: 12,
      filter: kind("park"),
      layout: { "text-size": 11, "text-max-width": 7, "text-padding": 6 },
      paint: { "text-color": palette.labelPark },
    }),
    text("water-name", "area_names", {
      minzoom: 11,
      filter: kind("water"),
      layout: { "text-size": 12, "text-letter-spacing": 0.08, "text-max-width": 7, "text-padding": 10 },
      paint: { "text-color": palette.labelWater, "text-halo-width": 0 },
    }),
    text("village", "places", {
      minzoom: 11,
      maxzoom: 16,
      filter: kind("village"),
      layout: { "text-size": 11.5, "text-font": FONT_MEDIUM },
      paint: { "text-color": palette.label },
    }),
    text("suburb", "places", {
      minzoom: 11.2,
      maxzoom: 15.5,
      filter: kind("suburb"),
      layout: {
        "text-size": ["interpolate", ["linear"], ["zoom"], 11, 10, 15, 13],
        "text-font": FONT_MEDIUM,
        "text-transform": "uppercase",
        "text-letter-spacing": 0.1,
        "text-max-width": 8,
        "text-padding": 6,
      },
      paint: { "text-color": palette.labelQuiet },
    }),
    text("town", "places", {
      maxzoom: 15.5,
      filter: kind("town"),
      layout: {
        "text-size": ["interpolate", ["linear"], ["zoom"], 8, 11, 14, 16],
        "text-font": FONT_MEDIUM,
      },
      paint: { "text-color": palette.label },
    }),
    text("city", "places", {
      maxzoom: 13.5,
      filter: kind("city"),
      layout: {
        "text-size": ["interpolate", ["linear"], ["zoom"], 8, 15, 13, 23],
        "text-font": FONT_SEMIBOLD,
        "text-letter-spacing": 0.01,
      },
      paint: { "text-color": palette.label, "text-halo-width": 2 },
    }),
  ];
}
