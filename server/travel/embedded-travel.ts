import { createMinHeap } from "#server/core/collections/min-heap.ts";
import { createClimb } from "#server/core/geo/climb.ts";
import type { Hierarchy } from "#server/core/geo/contraction-hierarchy.ts";
import { distanceDmOf, durationDsOf, packCost, UNREACHED } from "#server/core/geo/cost.ts";
import { distanceM, longitudeShrink, M_PER_DEGREE } from "#server/core/geo/distance.ts";
import { manyToMany } from "#server/core/geo/many-to-many.ts";
import { AGAINST, ALONG } from "#server/core/geo/road-graph.ts";
import { addSeed, createSeeds, type Seeds } from "#server/core/geo/seeds.ts";
import { buildSegmentGrid, type NearestSegment, nearestSegment } from "#server/core/geo/segment-grid.ts";
import { shortestPath } from "#server/core/geo/shortest-path.ts";
import { sweepFrom, sweepTo } from "#server/core/geo/sweep.ts";
import { HIERARCHY_ARRAYS, STOPPABLE } from "./compile-map.ts";
import { type MapFile, MapFileError, openMapFile } from "./map-file.ts";
import { PERIODS, PROFILE_VERSION, periodAt } from "./speed-profile.ts";
import { type StreetIndex, searchStreetIndex } from "./street-index.ts";
import {
  type Leg,
  MAX_SNAP_M,
  type Place,
  type PlaceList,
  type Street,
  type Travel,
  type TravelMatrix,
  type TravelRow,
  UNREACHABLE_SEC,
} from "./travel.ts";

/** Nearer than this to an end of its road, a place is that junction: nobody can tell on which side of it it lies. */
const JUNCTION_M = 0.5;

const GRID_CELL_M = 120;

/** Up to so many targets, climbing from each is faster than sweeping over the whole network. */
const FEW_TARGETS = 6;

interface Roads {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly flags: Uint8Array;
  readonly lengthDm: Int32Array;
  /** Per period. */
  readonly durationDs: readonly Int32Array[];
  readonly shapeStart: Int32Array;
  readonly shapeLng: Int32Array;
  readonly shapeLat: Int32Array;
}

/**
 * Travel on the road graph of a map file, in this process. All methods are synchronous and share scratch memory, some
 * 30 bytes per junction; the map itself is shared by all who were given the same object.
 * Throws {@link MapFileError}.
 */
export function openTravel(path: string): Travel {
  const file = openMapFile(path, ["graph.", "ch.", "names."]);
  file.close();
  const [profileVersion, periodCount] = file.array("graph.meta", "i32");
  if (profileVersion !== PROFILE_VERSION || periodCount !== PERIODS.length)
    throw new MapFileError(
      "older-format",
      `${path} was made with other road speeds than this Kept's: make the map again.`,
    );
  return new EmbeddedTravel(file);
}

class EmbeddedTravel implements Travel {
  readonly version: string;
  readonly name: string;
  readonly attribution: string;
  readonly bbox: readonly [number, number, number, number];
  readonly periodCount = PERIODS.length;
  readonly periodAt = periodAt;

  readonly #roads: Roads;
  readonly #hierarchies: readonly Hierarchy[];
  readonly #streets: StreetIndex;
  readonly #grid: ReturnType<typeof buildSegmentGrid>;
  readonly #shrink: number;

  readonly #costs: Float64Array;
  readonly #heap = createMinHeap();
  readonly #seeds = createSeeds();
  readonly #otherSeeds = createSeeds();
  readonly #forward: ReturnType<typeof createClimb>;
  readonly #backward: ReturnType<typeof createClimb>;
  readonly #nearest: NearestSegment = { segment: -1, along: 0, distance: 0 };

  constructor(file: MapFile) {
    this.version = file.version;
    this.name = file.header.name;
    this.attribution = file.header.attribution;
    this.bbox = file.header.bbox;
    this.#roads = {
      from: file.array("graph.from", "i32"),
      to: file.array("graph.to", "i32"),
      flags: file.array("graph.flags", "u8"),
      lengthDm: file.array("graph.lengthDm", "i32"),
      durationDs: PERIODS.map((_, p) => file.array(`graph.durationDs.${p}`, "i32")),
      shapeStart: file.array("graph.shapeStart", "i32"),
      shapeLng: file.array("graph.shapeLng", "i32"),
      shapeLat: file.array("graph.shapeLat", "i32"),
    };
    this.#hierarchies = PERIODS.map((_, p) => readHierarchy(file, p));
    this.#streets = {
      display: file.array("names.display", "u8"),
      displayStart: file.array("names.displayStart", "u32"),
      at: file.array("names.at", "i32"),
      folded: file.array("names.folded", "u8"),
      foldedStart: file.array("names.foldedStart", "u32"),
      words: file.array("names.words", "u32"),
    };
    this.#shrink = longitudeShrink((this.bbox[1] + this.bbox[3]) / 2);
    this.#grid = gridOf(this.#roads, this.#shrink);
    const { vertexCount } = this.#hierarchies[0]!;
    this.#costs = new Float64Array(vertexCount);
    this.#forward = createClimb(vertexCount);
    this.#backward = createClimb(vertexCount);
  }

  snap(lng: number, lat: number): Place | null {
    nearestSegment(this.#grid, lng * this.#shrink * M_PER_DEGREE, lat * M_PER_DEGREE, MAX_SNAP_M, this.#nearest);
    const { segment, along: alongSegment, distance } = this.#nearest;
    if (segment < 0) return null;
    const { shapeStart, shapeLng, shapeLat } = this.#roads;
    const edge = edgeOfPoint(shapeStart, segment);
    let before = 0;
    let total = 0;
    for (let i = shapeStart[edge]!; i < shapeStart[edge + 1]! - 1; i++) {
      const length = this.#segmentM(i);
      if (i < segment) before += length;
      else if (i === segment) before += length * alongSegment;
      total += length;
    }
    const lngAt = (shapeLng[segment]! + alongSegment * (shapeLng[segment + 1]! - shapeLng[segment]!)) / 1e7;
    const latAt = (shapeLat[segment]! + alongSegment * (shapeLat[segment + 1]! - shapeLat[segment]!)) / 1e7;
    const along = before < JUNCTION_M ? 0 : total - before < JUNCTION_M ? 1 : before / total;
    return { lng: lngAt, lat: latAt, offM: distance, edge, along };
  }

  snapAll(lngs: ArrayLike<number>, lats: ArrayLike<number>): PlaceList {
    const length = lngs.length;
    const list = {
      length,
      lng: new Float64Array(length),
      lat: new Float64Array(length),
      edge: new Int32Array(length),
      along: new Float64Array(length),
    };
    for (let i = 0; i < length; i++) {
      const place = this.snap(lngs[i]!, lats[i]!);
      list.lng[i] = place?.lng ?? lngs[i]!;
      list.lat[i] = place?.lat ?? lats[i]!;
      list.edge[i] = place?.edge ?? -1;
      list.along[i] = place?.along ?? 0;
    }
    return list;
  }

  oneToMany(from: Place, to: PlaceList, period: number, out: TravelRow): void {
    if (to.length <= FEW_TARGETS) {
      const costs = new Float64Array(to.length);
      this.#fillCosts(listOf(from), to, period, costs);
      for (let j = 0; j < to.length; j++) writeCost(costs[j]!, out, j);
      return;
    }
    const { from: tails, to: heads } = this.#roads;
    this.#seedSource(from.edge, from.along, period, this.#seeds);
    sweepFrom(this.#hierarchies[period]!, this.#seeds, this.#costs, this.#heap);
    for (let j = 0; j < to.length; j++) {
      const edge = to.edge[j]!;
      let cost = UNREACHED;
      if (edge >= 0) {
        const along = to.along[j]!;
        const before = this.#costUpTo(edge, along, period);
        const after = this.#costUpTo(edge, 1, period) - before;
        if (this.#mayUse(edge, ALONG, along, 0)) cost = this.#costs[tails[edge]!]! + before;
        if (this.#mayUse(edge, AGAINST, along, 1)) cost = Math.min(cost, this.#costs[heads[edge]!]! + after);
        if (edge === from.edge) cost = Math.min(cost, this.#costOnEdge(edge, from.along, along, period));
      }
      writeCost(cost, out, j);
    }
  }

  manyToOne(from: PlaceList, to: Place, period: number, out: TravelRow): void {
    if (from.length <= FEW_TARGETS) {
      const costs = new Float64Array(from.length);
      this.#fillCosts(from, listOf(to), period, costs);
      for (let i = 0; i < from.length; i++) writeCost(costs[i]!, out, i);
      return;
    }
    const { from: tails, to: heads } = this.#roads;
    this.#seedTarget(to.edge, to.along, period, this.#seeds);
    sweepTo(this.#hierarchies[period]!, this.#seeds, this.#costs, this.#heap);
    for (let i = 0; i < from.length; i++) {
      const edge = from.edge[i]!;
      let cost = UNREACHED;
      if (edge >= 0) {
        const along = from.along[i]!;
        const before = this.#costUpTo(edge, along, period);
        const after = this.#costUpTo(edge, 1, period) - before;
        if (this.#mayUse(edge, ALONG, along, 1)) cost = after + this.#costs[heads[edge]!]!;
        if (this.#mayUse(edge, AGAINST, along, 0)) cost = Math.min(cost, before + this.#costs[tails[edge]!]!);
        if (edge === to.edge) cost = Math.min(cost, this.#costOnEdge(edge, along, to.along, period));
      }
      writeCost(cost, out, i);
    }
  }

  manyToMany(from: PlaceList, to: PlaceList, period: number): TravelMatrix {
    const size = from.length * to.length;
    const costs = new Float64Array(size);
    this.#fillCosts(from, to, period, costs);
    const matrix = {
      rowCount: from.length,
      columnCount: to.length,
      durationSec: new Int32Array(size),
      distanceM: new Int32Array(size),
    };
    for (let k = 0; k < size; k++) writeCost(costs[k]!, matrix, k);
    return matrix;
  }

  leg(from: Place, to: Place, period: number): Leg | null {
    this.#seedSource(from.edge, from.along, period, this.#seeds);
    this.#seedTarget(to.edge, to.along, period, this.#otherSeeds);
    const path = shortestPath(this.#hierarchies[period]!, this.#seeds, this.#otherSeeds, this.#forward, this.#backward);
    const direct = from.edge === to.edge ? this.#costOnEdge(from.edge, from.along, to.along, period) : UNREACHED;
    const shape: [number, number][] = [[from.lng, from.lat]];
    if (direct < UNREACHED && direct <= (path?.cost ?? UNREACHED)) this.#draw(from.edge, from.along, to.along, shape);
    else if (path === null) return null;
    else {
      this.#draw(from.edge, from.along, this.#sourceEnd(from, path.source, period), shape);
      for (const via of path.via) this.#draw(via >> 1, via & 1, 1 - (via & 1), shape);
      this.#draw(to.edge, this.#targetEnd(to, path.target, period), to.along, shape);
    }
    if (shape.length === 1) shape.push([to.lng, to.lat]);
    const cost = Math.min(direct, path?.cost ?? UNREACHED);
    const row = { durationSec: new Int32Array(1), distanceM: new Int32Array(1) };
    writeCost(cost, row, 0);
    return { durationSec: row.durationSec[0]!, distanceM: row.distanceM[0]!, shape };
  }

  searchStreets(query: string, limit: number): Street[] {
    return searchStreetIndex(this.#streets, query, limit);
  }

  /** Costs from each place to each, row by row. */
  #fillCosts(from: PlaceList, to: PlaceList, period: number, costs: Float64Array): void {
    costs.fill(UNREACHED);
    const targetsOnEdge = new Map<number, number[]>();
    for (let j = 0; j < to.length; j++) {
      const there = targetsOnEdge.get(to.edge[j]!);
      if (there === undefined) targetsOnEdge.set(to.edge[j]!, [j]);
      else there.push(j);
    }
    for (let i = 0; i < from.length; i++) {
      const edge = from.edge[i]!;
      if (edge < 0) continue;
      for (const j of targetsOnEdge.get(edge) ?? [])
        costs[i * to.length + j] = this.#costOnEdge(edge, from.along[i]!, to.along[j]!, period);
    }
    manyToMany(
      this.#hierarchies[period]!,
      from.length,
      (i, seeds) => this.#seedSource(from.edge[i]!, from.along[i]!, period, seeds),
      to.length,
      (j, seeds) => this.#seedTarget(to.edge[j]!, to.along[j]!, period, seeds),
      this.#seeds,
      costs,
      this.#forward,
    );
  }

  /** Cost from the edge's start up to a place on it. Rounded once, so that the two parts of an edge add up to it. */
  #costUpTo(edge: number, along: number, period: number): number {
    const { durationDs, lengthDm } = this.#roads;
    return packCost(Math.round(durationDs[period]![edge]! * along), Math.round(lengthDm[edge]! * along));
  }

  /** Straight on from one place to another on the same edge; UNREACHED against a one-way. */
  #costOnEdge(edge: number, fromAlong: number, toAlong: number, period: number): number {
    const needed = toAlong >= fromAlong ? ALONG : AGAINST;
    if (fromAlong !== toAlong && (this.#roads.flags[edge]! & needed) === 0) return UNREACHED;
    return Math.abs(this.#costUpTo(edge, toAlong, period) - this.#costUpTo(edge, fromAlong, period));
  }

  /** Whether a place connects to an end of its edge by driving that direction; at the very end it is the junction. */
  #mayUse(edge: number, direction: number, along: number, end: 0 | 1): boolean {
    return (this.#roads.flags[edge]! & direction) !== 0 || along === end;
  }

  #seedSource(edge: number, along: number, period: number, seeds: Seeds): void {
    seeds.count = 0;
    if (edge < 0) return;
    const before = this.#costUpTo(edge, along, period);
    if (this.#mayUse(edge, ALONG, along, 1))
      addSeed(seeds, this.#roads.to[edge]!, this.#costUpTo(edge, 1, period) - before);
    if (this.#mayUse(edge, AGAINST, along, 0)) addSeed(seeds, this.#roads.from[edge]!, before);
  }

  #seedTarget(edge: number, along: number, period: number, seeds: Seeds): void {
    seeds.count = 0;
    if (edge < 0) return;
    const before = this.#costUpTo(edge, along, period);
    if (this.#mayUse(edge, ALONG, along, 0)) addSeed(seeds, this.#roads.from[edge]!, before);
    if (this.#mayUse(edge, AGAINST, along, 1))
      addSeed(seeds, this.#roads.to[edge]!, this.#costUpTo(edge, 1, period) - before);
  }

  /** By which end of its edge a path from this place leaves for `vertex`: on a loop both ends are the same vertex. */
  #sourceEnd(place: Place, vertex: number, period: number): 0 | 1 {
    const { from, to } = this.#roads;
    const byEnd = to[place.edge] === vertex && this.#mayUse(place.edge, ALONG, place.along, 1);
    const byStart = from[place.edge] === vertex && this.#mayUse(place.edge, AGAINST, place.along, 0);
    return byEnd && (!byStart || this.#endIsNearer(place, period)) ? 1 : 0;
  }

  #targetEnd(place: Place, vertex: number, period: number): 0 | 1 {
    const { from, to } = this.#roads;
    const byEnd = to[place.edge] === vertex && this.#mayUse(place.edge, AGAINST, place.along, 1);
    const byStart = from[place.edge] === vertex && this.#mayUse(place.edge, ALONG, place.along, 0);
    return byEnd && (!byStart || this.#endIsNearer(place, period)) ? 1 : 0;
  }

  #endIsNearer(place: Place, period: number): boolean {
    const before = this.#costUpTo(place.edge, place.along, period);
    return this.#costUpTo(place.edge, 1, period) - before < before;
  }

  /** Appends the points of an edge from one place on it to another; the first is there already. */
  #draw(edge: number, fromAlong: number, toAlong: number, shape: [number, number][]): void {
    if (fromAlong === toAlong) return;
    const { shapeStart, shapeLng, shapeLat } = this.#roads;
    const first = shapeStart[edge]!;
    const last = shapeStart[edge + 1]! - 1;
    let totalM = 0;
    for (let i = first; i < last; i++) totalM += this.#segmentM(i);
    const low = Math.min(fromAlong, toAlong) * totalM;
    const high = Math.max(fromAlong, toAlong) * totalM;
    const drawn: [number, number][] = [];
    const pointAt = (segment: number, share: number): [number, number] => [
      (shapeLng[segment]! + share * (shapeLng[segment + 1]! - shapeLng[segment]!)) / 1e7,
      (shapeLat[segment]! + share * (shapeLat[segment + 1]! - shapeLat[segment]!)) / 1e7,
    ];
    let passedM = 0;
    for (let i = first; i < last; i++) {
      const lengthM = this.#segmentM(i);
      const enter = Math.max(low - passedM, 0);
      const leave = Math.min(high - passedM, lengthM);
      if (enter <= leave && lengthM > 0) {
        if (drawn.length === 0) drawn.push(pointAt(i, enter / lengthM));
        drawn.push(pointAt(i, leave / lengthM));
      }
      passedM += lengthM;
    }
    if (toAlong < fromAlong) drawn.reverse();
    for (let i = 1; i < drawn.length; i++) shape.push(drawn[i]!);
  }

  #segmentM(i: number): number {
    const { shapeLng, shapeLat } = this.#roads;
    return distanceM(shapeLng[i]! / 1e7, shapeLat[i]! / 1e7, shapeLng[i + 1]! / 1e7, shapeLat[i + 1]! / 1e7);
  }
}

function readHierarchy(file: MapFile, period: number): Hierarchy {
  const read = (name: (typeof HIERARCHY_ARRAYS)[number]) =>
    name === "upCost" || name === "downCost"
      ? file.array(`ch.${period}.${name}`, "f64")
      : file.array(`ch.${period}.${name}`, "i32");
  const arrays = Object.fromEntries(HIERARCHY_ARRAYS.map((name) => [name, read(name)])) as unknown as Hierarchy;
  return { ...arrays, vertexCount: arrays.upStart.length - 1 };
}

/** A plane in metres, its longitudes shrunk as in the middle of the map: exact enough to tell the nearest road. */
function gridOf({ shapeStart, shapeLng, shapeLat, flags }: Roads, shrink: number) {
  const x = Float64Array.from(shapeLng, (e7) => (e7 / 1e7) * shrink * M_PER_DEGREE);
  const y = Float64Array.from(shapeLat, (e7) => (e7 / 1e7) * M_PER_DEGREE);
  const segments: number[] = [];
  for (let e = 0; e < flags.length; e++)
    if (flags[e]! & STOPPABLE) for (let i = shapeStart[e]!; i < shapeStart[e + 1]! - 1; i++) segments.push(i);
  return buildSegmentGrid(x, y, Int32Array.from(segments), GRID_CELL_M);
}

function edgeOfPoint(shapeStart: Int32Array, point: number): number {
  let low = 0;
  let high = shapeStart.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (shapeStart[middle]! <= point) low = middle;
    else high = middle;
  }
  return low;
}

function listOf(place: Place): PlaceList {
  return {
    length: 1,
    lng: Float64Array.of(place.lng),
    lat: Float64Array.of(place.lat),
    edge: Int32Array.of(place.edge),
    along: Float64Array.of(place.along),
  };
}

function writeCost(cost: number, out: TravelRow, at: number): void {
  out.durationSec[at] = cost === UNREACHED ? UNREACHABLE_SEC : Math.round(durationDsOf(cost) / 10);
  out.distanceM[at] = cost === UNREACHED ? 0 : Math.round(distanceDmOf(cost) / 10);
}
