import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { VectorTile } from "@mapbox/vector-tile";
import fc from "fast-check";
import { PbfReader } from "pbf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MapFile, openMapFile, writeMapFile } from "../map-file.ts";
import type { MapSource, RoadClass, SourceWay } from "../map-source.ts";
import { buildTiles } from "./build-tiles.ts";
import { guessBuiltUp } from "./built-up.ts";
import { openTiles, type Tiles } from "./open-tiles.ts";
import { tileAt, tileId } from "./tile-id.ts";

const LNG = -11.4;
const LAT = 40.7;

/** A kilometre of road eastwards at each of three latitudes, a pond, and a town. */
const source: MapSource = {
  name: "Testing",
  attribution: "nobody",
  lng: Float64Array.from([LNG, LNG + 0.006, LNG + 0.012, LNG, LNG + 0.012, LNG, LNG + 0.012]),
  lat: Float64Array.from([LAT, LAT, LAT, LAT + 0.004, LAT + 0.004, LAT + 0.008, LAT + 0.008]),
  ways: [
    way([0, 1], "motorway", "Ring"),
    way([1, 2], "motorway", "Ring"),
    way([3, 4], "residential", "Fern Street"),
    { ...way([5, 6], "service", ""), bridge: true },
  ],
  areas: [
    {
      kind: "water",
      name: "Pond",
      rings: [
        Float64Array.from([
          ...[LNG + 0.002, LAT + 0.001],
          ...[LNG + 0.005, LAT + 0.001],
          ...[LNG + 0.005, LAT + 0.003],
          ...[LNG + 0.002, LAT + 0.003],
          ...[LNG + 0.002, LAT + 0.001],
        ]),
      ],
    },
  ],
  places: [{ kind: "town", name: "Westfield", lng: LNG + 0.003, lat: LAT + 0.003 }],
};

function way(points: readonly number[], roadClass: RoadClass, name: string): SourceWay {
  const plain = { oneway: 0, limitKph: 0, surface: "paved", bridge: false, tunnel: false } as const;
  return { ...plain, points: Int32Array.from(points), roadClass, name };
}

const folder = mkdtempSync(join(tmpdir(), "kept-tiles-"));
let file: MapFile;
let tiles: Tiles;

beforeAll(async () => {
  const header = { name: "Testing", attribution: "nobody", bbox: [0, 0, 1, 1] as const, createdFrom: "", counts: {} };
  await writeMapFile(join(folder, "test.keptmap"), header, { ...buildTiles(source) });
  file = openMapFile(join(folder, "test.keptmap"), ["tiles."]);
  tiles = openTiles(file);
});

afterAll(() => {
  file.close();
  rmSync(folder, { recursive: true });
});

/** The properties of every feature in the tile over a place, by layer. */
function look(z: number, lng: number, lat: number): Record<string, Record<string, unknown>[]> {
  const { x, y } = tileAt(z, lng, lat);
  const bytes = tiles.tile(z, Math.floor(x), Math.floor(y));
  if (bytes === null) return {};
  const { layers } = new VectorTile(new PbfReader(gunzipSync(bytes)));
  return Object.fromEntries(
    Object.entries(layers).map(([name, layer]) => [
      name,
      Array.from({ length: layer.length }, (_, i) => layer.feature(i).properties),
    ]),
  );
}

test("far away only big roads are drawn, without names", () => {
  expect(look(8, LNG, LAT).roads).toEqual([{ class: "motorway" }]);
});

test("near by every road is drawn, with its name and its bridges", () => {
  expect(look(14, LNG + 0.005, LAT + 0.005).roads).toEqual(
    expect.arrayContaining([
      { class: "motorway", name: "Ring" },
      { class: "residential", name: "Fern Street" },
      { class: "service", level: "bridge" },
    ]),
  );
});

test("the ways of a road are one feature, so that its name is written once", () => {
  const roads = look(13, LNG, LAT).roads!;
  expect(roads.filter((road) => road.class === "motorway")).toEqual([{ class: "motorway", name: "Ring" }]);
});

test("water and places keep what the style asks for", () => {
  const tile = look(14, LNG + 0.003, LAT + 0.002);
  expect(tile.water).toHaveLength(1);
  expect(tile.places).toEqual([{ kind: "town", name: "Westfield" }]);
  expect(tile.area_names).toEqual([{ kind: "water", name: "Pond" }]);
});

test("a place off the map, and a zoom that is not cut, have no tile", () => {
  expect(tiles.tile(12, 0, 0)).toBeNull();
  expect(tiles.tile(7, 59, 48)).toBeNull();
  expect(tiles.tile(16, 30_000, 24_000)).toBeNull();
});

test("the same map is cut into the same bytes", () => {
  const [a, b] = [buildTiles(source), buildTiles(source)];
  expect(a["tiles.index"]).toEqual(b["tiles.index"]);
  expect(Buffer.concat([a["tiles.data"].ranged].flat())).toEqual(Buffer.concat([b["tiles.data"].ranged].flat()));
});

test("tile ids rise with zoom, row and column, and fit 32 bits", () => {
  const tile = fc
    .integer({ min: 8, max: 15 })
    .chain((z) => fc.tuple(fc.constant(z), fc.nat(2 ** z - 1), fc.nat(2 ** z - 1)));
  const order = ([z, x, y]: readonly [number, number, number]) => z * 2 ** 40 + y * 2 ** 20 + x;
  fc.assert(
    fc.property(tile, tile, (a, b) => {
      expect(Math.sign(tileId(...a) - tileId(...b))).toBe(Math.sign(order(a) - order(b)));
      expect(tileId(...a)).toBeLessThan(2 ** 32);
    }),
  );
});

test("an extract without built-up areas gets them where its streets are dense", () => {
  const spacing = 0.0006;
  const lines = Array.from({ length: 30 }, (_, i) => i);
  const grid: MapSource = {
    ...source,
    lng: Float64Array.from(lines.flatMap((i) => [LNG + i * spacing, LNG + i * spacing])),
    lat: Float64Array.from(lines.flatMap(() => [LAT, LAT + 0.016])),
    ways: lines.map((i) => way([2 * i, 2 * i + 1], "residential", "")),
    areas: [],
  };
  const areas = guessBuiltUp(grid);
  expect(areas).toHaveLength(1);
  const ring = areas[0]!.rings[0]!;
  const lngs = ring.filter((_, i) => i % 2 === 0);
  // The grid is 0.0174 degrees wide; blurring adds about a cell of 90 m, 0.001 degrees, on both sides.
  expect(Math.max(...lngs) - Math.min(...lngs)).toBeGreaterThan(0.016);
  expect(Math.max(...lngs) - Math.min(...lngs)).toBeLessThan(0.0215);
});
