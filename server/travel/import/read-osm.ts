import { basename } from "node:path";
import { isInRing } from "#server/core/geo/area.ts";
import type { MapSource, SourceArea, SourcePlace, SourceWay } from "../map-source.ts";
import { kindsIn, OsmFileError, openOsmFile, readBlock, type Tags } from "./osm-file.ts";
import { joinLines, type Line, signedArea } from "./rings.ts";
import { seaAreas } from "./sea.ts";
import { type VanRoad, vanRoad } from "./van-road.ts";

const ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0";

export interface OsmImport {
  readonly source: MapSource;
  /** The extract's file name, for the map's header. */
  readonly createdFrom: string;
  /** West, south, east, north in degrees, as the extract says or as its roads reach. */
  readonly bbox: readonly [number, number, number, number];
  /** Areas that the extract holds only in part and that are therefore left out. */
  readonly brokenAreas: number;
}

/**
 * Reads an OpenStreetMap extract: the roads a delivery van may use, water, sea, green and built-up areas, places.
 *
 * Elements refer to others that stand before them in the file, so it is read three times: relations say which ways
 * they need, ways which points, and only those points are kept. Memory follows what is kept, not the file.
 * `onProgress` is called with 0 … 1. Throws {@link OsmFileError}.
 */
export function readOsm(path: string, onProgress: (fraction: number) => void = () => {}): OsmImport {
  const file = openOsmFile(path);
  try {
    let done = 0;
    let total = file.blocks.length * 3;
    const step = () => onProgress(Math.min(1, ++done / Math.max(total, 1)));

    const areas: RelationArea[] = [];
    const withWays: (typeof file.blocks)[number][] = [];
    const withNodes: (typeof file.blocks)[number][] = [];
    for (const block of file.blocks) {
      file.decodeBlock(block, (content) => {
        const kinds = kindsIn(content);
        if (kinds.nodes) withNodes.push(block);
        if (kinds.ways) withWays.push(block);
        if (kinds.relations) readBlock(content, { relation: (members, tags) => noteRelation(areas, members, tags) });
      });
      step();
    }
    total = done + withWays.length + withNodes.length;

    const ways = new WayCollector(areas);
    for (const block of withWays) {
      file.decodeBlock(block, (content) => readBlock(content, { way: (refs, tags, id) => ways.note(refs, tags, id) }));
      step();
    }
    if (ways.roads.length === 0) throw new OsmFileError("no-roads", `${path} holds no road that a van may use.`);

    const points = new PointTable(ways.neededPoints());
    const places: SourcePlace[] = [];
    for (const block of withNodes) {
      file.decodeBlock(block, (content) =>
        readBlock(content, {
          node: (id, lng, lat, tags) => {
            points.note(id, lng, lat);
            if (tags !== null) notePlace(places, tags, lng, lat);
          },
        }),
      );
      step();
    }
    return assemble(path, file.bbox, ways, areas, points, places);
  } finally {
    file.close();
  }
}

type AreaKind = SourceArea["kind"];

interface RelationArea {
  readonly kind: AreaKind;
  readonly name: string;
  readonly outer: number[];
  readonly inner: number[];
}

function noteRelation(
  areas: RelationArea[],
  members: readonly { type: string; id: number; role: string }[],
  tags: Tags,
): void {
  const kind = areaKind(tags);
  if (tags.type !== "multipolygon" || kind === null) return;
  const ways = members.filter((member) => member.type === "way");
  areas.push({
    kind,
    name: tags.name ?? "",
    outer: ways.filter((way) => way.role !== "inner").map((way) => way.id),
    inner: ways.filter((way) => way.role === "inner").map((way) => way.id),
  });
}

const AREA_KINDS: ReadonlyMap<string, AreaKind> = new Map([
  ["natural=water", "water"],
  ["waterway=riverbank", "water"],
  ["waterway=dock", "water"],
  ["landuse=reservoir", "water"],
  ["landuse=basin", "water"],
  ["natural=wood", "park"],
  ["natural=scrub", "park"],
  ["natural=grassland", "park"],
  ["natural=heath", "park"],
  ["leisure=park", "park"],
  ["leisure=nature_reserve", "park"],
  ["leisure=golf_course", "park"],
  ["leisure=garden", "park"],
  ["landuse=forest", "park"],
  ["landuse=grass", "park"],
  ["landuse=meadow", "park"],
  ["landuse=recreation_ground", "park"],
  ["landuse=village_green", "park"],
  ["landuse=cemetery", "park"],
  ["landuse=residential", "built"],
  ["landuse=commercial", "built"],
  ["landuse=retail", "built"],
  ["landuse=industrial", "built"],
]);
const AREA_KEYS = ["natural", "waterway", "leisure", "landuse"] as const;

function areaKind(tags: Tags): AreaKind | null {
  for (const key of AREA_KEYS) {
    const kind = AREA_KINDS.get(`${key}=${tags[key]}`);
    if (kind !== undefined) return kind;
  }
  return null;
}

const PLACE_KINDS: ReadonlyMap<string, SourcePlace["kind"]> = new Map([
  ["city", "city"],
  ["town", "town"],
  ["borough", "suburb"],
  ["suburb", "suburb"],
  ["quarter", "suburb"],
  ["village", "village"],
  ["hamlet", "village"],
]);

function notePlace(places: SourcePlace[], tags: Tags, lng: number, lat: number): void {
  const kind = PLACE_KINDS.get(tags.place ?? "");
  if (kind !== undefined && tags.name) places.push({ kind, name: tags.name, lng, lat });
}

/** Keeps what is a road, an area's border or a coast, with the ids of the points it leads over. */
class WayCollector {
  readonly roads: { readonly road: VanRoad; readonly refs: Line }[] = [];
  readonly areas: { readonly kind: AreaKind; readonly name: string; readonly refs: Line }[] = [];
  readonly coasts: Line[] = [];
  /** Ways that relations are made of. */
  readonly members = new Map<number, Line | null>();

  constructor(relations: readonly RelationArea[]) {
    for (const { outer, inner } of relations) for (const id of [...outer, ...inner]) this.members.set(id, null);
  }

  note(refs: readonly number[], tags: Tags, id: number): void {
    if (this.members.has(id)) this.members.set(id, refs);
    if (tags.natural === "coastline") this.coasts.push(refs);
    const road = tags.highway === undefined ? null : vanRoad(tags);
    if (road !== null) this.roads.push({ road, refs });
    const kind = areaKind(tags);
    if (kind !== null && refs.length > 3 && refs[0] === refs.at(-1))
      this.areas.push({ kind, name: tags.name ?? "", refs });
  }

  neededPoints(): Float64Array {
    const lines = [
      ...this.roads.map(({ refs }) => refs),
      ...this.areas.map(({ refs }) => refs),
      ...this.coasts,
      ...[...this.members.values()].filter((refs) => refs !== null),
    ];
    const ids = new Float64Array(lines.reduce((sum, refs) => sum + refs.length, 0));
    let at = 0;
    for (const refs of lines) for (const ref of refs) ids[at++] = ref;
    ids.sort();
    let unique = 0;
    for (let i = 0; i < ids.length; i++) if (i === 0 || ids[i] !== ids[i - 1]) ids[unique++] = ids[i]!;
    return ids.slice(0, unique);
  }
}

/** Coordinates of the points that are needed, found by id. */
class PointTable {
  readonly ids: Float64Array;
  readonly lng: Float64Array;
  readonly lat: Float64Array;
  /** Where the last id was found: files list their points by rising id, so the next one is mostly beside it. */
  #last = 0;

  constructor(ids: Float64Array) {
    this.ids = ids;
    this.lng = new Float64Array(ids.length).fill(Number.NaN);
    this.lat = new Float64Array(ids.length).fill(Number.NaN);
  }

  note(id: number, lng: number, lat: number): void {
    const index = this.indexOf(id);
    if (index < 0) return;
    this.lng[index] = lng;
    this.lat[index] = lat;
  }

  /** −1 when the point is not needed. */
  indexOf(id: number): number {
    const { ids } = this;
    let low = 0;
    let high = ids.length;
    if (ids[this.#last]! <= id) {
      low = this.#last;
      if (ids[low + 1]! > id) high = low + 1;
    }
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (ids[middle]! <= id) low = middle;
      else high = middle;
    }
    this.#last = low;
    return ids[low] === id ? low : -1;
  }

  has(index: number): boolean {
    return index >= 0 && !Number.isNaN(this.lng[index]!);
  }

  /** Flattened [lng, lat] pairs, or null when a point is missing from the extract. */
  outline(refs: Line): Float64Array | null {
    const ring = new Float64Array(refs.length * 2);
    for (let i = 0; i < refs.length; i++) {
      const index = this.indexOf(refs[i]!);
      if (!this.has(index)) return null;
      ring[2 * i] = this.lng[index]!;
      ring[2 * i + 1] = this.lat[index]!;
    }
    return ring;
  }
}

function assemble(
  path: string,
  statedBbox: readonly [number, number, number, number] | null,
  ways: WayCollector,
  relations: readonly RelationArea[],
  points: PointTable,
  places: SourcePlace[],
): OsmImport {
  const { lng, lat, sourceWays } = placeRoads(ways.roads, points);
  if (sourceWays.length === 0) throw new OsmFileError("no-roads", `${path} holds no road whose points it holds too.`);
  const bbox = statedBbox ?? reachOf(lng, lat);

  const areas: SourceArea[] = [];
  let brokenAreas = 0;
  for (const { kind, name, refs } of ways.areas) {
    const ring = points.outline(refs);
    if (ring === null) brokenAreas++;
    else areas.push({ kind, name, rings: [ring] });
  }
  for (const relation of relations) {
    const outer = closedRings(relation.outer, ways.members, points);
    const inner = closedRings(relation.inner, ways.members, points);
    if (!outer.complete || !inner.complete) brokenAreas++;
    for (const outside of outer.rings)
      areas.push({
        kind: relation.kind,
        name: relation.name,
        rings: [outside, ...inner.rings.filter((hole) => isInRing(outside, hole[0]!, hole[1]!))],
      });
  }
  const coasts = joinLines(ways.coasts, true);
  const outlines = (lines: readonly Line[]) =>
    lines.map((line) => points.outline(line)).filter((line) => line !== null);
  for (const rings of seaAreas(outlines(coasts.closed), outlines(coasts.open), bbox))
    areas.push({ kind: "water", name: "", rings });
  // Large areas first, so that a pond in a park is drawn over it and not under.
  areas.sort((a, b) => Math.abs(signedArea(b.rings[0]!)) - Math.abs(signedArea(a.rings[0]!)));

  return {
    source: {
      name: nameOf(path),
      attribution: ATTRIBUTION,
      lng,
      lat,
      ways: sourceWays,
      areas,
      places,
    },
    createdFrom: basename(path),
    bbox,
    brokenAreas,
  };
}

/** Roads over their own points only; a road that leads over points the extract does not hold falls into pieces. */
function placeRoads(roads: WayCollector["roads"], points: PointTable) {
  const number = new Int32Array(points.ids.length).fill(-1);
  const lng: number[] = [];
  const lat: number[] = [];
  const sourceWays: SourceWay[] = [];
  for (const { road, refs } of roads) {
    let run: number[] = [];
    const close = () => {
      if (run.length > 1) sourceWays.push({ ...road, points: Int32Array.from(run) });
      run = [];
    };
    for (const ref of refs) {
      const index = points.indexOf(ref);
      if (!points.has(index)) {
        close();
        continue;
      }
      if (number[index]! < 0) {
        number[index] = lng.push(points.lng[index]!) - 1;
        lat.push(points.lat[index]!);
      }
      if (run.at(-1) !== number[index]) run.push(number[index]!);
    }
    close();
  }
  return { lng: Float64Array.from(lng), lat: Float64Array.from(lat), sourceWays };
}

function closedRings(ids: readonly number[], members: ReadonlyMap<number, Line | null>, points: PointTable) {
  const lines = ids.map((id) => members.get(id) ?? null);
  const { closed, open } = joinLines(
    lines.filter((line) => line !== null),
    false,
  );
  const rings = closed.map((ring) => points.outline(ring)).filter((ring) => ring !== null);
  return { rings, complete: open.length === 0 && rings.length === closed.length && !lines.includes(null) };
}

function reachOf(lng: Float64Array, lat: Float64Array): readonly [number, number, number, number] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < lng.length; i++) {
    west = Math.min(west, lng[i]!);
    east = Math.max(east, lng[i]!);
    south = Math.min(south, lat[i]!);
    north = Math.max(north, lat[i]!);
  }
  return [west, south, east, north];
}

/** "porto-latest.osm.pbf" → "Porto". */
function nameOf(path: string): string {
  const stem = basename(path)
    .replace(/\.osm\.pbf$|\.pbf$/i, "")
    .replace(/[-_]latest$/i, "")
    .replace(/[-_]+/g, " ")
    .trim();
  return stem.replace(/(^|\s)\p{Ll}/gu, (letter) => letter.toUpperCase()) || "Map";
}
