import { packCost } from "#server/core/geo/cost.ts";
import { dijkstra, groupArcs } from "#server/core/geo/dijkstra.ts";
import { AGAINST, ALONG } from "#server/core/geo/road-graph.ts";
import { openTravel } from "#server/travel/embedded-travel.ts";
import { readOsm } from "#server/travel/import/read-osm.ts";
import { openMapFile } from "#server/travel/map-file.ts";
import { createTravelRow, type Place, placeListOf, type Travel } from "#server/travel/travel.ts";
import { writeMap } from "#server/travel/write-map.ts";
import type { Figures } from "./figures.ts";

const PLACES = 1000;
const MIDDAY = 2;

/**
 * Imports a real extract to `mapFile` and measures the answers of its road graph. The yardstick is plain Dijkstra from
 * one junction to all others on the same graph, in the same run: what a machine is slow at today cancels out.
 */
export async function benchTravel(extract: string, mapFile: string, log: (line: string) => void): Promise<Figures> {
  const figures: Figures = {};
  let from = performance.now();
  const { source, createdFrom } = readOsm(extract);
  figures.import_read_s = (performance.now() - from) / 1000;
  const { header, sizeBytes } = await writeMap(source, createdFrom, mapFile);
  figures.import_s = (performance.now() - from) / 1000;
  figures.map_size_mb = sizeBytes / 1e6;
  figures.map_junctions_count = header.counts.junctions!;

  openTravel(mapFile);
  from = performance.now();
  const travel = openTravel(mapFile);
  figures.map_open_ms = performance.now() - from;

  const places = placesOn(travel, PLACES);
  const list = placeListOf(places);
  const row = createTravelRow(PLACES);
  figures.travel_snap_us = medianMs(20, () => travel.snapAll(list.lng, list.lat)) * (1000 / PLACES);
  let k = 0;
  figures.travel_one_to_1000_ms = medianMs(200, () => travel.oneToMany(places[k++ % PLACES]!, list, MIDDAY, row));
  figures.travel_1000_to_one_ms = medianMs(200, () => travel.manyToOne(list, places[k++ % PLACES]!, MIDDAY, row));
  figures.travel_matrix_1000_ms = medianMs(5, () => travel.manyToMany(list, list, MIDDAY));
  figures.travel_leg_us =
    medianMs(500, () => travel.leg(places[k % PLACES]!, places[(k++ * 7 + 1) % PLACES]!, MIDDAY)) * 1000;

  const graph = plainGraph(mapFile, MIDDAY);
  figures.travel_plain_dijkstra_ms = medianMs(30, () => dijkstra(graph, (k++ * 7919) % header.counts.junctions!));

  log(
    `import: ${header.counts.junctions} junctions in ${figures.import_s.toFixed(1)} s, ${figures.map_size_mb.toFixed(1)} MB, opened in ${figures.map_open_ms.toFixed(0)} ms`,
  );
  log(
    `travel: one to 1000 in ${figures.travel_one_to_1000_ms.toFixed(2)} ms (plain Dijkstra to all ${figures.travel_plain_dijkstra_ms.toFixed(1)} ms), 1000 × 1000 in ${figures.travel_matrix_1000_ms.toFixed(0)} ms, a leg with its shape in ${figures.travel_leg_us.toFixed(0)} µs`,
  );
  return figures;
}

/** Places where people live: at streets, drawn evenly over the streets and not over the land. */
function placesOn(travel: Travel, count: number): Place[] {
  const streets = travel.searchStreets("r", 5 * count);
  const places: Place[] = [];
  for (let i = 0; places.length < count; i++) {
    const street = streets[(i * 4_999) % streets.length]!;
    // A little beside the street's middle, so that places lie along edges and not at junctions.
    const place = travel.snap(street.lng + ((i % 7) - 3) * 2e-4, street.lat + ((i % 5) - 2) * 2e-4);
    if (place !== null) places.push(place);
  }
  return places;
}

function plainGraph(mapFile: string, period: number) {
  const file = openMapFile(mapFile, ["graph."]);
  file.close();
  const from = file.array("graph.from", "i32");
  const to = file.array("graph.to", "i32");
  const flags = file.array("graph.flags", "u8");
  const lengthDm = file.array("graph.lengthDm", "i32");
  const durationDs = file.array(`graph.durationDs.${period}`, "i32");
  const arcs: [tail: number, head: number, cost: number][] = [];
  for (let e = 0; e < from.length; e++) {
    const cost = packCost(durationDs[e]!, lengthDm[e]!);
    if (flags[e]! & ALONG) arcs.push([from[e]!, to[e]!, cost]);
    if (flags[e]! & AGAINST) arcs.push([to[e]!, from[e]!, cost]);
  }
  return groupArcs(
    file.header.counts.junctions!,
    Int32Array.from(arcs, ([tail]) => tail),
    Int32Array.from(arcs, ([, head]) => head),
    Float64Array.from(arcs, ([, , cost]) => cost),
  );
}

/** The median of `count` calls, after a tenth of them to warm up. */
function medianMs(count: number, call: () => unknown): number {
  for (let i = 0; i < count / 10; i++) call();
  const times = Array.from({ length: count }, () => {
    const from = performance.now();
    call();
    return performance.now() - from;
  });
  return times.sort((a, b) => a - b)[count >> 1]!;
}
