import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { distanceDmOf, durationDsOf, packCost, UNREACHED } from "#server/core/geo/cost.ts";
import { dijkstra, groupArcs } from "#server/core/geo/dijkstra.ts";
import { distanceM } from "#server/core/geo/distance.ts";
import { AGAINST, ALONG } from "#server/core/geo/road-graph.ts";
import { compileMap, EmptyMapError, STOPPABLE } from "./compile-map.ts";
import { openTravel } from "./embedded-travel.ts";
import { gridTown } from "./grid-town.ts";
import { readOsm } from "./import/read-osm.ts";
import { openMapFile, writeMapFile } from "./map-file.ts";
import { type MapSource, ROAD_CLASSES, type SourceWay } from "./map-source.ts";
import { PERIODS } from "./speed-profile.ts";
import { createTravelRow, type Place, type PlaceList, placeListOf, type Travel, UNREACHABLE_SEC } from "./travel.ts";

const folder = mkdtempSync(join(tmpdir(), "kept-travel-"));
afterAll(() => rmSync(folder, { recursive: true }));

const larger = (a: number, b: number) => Math.max(a, b);

let made = 0;
async function openSource(source: MapSource): Promise<{ travel: Travel; path: string }> {
  const path = join(folder, `${made++}.keptmap`);
  const { header, sections } = compileMap(source, "a test");
  await writeMapFile(path, header, sections);
  return { travel: openTravel(path), path };
}

/**
 * The oracle: plain Dijkstra on the edges in the file, with two places let into them as vertices of their own. It
 * shares the file with the implementation and nothing else.
 */
function oracleOf(path: string) {
  const file = openMapFile(path, ["graph."]);
  file.close();
  const from = file.array("graph.from", "i32");
  const to = file.array("graph.to", "i32");
  const flags = file.array("graph.flags", "u8");
  const lengthDm = file.array("graph.lengthDm", "i32");
  const vertexCount = Math.max(from.reduce(larger, 0), to.reduce(larger, 0)) + 1;
  return (a: Place, b: Place, period: number) => {
    const durationDs = file.array(`graph.durationDs.${period}`, "i32");
    const arcs: [tail: number, head: number, cost: number][] = [];
    for (let e = 0; e < from.length; e++) {
      // The edge cut at the places on it: stops are [vertex, decimetres from the start].
      const stops: [number, number][] = [
        [from[e]!, 0],
        [to[e]!, lengthDm[e]!],
      ];
      if (a.edge === e) stops.push([vertexCount, a.along]);
      if (b.edge === e) stops.push([vertexCount + 1, b.along]);
      stops.sort((one, other) => one[1] - other[1]);
      const costUpTo = (dm: number) =>
        packCost(lengthDm[e] === 0 ? 0 : Math.round((durationDs[e]! * dm) / lengthDm[e]!), dm);
      for (let i = 1; i < stops.length; i++) {
        const [tail, startDm] = stops[i - 1]!;
        const [head, endDm] = stops[i]!;
        const cost = stops.length === 2 ? packCost(durationDs[e]!, lengthDm[e]!) : costUpTo(endDm) - costUpTo(startDm);
        const samePoint = startDm === endDm && stops.length > 2;
        if (flags[e]! & ALONG || samePoint) arcs.push([tail, head, cost]);
        if (flags[e]! & AGAINST || samePoint) arcs.push([head, tail, cost]);
      }
    }
    const graph = groupArcs(
      vertexCount + 2,
      Int32Array.from(arcs, ([tail]) => tail),
      Int32Array.from(arcs, ([, head]) => head),
      Float64Array.from(arcs, ([, , cost]) => cost),
    );
    const cost = dijkstra(graph, vertexCount)[vertexCount + 1]!;
    if (cost >= UNREACHED) return { durationSec: UNREACHABLE_SEC, distanceM: 0 };
    return { durationSec: Math.round(durationDsOf(cost) / 10), distanceM: Math.round(distanceDmOf(cost) / 10) };
  };
}

/** Random roads on a lattice of 100 m: one-ways, loops, dead ends, parallel roads, all classes. */
const randomSource: fc.Arbitrary<MapSource> = fc
  .array(
    fc.record({
      points: fc
        .array(fc.integer({ min: 0, max: 24 }), { minLength: 2, maxLength: 6 })
        .map((points) => points.filter((p, i) => p !== points[i - 1]))
        .filter((points) => points.length >= 2)
        .map((points) => Int32Array.from(points)),
      roadClass: fc.constantFrom(...ROAD_CLASSES.filter((roadClass) => roadClass !== "motorway")),
      oneway: fc.constantFrom(-1 as const, 0 as const, 0 as const, 1 as const),
      limitKph: fc.constantFrom(0, 30, 50),
      surface: fc.constantFrom("paved" as const, "unpaved" as const),
      bridge: fc.constant(false),
      tunnel: fc.constant(false),
      name: fc.constantFrom("", "Rua A", "Rua B"),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((ways: SourceWay[]) => ({
    name: "Lattice",
    attribution: "Made up for tests",
    lng: Float64Array.from({ length: 25 }, (_, i) => -8.6 + (i % 5) * 0.0012),
    lat: Float64Array.from({ length: 25 }, (_, i) => 41.1 + Math.floor(i / 5) * 0.0009),
    ways,
    areas: [],
    places: [],
  }));

const share = fc.double({ min: -0.1, max: 1.1, noNaN: true });
const somewhere = fc.tuple(share, share).map(([x, y]) => [-8.6 + x * 0.0048, 41.1 + y * 0.0036] as const);

describe("travel times agree with Dijkstra on the edges in the file", () => {
  test("whichever way they are asked for, on random roads", async () => {
    await fc.assert(
      fc.asyncProperty(
        randomSource,
        fc.array(somewhere, { minLength: 2, maxLength: 6 }),
        fc.nat(PERIODS.length - 1),
        async (source, points, period) => {
          const { travel, path } = await openSource(source).catch((error) => {
            if (error instanceof EmptyMapError) return fc.pre(false) as never;
            throw error;
          });
          const oracle = oracleOf(path);
          const places = points.map(([lng, lat]) => travel.snap(lng, lat)).filter((place) => place !== null);
          const list = placeListOf(places);
          const others = placeListOf(places.slice(-1));
          const matrix = travel.manyToMany(list, list, period);
          const row = createTravelRow(list.length);
          places.forEach((a, i) => {
            const expected = places.map((b) => oracle(a, b, period));
            const seen = (at: (j: number) => number, of: { durationSec: Int32Array; distanceM: Int32Array }) =>
              places.map((_, j) => ({ durationSec: of.durationSec[at(j)], distanceM: of.distanceM[at(j)] }));
            expect(seen((j) => i * list.length + j, matrix)).toEqual(expected);
            // Again and again, with another list in between: what is kept of a list must not be told from what is new.
            for (let again = 0; again < 4; again++) {
              travel.oneToMany(a, list, period, row);
              expect(seen((j) => j, row)).toEqual(expected);
              travel.manyToOne(list, a, period, row);
              expect(seen((j) => j, row)).toEqual(places.map((b) => oracle(b, a, period)));
              travel.oneToMany(a, others, period, row);
              expect(seen((j) => j, row)[0]).toEqual(expected.at(-1));
            }
            places.forEach((b, j) => {
              const leg = travel.leg(a, b, period);
              if (leg === null) expect(expected[j]!.durationSec).toBe(UNREACHABLE_SEC);
              else expect({ durationSec: leg.durationSec, distanceM: leg.distanceM }).toEqual(expected[j]);
              if (leg !== null) expectShape(leg.shape, a, b, leg.distanceM);
            });
          });
        },
      ),
      { numRuns: 150 },
    );
  }, 120_000);
});

/** A shape leads from place to place and is as long as it says: nothing is left out or driven twice. */
function expectShape(shape: readonly [number, number][], a: Place, b: Place, lengthM: number): void {
  expect(shape[0]).toEqual([a.lng, a.lat]);
  let drawnM = 0;
  for (let i = 1; i < shape.length; i++) drawnM += distanceM(...shape[i - 1]!, ...shape[i]!);
  const [endLng, endLat] = shape.at(-1)!;
  expect(distanceM(endLng, endLat, b.lng, b.lat)).toBeLessThan(1);
  // Lengths are rounded to decimetres per edge, ends to half a metre.
  expect(Math.abs(drawnM - lengthM)).toBeLessThan(2 + shape.length * 0.1);
}

describe("snapping", () => {
  const street = (points: number[], more: Partial<SourceWay> = {}): SourceWay => ({
    points: Int32Array.from(points),
    roadClass: "residential",
    oneway: 0,
    limitKph: 50,
    surface: "paved",
    bridge: false,
    tunnel: false,
    name: "",
    ...more,
  });

  test("a place lies on the nearest road, as far along it as it is near, and snaps to itself again", async () => {
    const { travel } = await openSource(gridTown(-8.6, 41.1, 6, 6, 0.001));
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.005, noNaN: true }),
        fc.double({ min: 0, max: 0.005, noNaN: true }),
        (x, y) => {
          const place = travel.snap(-8.6 + x, 41.1 + y)!;
          // The streets of the grid run at whole thousandths: the nearest one is a rounding away.
          const shrink = Math.cos((41.1025 * Math.PI) / 180);
          const toColumn = Math.abs(x - Math.round(x * 1000) / 1000) * shrink;
          const toRow = Math.abs(y - Math.round(y * 1000) / 1000);
          expect(place.offM).toBeCloseTo(Math.min(toColumn, toRow) * 111_195, 0);
          expect(distanceM(place.lng, place.lat, -8.6 + x, 41.1 + y)).toBeLessThan(place.offM + 0.6);
          const again = travel.snap(place.lng, place.lat)!;
          expect(distanceM(again.lng, again.lat, place.lng, place.lat)).toBeLessThan(0.01);
          for (let period = 0; period < travel.periodCount; period++)
            expect(travel.leg(place, again, period)).toMatchObject({ durationSec: 0, distanceM: 0 });
        },
      ),
      { numRuns: 500 },
    );
  });

  test("nothing is near in the open sea, and a list keeps such a place unreachable", async () => {
    const { travel } = await openSource(gridTown(-8.6, 41.1, 3, 3, 0.001));
    expect(travel.snap(-9.5, 41.1)).toBeNull();
    const list = travel.snapAll([-8.6, -9.5], [41.1, 41.1]);
    expect(Array.from(list.edge, (edge) => edge >= 0)).toEqual([true, false]);
    const row = createTravelRow(2);
    travel.oneToMany(travel.snap(-8.599, 41.1)!, list, 0, row);
    expect(row.durationSec[1]).toBe(UNREACHABLE_SEC);
    expect(Array.from(travel.manyToMany(list, list, 0).durationSec)).toEqual([0, ...Array(3).fill(UNREACHABLE_SEC)]);
  });

  test("no van stops on a motorway, a bridge or in a tunnel", async () => {
    // Three parallel roads 100 m apart, joined at both ends; only the northern one is a street.
    const source: MapSource = {
      ...gridTown(0, 0, 2, 4, 0.0009),
      ways: [
        street([0, 1], { roadClass: "motorway" }),
        street([2, 3], { bridge: true }),
        street([4, 5], { tunnel: true }),
        street([6, 7]),
        street([0, 2, 4, 6], { bridge: true }),
        street([1, 3, 5, 7], { tunnel: true }),
      ],
    };
    const { travel } = await openSource(source);
    expect(travel.snap(0.0004, 0)!.lat).toBeCloseTo(0.0027, 7);
  });

  test("against a one-way street the way leads around the block", async () => {
    // 0 → 1 is one-way; back from 1 to 0 one drives over 3 and 2. A square of 0.001°.
    const { travel } = await openSource({
      ...gridTown(0, 0, 2, 2, 0.001),
      ways: [street([0, 1], { oneway: 1 }), street([1, 3, 2, 0])],
    });
    const west = travel.snap(0.0002, -0.0001)!;
    const east = travel.snap(0.0008, -0.0001)!;
    expect(travel.leg(west, east, 0)!.distanceM).toBe(67);
    expect(travel.leg(east, west, 0)!.distanceM).toBe(Math.round(0.0034 * 111_195.08));
  });
});

describe("the compiler", () => {
  test("gives the same bytes for the same source", async () => {
    const source = gridTown(-8.6, 41.1, 5, 4, 0.001);
    const [one, other] = [await openSource(source), await openSource(source)];
    expect(one.travel.version).toBe(other.travel.version);
  });

  test("refuses a source without a road to go and come back on", () => {
    expect(() => compileMap({ ...gridTown(0, 0, 2, 2, 0.001), ways: [] }, "nothing")).toThrow(EmptyMapError);
  });

  test("says what it made", () => {
    const { header } = compileMap(gridTown(-8.6, 41.1, 3, 2, 0.01), "a grid");
    // 3 × 2 junctions, of which the four corners join two streets of different names and stay junctions.
    expect(header.counts).toMatchObject({ junctions: 6, edges: 7, streets: 5 });
    expect(header.bbox.map((side) => Math.round(side * 1e4) / 1e4)).toEqual([-8.6, 41.1, -8.58, 41.11]);
  });
});

for (const extract of ["porto", "malta"]) {
  const file = `../shared/data/osm/${extract}.osm.pbf`;
  describe.skipIf(!existsSync(file))(
    `on the real extract of ${extract} (skipped where the folder of extracts is absent)`,
    () => {
      let travel: Travel;
      let path: string;
      let places: PlaceList;
      beforeAll(async () => {
        ({ travel, path } = await openSource(readOsm(file).source));
        const [west, south, east, north] = travel.bbox;
        // A lattice over the whole map, for what of it lies near roads.
        const found: Place[] = [];
        for (let i = 0; i < 900; i++) {
          const place = travel.snap(
            west + ((i % 30) / 30) * (east - west),
            south + (Math.floor(i / 30) / 30) * (north - south),
          );
          if (place !== null) found.push(place);
        }
        places = placeListOf(found);
      }, 120_000);

      const placeAt = (i: number): Place => ({
        lng: places.lng[i]!,
        lat: places.lat[i]!,
        offM: 0,
        edge: places.edge[i]!,
        along: places.along[i]!,
      });

      test("a sample of pairs agrees with Dijkstra, and the matrix with every row and column", () => {
        const oracle = oracleOf(path);
        expect(places.length).toBeGreaterThan(50);
        const matrix = travel.manyToMany(places, places, 1);
        const row = createTravelRow(places.length);
        for (let i = 0; i < places.length; i += 7) {
          travel.oneToMany(placeAt(i), places, 1, row);
          expect(row.durationSec).toEqual(matrix.durationSec.subarray(i * places.length, (i + 1) * places.length));
          expect(row.distanceM).toEqual(matrix.distanceM.subarray(i * places.length, (i + 1) * places.length));
          travel.manyToOne(places, placeAt(i), 1, row);
          expect(row.durationSec).toEqual(matrix.durationSec.filter((_, k) => k % places.length === i));
        }
        for (let k = 0; k < 12; k++) {
          const i = (k * 37) % places.length;
          const j = (k * 53 + 11) % places.length;
          const leg = travel.leg(placeAt(i), placeAt(j), 1)!;
          expect({ durationSec: leg.durationSec, distanceM: leg.distanceM }).toEqual(oracle(placeAt(i), placeAt(j), 1));
          expectShape(leg.shape, placeAt(i), placeAt(j), leg.distanceM);
        }
      });

      test("every place can be reached from every other, and snaps to itself again", () => {
        const matrix = travel.manyToMany(places, places, 2);
        expect(matrix.durationSec.reduce(larger, 0)).toBeLessThan(4 * 3600);
        const again = travel.snapAll(places.lng, places.lat);
        const there = travel.manyToMany(again, again, 2);
        expect(there.durationSec).toEqual(matrix.durationSec);
      });

      test("the evening peak is slower than the night", () => {
        const sum = (period: number) =>
          travel.manyToMany(places, places, period).durationSec.reduce((a, b) => a + b, 0);
        const slower = sum(PERIODS.indexOf("evening-peak")) / sum(PERIODS.indexOf("night"));
        expect(slower).toBeGreaterThan(1.2);
        expect(slower).toBeLessThan(1.6);
      });

      test("a street that everybody there knows is found without accents", () => {
        const [query, name] =
          extract === "porto" ? ["aliados", "Avenida dos Aliados"] : ["triq ir repub", "Triq ir-Repubblika"];
        const found = travel.searchStreets(query!, 5);
        expect(found.map((street) => street.name)).toContain(name);
        for (const street of found) expect(travel.snap(street.lng, street.lat)!.offM).toBeLessThan(60);
      });
    },
  );
}

test("flags of an edge do not share bits", () => {
  expect(ALONG | AGAINST | STOPPABLE).toBe(ALONG + AGAINST + STOPPABLE);
});
