import type { SourceWay } from "../map-source.ts";
import type { Tags } from "./osm-file.ts";

export type VanRoad = Pick<SourceWay, "roadClass" | "oneway" | "limitKph" | "surface" | "bridge" | "tunnel" | "name">;

const CLASSES: ReadonlyMap<string, VanRoad["roadClass"]> = new Map(
  Object.entries({
    motorway: "motorway",
    motorway_link: "motorway",
    trunk: "trunk",
    trunk_link: "trunk",
    primary: "primary",
    primary_link: "primary",
    secondary: "secondary",
    secondary_link: "secondary",
    tertiary: "tertiary",
    tertiary_link: "tertiary",
    unclassified: "unclassified",
    // Mapped from the air, nobody knows yet how important it is.
    road: "unclassified",
    residential: "residential",
    living_street: "living_street",
    service: "service",
    track: "track",
  } as const),
);

/** Service roads that belong to one house or to one use; an address there is served from the street. */
const PRIVATE_SERVICES = new Set(["driveway", "drive-through", "emergency_access"]);

/** Most particular first: what is said of goods vehicles up to 3.5 t outweighs what is said of all vehicles. */
const ACCESS_KEYS = ["goods", "motorcar", "motor_vehicle", "vehicle", "access"] as const;

const NO_ACCESS = new Set([
  "no",
  "private",
  "agricultural",
  "forestry",
  "emergency",
  "military",
  "official",
  "permit",
  "bus",
  "psv",
  "use_sidepath",
]);

const UNPAVED = new Set([
  "unpaved",
  "compacted",
  "dirt",
  "earth",
  "fine_gravel",
  "grass",
  "gravel",
  "ground",
  "mud",
  "pebblestone",
  "rock",
  "sand",
  "woodchips",
]);

/**
 * What an OpenStreetMap way is to a delivery van, or null when it may not or cannot drive there.
 * https://wiki.openstreetmap.org/wiki/Key:access and Key:oneway.
 */
export function vanRoad(tags: Tags): VanRoad | null {
  const roadClass = CLASSES.get(tags.highway?.split(";")[0]?.trim() ?? "");
  if (roadClass === undefined || tags.area === "yes" || !isOpen(tags)) return null;
  if (roadClass === "service" && PRIVATE_SERVICES.has(tags.service ?? "")) return null;
  const surface = surfaceOf(tags, roadClass);
  // Farm tracks: only those that are said to bear a van.
  if (roadClass === "track" && surface === "unpaved" && tags.tracktype !== "grade1" && tags.tracktype !== "grade2")
    return null;
  const oneway = onewayOf(tags);
  if (oneway === null) return null;
  return {
    roadClass,
    oneway,
    limitKph: limitOf(tags),
    surface,
    bridge: tags.bridge !== undefined && tags.bridge !== "no",
    tunnel: tags.tunnel !== undefined && tags.tunnel !== "no",
    name: (tags.name ?? tags.ref ?? "").slice(0, 200),
  };
}

function isOpen(tags: Tags): boolean {
  for (const key of ACCESS_KEYS) {
    const value = tags[key];
    if (value === undefined) continue;
    // "private; yes" on a road of which part is private: open as far as anybody can tell.
    return value.split(";").some((one) => !NO_ACCESS.has(one.trim()));
  }
  return true;
}

/** Null for a road whose direction changes with the hour: nobody could rely on it. */
function onewayOf(tags: Tags): -1 | 0 | 1 | null {
  switch (tags["oneway:motor_vehicle"] ?? tags.oneway) {
    case "yes":
    case "true":
    case "1":
      return 1;
    case "-1":
    case "reverse":
      return -1;
    case "reversible":
      return null;
    case "no":
    case "false":
    case "0":
      return 0;
    default:
      return tags.junction === "roundabout" || tags.junction === "circular" || tags.highway === "motorway" ? 1 : 0;
  }
}

function surfaceOf(tags: Tags, roadClass: VanRoad["roadClass"]): VanRoad["surface"] {
  if (tags.surface !== undefined) return UNPAVED.has(tags.surface.split(/[;:]/)[0]!.trim()) ? "unpaved" : "paved";
  return roadClass === "track" && tags.tracktype !== "grade1" ? "unpaved" : "paved";
}

/** What stands behind "PT:urban" and its like where a country differs from the most common value. */
const COUNTRY_LIMITS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    "at:rural": 100,
    "be:rural": 70,
    "ch:rural": 80,
    "de:rural": 100,
    "dk:rural": 80,
    "fi:rural": 80,
    "fr:rural": 80,
    "gb:nsl_dual": 113,
    "gb:nsl_single": 97,
    "gb:rural": 97,
    "gb:urban": 48,
    "ie:rural": 80,
    "mt:rural": 80,
    "nl:rural": 80,
    "no:rural": 80,
    "se:rural": 70,
    "uk:nsl_dual": 113,
    "uk:nsl_single": 97,
    "es:urban": 50,
    "mt:urban": 50,
  }),
);
const COMMON_LIMITS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    living_street: 20,
    urban: 50,
    rural: 90,
    trunk: 110,
    motorway: 120,
  }),
);
const KPH_PER_MPH = 1.609344;
const WALKING_KPH = 7;
/** "none": no posted limit; a van drives no faster than this anyway. */
const UNLIMITED_KPH = 130;

/** The posted limit in km/h, 0 when unknown. */
function limitOf(tags: Tags): number {
  for (const written of [tags.maxspeed, tags["maxspeed:type"], tags["source:maxspeed"], tags["zone:maxspeed"]]) {
    const limit = written === undefined ? 0 : parseLimit(written.split(";")[0]!.trim().toLowerCase());
    if (limit > 0) return limit;
  }
  return 0;
}

function parseLimit(written: string): number {
  const numeric = /^(\d{1,3}(?:\.\d+)?)\s*(mph|km\/h|kph|kmh)?$/.exec(written);
  if (numeric !== null) return Math.round(Number(numeric[1]) * (numeric[2] === "mph" ? KPH_PER_MPH : 1));
  if (written === "walk") return WALKING_KPH;
  if (written === "none") return UNLIMITED_KPH;
  const zone = /^[a-z]{2}:(?:zone:?)?(\w+)$/.exec(written);
  if (zone === null) return 0;
  if (/^\d+$/.test(zone[1]!)) return Number(zone[1]);
  return COUNTRY_LIMITS.get(written) ?? COMMON_LIMITS.get(zone[1]!) ?? 0;
}
