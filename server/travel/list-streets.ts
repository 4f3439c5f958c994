import { distanceM } from "#server/core/geo/distance.ts";
import type { RoadGraph } from "#server/core/geo/road-graph.ts";
import type { MapSource, SourcePlace, SourceWay } from "./map-source.ts";
import type { Street } from "./travel.ts";

/** How far from its middle a place still lends its name to a street; what is between two belongs to the wider sooner. */
const REACH_M: Readonly<Record<SourcePlace["kind"], number>> = { suburb: 3000, village: 3000, town: 5000, city: 9000 };

interface Stretch {
  readonly street: number;
  readonly lengthDm: number;
  readonly lng: number;
  readonly lat: number;
}

/**
 * The named streets of a graph, longest first. Edges of one name in one place are one street; it is found at the edge
 * nearest to its middle, so that the point lies on the street and not beside a bend.
 */
export function listStreets(
  source: MapSource,
  graph: RoadGraph,
  lengthDm: Int32Array,
  wayOfKind: readonly SourceWay[],
): Street[] {
  const streets: { name: string; place: string; lengthDm: number; lngSum: number; latSum: number }[] = [];
  const numbers = new Map<string, number>();
  const stretches: Stretch[] = [];
  for (let e = 0; e < graph.edgeCount; e++) {
    const name = onOneLine(wayOfKind[graph.kind[e]!]!.name);
    if (name === "") continue;
    const middle = graph.shape[(graph.shapeStart[e]! + graph.shapeStart[e + 1]!) >> 1]!;
    const lng = source.lng[middle]!;
    const lat = source.lat[middle]!;
    const place = placeAt(source.places, lng, lat);
    const key = `${name}\t${place}`;
    let street = numbers.get(key);
    if (street === undefined) {
      street = streets.push({ name, place, lengthDm: 0, lngSum: 0, latSum: 0 }) - 1;
      numbers.set(key, street);
    }
    const sum = streets[street]!;
    sum.lengthDm += lengthDm[e]!;
    sum.lngSum += lng * lengthDm[e]!;
    sum.latSum += lat * lengthDm[e]!;
    stretches.push({ street, lengthDm: lengthDm[e]!, lng, lat });
  }

  const nearest = new Float64Array(streets.length).fill(Infinity);
  const found = streets.map(({ name, place }) => ({ name, place, lng: 0, lat: 0 }));
  for (const { street, lng, lat } of stretches) {
    const { lengthDm: total, lngSum, latSum } = streets[street]!;
    const off = total === 0 ? 0 : distanceM(lng, lat, lngSum / total, latSum / total);
    if (off >= nearest[street]!) continue;
    nearest[street] = off;
    found[street]!.lng = lng;
    found[street]!.lat = lat;
  }
  return found
    .map((street, i) => ({ street, lengthDm: streets[i]!.lengthDm }))
    .sort((a, b) => b.lengthDm - a.lengthDm)
    .map(({ street }) => street);
}

function placeAt(places: readonly SourcePlace[], lng: number, lat: number): string {
  let best = "";
  let bestShare = 1;
  for (const place of places) {
    const share = distanceM(lng, lat, place.lng, place.lat) / REACH_M[place.kind];
    if (share >= bestShare) continue;
    best = onOneLine(place.name);
    bestShare = share;
  }
  return best;
}

function onOneLine(name: string): string {
  return name.replace(/\s+/g, " ").trim();
}
