import { climbFrom, createClimb, downSlope, meetingOf, type Slope, upSlope } from "#server/core/geo/climb.ts";
import type { Hierarchy } from "#server/core/geo/contraction-hierarchy.ts";
import { distanceDmOf, durationDsOf, packCost, UNREACHED } from "#server/core/geo/cost.ts";
import { distanceM, longitudeShrink, M_PER_DEGREE } from "#server/core/geo/distance.ts";
import { manyToMany } from "#server/core/geo/many-to-many.ts";
import { AGAINST, ALONG } from "#server/core/geo/road-graph.ts";
import { addSeed, createSeeds, type Seeds } from "#server/core/geo/seeds.ts";
import { buildSegmentGrid, type NearestSegment, nearestSegment } from "#server/core/geo/segment-grid.ts";
import { shortestPath } from "#server/core/geo/shortest-path.ts";
import { createStandingPlan, noteKnown, noteWanted, type StandingPlan } from "#server/core/geo/standing-plan.ts";
import { type SweepPlan, sweep } from "#server/core/geo/sweep.ts";
import { HIERARCHY_ARRAYS, STOPPABLE } from "./compile-map.ts";
import { type MapFile, MapFileError, openMapFile } from "./map-file.ts";
import { PERIODS, PROFILE_VERSION, periodAt } from "./speed-profile.ts";
import { type StreetIndex, searchStreetIndex } from "./street-index.ts";
import {
  createPlaceList,
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
const JUNCTION_DM = 5;

const GRID_CELL_M = 120;

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

/** One period's hierarchy, and the plans for sweeping it. */
interface Terrain {
  readonly hierarchy: Hierarchy;
  readonly up: Slope;
  readonly down: Slope;
  /** For costs from one place to many. */
  readonly toMany: SweptLists;
  /** For costs from many places to one. */
  readonly fromMany: SweptLists;
}

interface SweptLists {
  readonly standing: StandingPlan;
  readonly approaches: WeakMap<PlaceList, Approaches>;
}

/**
 * How the places of a list are come to from the vertices of a plan: where both ends of each one's edge stand in it, and what
 * the way from there costs; {@link UNREACHED} where it cannot be driven. Worked out once for a list that is asked for again.
 */
interface Approaches {
  readonly plan: SweepPlan;
  readonly start: Int32Array;
  readonly startCost: Float64Array;
  readonly end: Int32Array;
  readonly endCost: Float64Array;
}

/**
 * Travel on the road graph of a map file, in this process. All methods are synchronous and share scratch memory, about
 * 100 bytes per junction; the map itself is shared by all who were given the same object.
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
  readonly #terrains: readonly Terrain[];
  readonly #streets: StreetIndex;
  readonly #grid: ReturnType<typeof buildSegmentGrid>;
  readonly #shrink: number;

  readonly #costs: Float64Array;
  #wanted = new Int32Array(0);
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
    this.#terrains = PERIODS.map((_, p) => terrainOf(readHierarchy(file, p)));
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
    const { vertexCount } = this.#terrains[0]!.hierarchy;
    this.#costs = new Float64Array(vertexCount);
    this.#forward = createClimb(vertexCount);
    this.#backward = createClimb(vertexCount);
  }

  snap(lng: number, lat: number): Place | null {
    nearestSegment(this.#grid, lng * this.#shrink * M_PER_DEGREE, lat * M_PER_DEGREE, MAX_SNAP_M, this.#nearest);
    const { segment, along: shareOfSegment, distance } = this.#nearest;
    if (segment < 0) return null;
    const { shapeStart, lengthDm } = this.#roads;
    const edge = edgeOfPoint(shapeStart, segment);
    let beforeM = shareOfSegment * this.#segmentM(segment);
    for (let i = shapeStart[edge]!; i < segment; i++) beforeM += this.#segmentM(i);
    // Whole decimetres, and the point exactly there: snapping the snapped point again then ends at the same one.
    const length = lengthDm[edge]!;
    const dm = Math.min(Math.round(beforeM * 10), length);
    const along = dm < JUNCTION_DM ? 0 : length - dm < JUNCTION_DM ? length : dm;
    const [lngAt, latAt] = this.#pointOn(edge, along);
    return { lng: lngAt, lat: latAt, offM: distance, edge, along };
  }

  snapAll(lngs: ArrayLike<number>, lats: ArrayLike<number>): PlaceList {
    const length = lngs.length;
    const list = createPlaceList(length);
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
    const { up, down, toMany } = this.#terrains[period]!;
    const approaches = this.#approachesOf(toMany, to, period, ALONG, AGAINST);
    this.#seedSource(from.edge, from.along, period, this.#seeds);
    sweep(toMany.standing.plan, this.#forward, this.#seeds, up, down, this.#costs);
    const { positionOf } = toMany.standing;
    for (let j = 0; j < to.length; j++) {
      const edge = to.edge[j]!;
      let cost = approaches
        ? this.#approachCost(approaches, j)
        : this.#sweptCost(positionOf, edge, to.along[j]!, period, ALONG, AGAINST, down, up);
      if (edge === from.edge) cost = Math.min(cost, this.#costOnEdge(edge, from.along, to.along[j]!, period));
      writeCost(cost, out, j);
    }
  }

  manyToOne(from: PlaceList, to: Place, period: number, out: TravelRow): void {
    const { up, down, fromMany } = this.#terrains[period]!;
    const approaches = this.#approachesOf(fromMany, from, period, AGAINST, ALONG);
    this.#seedTarget(to.edge, to.along, period, this.#seeds);
    sweep(fromMany.standing.plan, this.#forward, this.#seeds, down, up, this.#costs);
    const { positionOf } = fromMany.standing;
    for (let i = 0; i < from.length; i++) {
      const edge = from.edge[i]!;
      let cost = approaches
        ? this.#approachCost(approaches, i)
        : this.#sweptCost(positionOf, edge, from.along[i]!, period, AGAINST, ALONG, up, down);
      if (edge === to.edge) cost = Math.min(cost, this.#costOnEdge(edge, from.along[i]!, to.along, period));
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
    const path = shortestPath(
      this.#terrains[period]!.hierarchy,
      this.#seeds,
      this.#otherSeeds,
      this.#forward,
      this.#backward,
    );
    const direct = from.edge === to.edge ? this.#costOnEdge(from.edge, from.along, to.along, period) : UNREACHED;
    const shape: [number, number][] = [[from.lng, from.lat]];
    if (direct < UNREACHED && direct <= (path?.cost ?? UNREACHED)) this.#draw(from.edge, from.along, to.along, shape);
    else if (path === null) return null;
    else {
      const { lengthDm } = this.#roads;
      this.#draw(from.edge, from.along, this.#endTowards(path.source, from, period, AGAINST, ALONG), shape);
      for (const via of path.via) {
        const length = lengthDm[via >> 1]!;
        if (via & 1) this.#draw(via >> 1, length, 0, shape);
        else this.#draw(via >> 1, 0, length, shape);
      }
      this.#draw(to.edge, this.#endTowards(path.target, to, period, ALONG, AGAINST), to.along, shape);
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

  /** Notes that a list is asked for. Null when it is new, or the plan does not cover all of it. */
  #approachesOf(
    { standing, approaches }: SweptLists,
    list: PlaceList,
    period: number,
    overStart: number,
    overEnd: number,
  ): Approaches | null {
    if (!noteKnown(standing, list)) {
      this.#noteWanted(standing, list);
      return null;
    }
    let known = approaches.get(list);
    if (known?.plan !== standing.plan) {
      known = this.#approach(standing, list, period, overStart, overEnd);
      approaches.set(list, known);
    }
    return known;
  }

  #noteWanted(standing: StandingPlan, list: PlaceList): void {
    const { from, to } = this.#roads;
    if (this.#wanted.length < 2 * list.length) this.#wanted = new Int32Array(2 * list.length);
    let count = 0;
    for (let i = 0; i < list.length; i++) {
      const edge = list.edge[i]!;
      if (edge < 0) continue;
      this.#wanted[count++] = from[edge]!;
      this.#wanted[count++] = to[edge]!;
    }
    noteWanted(standing, this.#wanted, count, list);
  }

  #approach(
    { plan, positionOf }: StandingPlan,
    list: PlaceList,
    period: number,
    overStart: number,
    overEnd: number,
  ): Approaches {
    const { from, to, lengthDm } = this.#roads;
    const start = new Int32Array(list.length);
    const startCost = new Float64Array(list.length).fill(UNREACHED);
    const end = new Int32Array(list.length);
    const endCost = new Float64Array(list.length).fill(UNREACHED);
    for (let i = 0; i < list.length; i++) {
      const edge = list.edge[i]!;
      const along = list.along[i]!;
      if (edge < 0) continue;
      const before = this.#costUpTo(edge, along, period);
      if (this.#connects(edge, overStart, along, 0)) {
        start[i] = positionOf[from[edge]!]!;
        startCost[i] = before;
      }
      if (this.#connects(edge, overEnd, along, lengthDm[edge]!)) {
        end[i] = positionOf[to[edge]!]!;
        endCost[i] = this.#edgeCost(edge, period) - before;
      }
    }
    return { plan, start, startCost, end, endCost };
  }

  /** Cost of a place in the last sweep; at least {@link UNREACHED} where there is no way. */
  #approachCost({ start, startCost, end, endCost }: Approaches, i: number): number {
    const costs = this.#costs;
    return Math.min(costs[start[i]!]! + startCost[i]!, costs[end[i]!]! + endCost[i]!);
  }

  /** As #approachCost for a place of a list that is new, by way of the ends of its edge; by a climb of its own if the plan lacks them. */
  #sweptCost(
    positionOf: Int32Array,
    edge: number,
    along: number,
    period: number,
    overStart: number,
    overEnd: number,
    slope: Slope,
    counterSlope: Slope,
  ): number {
    if (edge < 0) return UNREACHED;
    const { from, to, lengthDm } = this.#roads;
    if (positionOf[from[edge]!]! < 0 || positionOf[to[edge]!]! < 0) {
      this.#seed(edge, along, period, this.#otherSeeds, overStart, overEnd);
      climbFrom(this.#backward, this.#otherSeeds, slope, counterSlope);
      return meetingOf(this.#forward, this.#backward).cost;
    }
    const before = this.#costUpTo(edge, along, period);
    let cost = UNREACHED;
    if (this.#connects(edge, overStart, along, 0)) cost = this.#costs[positionOf[from[edge]!]!]! + before;
    if (this.#connects(edge, overEnd, along, lengthDm[edge]!)) {
      const after = this.#edgeCost(edge, period) - before;
      cost = Math.min(cost, this.#costs[positionOf[to[edge]!]!]! + after);
    }
    return cost;
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
      this.#terrains[period]!.hierarchy,
      from.length,
      (i, seeds) => this.#seedSource(from.edge[i]!, from.along[i]!, period, seeds),
      to.length,
      (j, seeds) => this.#seedTarget(to.edge[j]!, to.along[j]!, period, seeds),
      this.#seeds,
      costs,
      this.#forward,
    );
  }

  #edgeCost(edge: number, period: number): number {
    return packCost(this.#roads.durationDs[period]![edge]!, this.#roads.lengthDm[edge]!);
  }

  /** Cost from the edge's start up to a place on it. Rounded once, so that the two parts of an edge add up to it. */
  #costUpTo(edge: number, along: number, period: number): number {
    const length = this.#roads.lengthDm[edge]!;
    return packCost(length === 0 ? 0 : Math.round((this.#roads.durationDs[period]![edge]! * along) / length), along);
  }

  /** Straight on from one place to another on the same edge; UNREACHED against a one-way. */
  #costOnEdge(edge: number, fromAlong: number, toAlong: number, period: number): number {
    const needed = toAlong >= fromAlong ? ALONG : AGAINST;
    if (fromAlong !== toAlong && (this.#roads.flags[edge]! & needed) === 0) return UNREACHED;
    return Math.abs(this.#costUpTo(edge, toAlong, period) - this.#costUpTo(edge, fromAlong, period));
  }

  /** Whether a place connects to an end of its edge by driving that direction; at the very end it is the junction. */
  #connects(edge: number, direction: number, along: number, end: number): boolean {
    return (this.#roads.flags[edge]! & direction) !== 0 || along === end;
  }

  // To a place one drives ALONG its edge from the start, or AGAINST it from the end; away from it the other way round.

  #seedSource(edge: number, along: number, period: number, seeds: Seeds): void {
    this.#seed(edge, along, period, seeds, AGAINST, ALONG);
  }

  #seedTarget(edge: number, along: number, period: number, seeds: Seeds): void {
    this.#seed(edge, along, period, seeds, ALONG, AGAINST);
  }

  #seed(edge: number, along: number, period: number, seeds: Seeds, overStart: number, overEnd: number): void {
    seeds.count = 0;
    if (edge < 0) return;
    const before = this.#costUpTo(edge, along, period);
    const after = this.#edgeCost(edge, period) - before;
    if (this.#connects(edge, overStart, along, 0)) addSeed(seeds, this.#roads.from[edge]!, before);
    if (this.#connects(edge, overEnd, along, this.#roads.lengthDm[edge]!)) addSeed(seeds, this.#roads.to[edge]!, after);
  }

  /**
   * Where on its edge a path between a place and `vertex` ends: at the start or at the end. On a loop both are the same
   * vertex; the path then took the nearer one.
   */
  #endTowards(vertex: number, place: Place, period: number, overStart: number, overEnd: number): number {
    const { from, to, lengthDm } = this.#roads;
    const { edge, along } = place;
    const length = lengthDm[edge]!;
    const byStart = from[edge] === vertex && this.#connects(edge, overStart, along, 0);
    const byEnd = to[edge] === vertex && this.#connects(edge, overEnd, along, length);
    const before = this.#costUpTo(edge, along, period);
    return byEnd && (!byStart || this.#edgeCost(edge, period) - before < before) ? length : 0;
  }

  /** Appends the points of an edge from one position on it to another; the first is there already. */
  #draw(edge: number, fromAlong: number, toAlong: number, shape: [number, number][]): void {
    if (fromAlong === toAlong) return;
    const { shapeStart } = this.#roads;
    const [low, high] = fromAlong < toAlong ? [fromAlong, toAlong] : [toAlong, fromAlong];
    const between: [number, number][] = [];
    let passedDm = 0;
    for (let i = shapeStart[edge]! + 1; i < shapeStart[edge + 1]! - 1; i++) {
      passedDm += this.#segmentM(i - 1) * 10;
      if (passedDm > low && passedDm < high) between.push(this.#pointAt(i));
    }
    if (toAlong < fromAlong) between.reverse();
    for (const point of between) shape.push(point);
    shape.push(this.#pointOn(edge, toAlong));
  }

  /** The point so many decimetres from the start of an edge. */
  #pointOn(edge: number, along: number): [number, number] {
    const { shapeStart, lengthDm } = this.#roads;
    const last = shapeStart[edge + 1]! - 1;
    if (along >= lengthDm[edge]!) return this.#pointAt(last);
    let restDm = along;
    for (let i = shapeStart[edge]!; i < last; i++) {
      const segmentDm = this.#segmentM(i) * 10;
      if (restDm < segmentDm) {
        const [lng, lat] = this.#pointAt(i);
        const [lngNext, latNext] = this.#pointAt(i + 1);
        const share = restDm / segmentDm;
        return [lng + share * (lngNext - lng), lat + share * (latNext - lat)];
      }
      restDm -= segmentDm;
    }
    return this.#pointAt(last);
  }

  #pointAt(i: number): [number, number] {
    return [this.#roads.shapeLng[i]! / 1e7, this.#roads.shapeLat[i]! / 1e7];
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

function terrainOf(hierarchy: Hierarchy): Terrain {
  const [up, down] = [upSlope(hierarchy), downSlope(hierarchy)];
  return { hierarchy, up, down, toMany: sweptLists(down), fromMany: sweptLists(up) };
}

function sweptLists(slope: Slope): SweptLists {
  return { standing: createStandingPlan(slope), approaches: new WeakMap() };
}

/** A plane in metres, its longitudes shrunk as in the middle of the map: exact enough to tell the nearest road. */
function gridOf({ shapeStart, shapeLng, shapeLat, flags }: Roads, shrink: number) {
  const pointCount = shapeLng.length;
  const x = new Float64Array(pointCount);
  const y = new Float64Array(pointCount);
  for (let i = 0; i < pointCount; i++) {
    x[i] = (shapeLng[i]! / 1e7) * shrink * M_PER_DEGREE;
    y[i] = (shapeLat[i]! / 1e7) * M_PER_DEGREE;
  }
  const segments = new Int32Array(pointCount);
  let count = 0;
  for (let e = 0; e < flags.length; e++)
    if (flags[e]! & STOPPABLE) for (let i = shapeStart[e]!; i < shapeStart[e + 1]! - 1; i++) segments[count++] = i;
  return buildSegmentGrid(x, y, segments.subarray(0, count), GRID_CELL_M);
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

function writeCost(cost: number, out: TravelRow, at: number): void {
  out.durationSec[at] = cost >= UNREACHED ? UNREACHABLE_SEC : Math.round(durationDsOf(cost) / 10);
  out.distanceM[at] = cost >= UNREACHED ? 0 : Math.round(distanceDmOf(cost) / 10);
}
