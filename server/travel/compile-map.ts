import {
  type Arcs,
  buildHierarchy,
  type Hierarchy,
  orderByBranch,
  orderByImportance,
} from "#server/core/geo/contraction-hierarchy.ts";
import { packCost } from "#server/core/geo/cost.ts";
import { distanceM } from "#server/core/geo/distance.ts";
import { AGAINST, ALONG, buildRoadGraph, type RoadGraph, type Ways } from "#server/core/geo/road-graph.ts";
import { listStreets } from "./list-streets.ts";
import type { MapHeader, Sections } from "./map-file.ts";
import type { MapSource, SourceWay } from "./map-source.ts";
import { PERIODS, type Period, PROFILE_VERSION, travelTimeDs } from "./speed-profile.ts";
import { buildStreetIndex, streetSections } from "./street-index.ts";

/*
 * The road graph in the map file. Vertices are numbered as the hierarchies need; shapes are in 10⁻⁷ degrees.
 *
 *   graph.meta           [version of the speed profile, number of periods]
 *   graph.from, .to      vertices of each edge
 *   graph.flags          ALONG | AGAINST | STOPPABLE of each edge
 *   graph.lengthDm       of each edge
 *   graph.durationDs.P   of each edge in period P
 *   graph.shapeStart, .shapeLng, .shapeLat
 *   ch.P.…               the hierarchy of period P; an arc is remembered as 2 × edge, + 1 when driven AGAINST it
 */

/** A van may stop there: no motorway, bridge or tunnel. Follows ALONG and AGAINST in the flags of an edge. */
export const STOPPABLE = 4;

/** The period whose traffic decides the order of contraction for all: they differ too little for orders of their own. */
const ORDERING_PERIOD: Period = "midday";

export interface CompiledMap {
  readonly header: MapHeader;
  readonly sections: Sections;
}

/** A source without any road on which one could go and come back. */
export class EmptyMapError extends Error {
  override readonly name = "EmptyMapError";
}

/**
 * Compiles roads and street names to what a map file holds; tiles are added by their own builder.
 * The same source always gives the same bytes. `onProgress` is called with 0 … 1.
 */
export function compileMap(
  source: MapSource,
  createdFrom: string,
  onProgress: (fraction: number) => void = () => {},
): CompiledMap {
  const { graph, wayOfKind, order } = renumber(source, layRoads(source));
  if (graph.edgeCount === 0)
    throw new EmptyMapError(`${createdFrom} has no road on which a van could go and come back.`);
  onProgress(0.4);
  const lengthDm = edgeLengthsDm(source, graph);
  const flags = Uint8Array.from(graph.direction, (direction, e) => {
    const way = wayOfKind[graph.kind[e]!]!;
    return way.roadClass === "motorway" || way.bridge || way.tunnel ? direction : direction | STOPPABLE;
  });
  const sections: Record<string, Sections[string]> = {
    "graph.meta": Int32Array.of(PROFILE_VERSION, PERIODS.length),
    "graph.from": graph.from,
    "graph.to": graph.to,
    "graph.flags": flags,
    "graph.lengthDm": lengthDm,
    "graph.shapeStart": graph.shapeStart,
    "graph.shapeLng": Int32Array.from(graph.shape, (point) => Math.round(source.lng[point]! * 1e7)),
    "graph.shapeLat": Int32Array.from(graph.shape, (point) => Math.round(source.lat[point]! * 1e7)),
  };
  let arcCount = 0;
  PERIODS.forEach((period, p) => {
    const durationDs = edgeDurationsDs(graph, wayOfKind, lengthDm, period);
    sections[`graph.durationDs.${p}`] = durationDs;
    const { arcs, via } = arcsOf(graph, lengthDm, durationDs);
    const hierarchy = buildHierarchy(graph.vertexCount, arcs, via, order);
    for (const name of HIERARCHY_ARRAYS) sections[`ch.${p}.${name}`] = hierarchy[name];
    arcCount += hierarchy.upHead.length + hierarchy.downTail.length;
    onProgress(0.4 + (0.5 * (p + 1)) / PERIODS.length);
  });
  const streets = listStreets(source, graph, lengthDm, wayOfKind);
  Object.assign(sections, streetSections(buildStreetIndex(streets)));
  onProgress(1);

  return {
    header: {
      name: source.name,
      attribution: source.attribution,
      bbox: reachOf(source, graph),
      createdFrom,
      counts: {
        junctions: graph.vertexCount,
        edges: graph.edgeCount,
        roadKm: Math.round(lengthDm.reduce((sum, dm) => sum + dm, 0) / 10_000),
        hierarchyArcs: arcCount,
        streets: streets.length,
      },
    },
    sections,
  };
}

export const HIERARCHY_ARRAYS = [
  "upStart",
  "upHead",
  "upCost",
  "upVia",
  "downStart",
  "downTail",
  "downCost",
  "downVia",
] as const satisfies readonly (keyof Hierarchy)[];

/** The source's ways as flat arrays, those that are alike sharing a kind. */
function layRoads(source: MapSource): { ways: Ways; wayOfKind: SourceWay[] } {
  const wayOfKind: SourceWay[] = [];
  const kinds = new Map<string, number>();
  const start = new Int32Array(source.ways.length + 1);
  source.ways.forEach((way, w) => {
    start[w + 1] = start[w]! + way.points.length;
  });
  const points = new Int32Array(start.at(-1)!);
  const kind = new Int32Array(source.ways.length);
  source.ways.forEach((way, w) => {
    points.set(way.points, start[w]);
    const key = `${way.roadClass}|${way.limitKph}|${way.surface}|${way.bridge}|${way.tunnel}|${way.name}`;
    let known = kinds.get(key);
    if (known === undefined) {
      known = wayOfKind.push(way) - 1;
      kinds.set(key, known);
    }
    kind[w] = known;
  });
  const oneway = Int8Array.from(source.ways, (way) => way.oneway);
  return { ways: { pointCount: source.lng.length, start, points, oneway, kind }, wayOfKind };
}

/** The road graph with its vertices numbered branch by branch, and in that numbering their order by importance. */
function renumber(source: MapSource, { ways, wayOfKind }: { ways: Ways; wayOfKind: SourceWay[] }) {
  const graph = buildRoadGraph(ways);
  const lengthDm = edgeLengthsDm(source, graph);
  const { arcs } = arcsOf(graph, lengthDm, edgeDurationsDs(graph, wayOfKind, lengthDm, ORDERING_PERIOD));
  const byImportance = orderByImportance(graph.vertexCount, arcs);
  const byBranch = orderByBranch(graph.vertexCount, arcs, byImportance);
  const number = new Int32Array(graph.vertexCount);
  byBranch.forEach((vertex, i) => {
    number[vertex] = i;
  });
  const renumbered: RoadGraph = {
    ...graph,
    vertexPoint: byBranch.map((vertex) => graph.vertexPoint[vertex]!),
    from: graph.from.map((vertex) => number[vertex]!),
    to: graph.to.map((vertex) => number[vertex]!),
  };
  return { graph: renumbered, wayOfKind, order: byImportance.map((vertex) => number[vertex]!) };
}

function edgeLengthsDm(source: MapSource, graph: RoadGraph): Int32Array {
  const lengths = new Int32Array(graph.edgeCount);
  for (let e = 0; e < graph.edgeCount; e++) {
    let lengthM = 0;
    for (let i = graph.shapeStart[e]!; i < graph.shapeStart[e + 1]! - 1; i++) {
      const a = graph.shape[i]!;
      const b = graph.shape[i + 1]!;
      lengthM += distanceM(source.lng[a]!, source.lat[a]!, source.lng[b]!, source.lat[b]!);
    }
    lengths[e] = Math.round(lengthM * 10);
  }
  return lengths;
}

function edgeDurationsDs(
  graph: RoadGraph,
  wayOfKind: readonly SourceWay[],
  lengthDm: Int32Array,
  period: Period,
): Int32Array {
  return lengthDm.map((dm, e) => travelTimeDs(wayOfKind[graph.kind[e]!]!, dm / 10, period));
}

function arcsOf(graph: RoadGraph, lengthDm: Int32Array, durationDs: Int32Array): { arcs: Arcs; via: Int32Array } {
  let count = 0;
  for (const direction of graph.direction) count += direction === (ALONG | AGAINST) ? 2 : 1;
  const arcs = { tail: new Int32Array(count), head: new Int32Array(count), cost: new Float64Array(count) };
  const via = new Int32Array(count);
  let a = 0;
  for (let e = 0; e < graph.edgeCount; e++) {
    const cost = packCost(durationDs[e]!, lengthDm[e]!);
    for (const against of [0, 1]) {
      if ((graph.direction[e]! & (against === 1 ? AGAINST : ALONG)) === 0) continue;
      arcs.tail[a] = against === 1 ? graph.to[e]! : graph.from[e]!;
      arcs.head[a] = against === 1 ? graph.from[e]! : graph.to[e]!;
      arcs.cost[a] = cost;
      via[a++] = 2 * e + against;
    }
  }
  return { arcs, via };
}

function reachOf(source: MapSource, graph: RoadGraph): MapHeader["bbox"] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const point of graph.shape) {
    west = Math.min(west, source.lng[point]!);
    east = Math.max(east, source.lng[point]!);
    south = Math.min(south, source.lat[point]!);
    north = Math.max(north, source.lat[point]!);
  }
  return [west, south, east, north];
}
