/**
 * A map before it is compiled: read from an OpenStreetMap extract or generated from a seed. Both go through the
 * same compiler, so a generated city and a real one differ in nothing but their origin.
 */
export interface MapSource {
  /** What people call it: "Porto", "Rillton". */
  readonly name: string;
  /** Who must be named wherever the map is shown, e.g. "© OpenStreetMap contributors, ODbL". */
  readonly attribution: string;
  /** Point coordinates in degrees; a point's id is its index. */
  readonly lng: Float64Array;
  readonly lat: Float64Array;
  readonly ways: readonly SourceWay[];
  readonly areas: readonly SourceArea[];
  readonly places: readonly SourcePlace[];
}

/** Classes that a delivery van may use, by falling importance; ramps (`*_link`) count as their class. */
export const ROAD_CLASSES = [
  "motorway",
  "trunk",
  "primary",
  "secondary",
  "tertiary",
  "unclassified",
  "residential",
  "living_street",
  "service",
  "track",
] as const;
export type RoadClass = (typeof ROAD_CLASSES)[number];

export interface SourceWay {
  /** Point indices in order of travel, at least two. */
  readonly points: Int32Array;
  readonly roadClass: RoadClass;
  /** 0 both ways, 1 along the points only, -1 against them only. */
  readonly oneway: -1 | 0 | 1;
  /** Posted limit in km/h, 0 when unknown. */
  readonly limitKph: number;
  readonly surface: "paved" | "unpaved";
  readonly bridge: boolean;
  readonly tunnel: boolean;
  /** Empty when the road has no name. */
  readonly name: string;
}

/** A filled area; the first ring is the outside, the rest are holes, each closed, [lng, lat] pairs flattened. */
export interface SourceArea {
  readonly kind: "water" | "park" | "built";
  readonly name: string;
  readonly rings: readonly Float64Array[];
}

export interface SourcePlace {
  readonly kind: "city" | "town" | "suburb" | "village";
  readonly name: string;
  readonly lng: number;
  readonly lat: number;
}
