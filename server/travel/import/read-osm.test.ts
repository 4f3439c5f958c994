import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { SourceArea } from "../map-source.ts";
import { OsmFileError, type OsmFileFault } from "./osm-file.ts";
import { type OsmContent, type OsmPacking, writeOsm } from "./osm-writer.ts";
import { readOsm } from "./read-osm.ts";
import { signedArea } from "./rings.ts";

const folder = mkdtempSync(join(tmpdir(), "kept-read-osm-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, "santa-clara-latest.osm.pbf");
function read(content: OsmContent, packing?: OsmPacking) {
  writeFileSync(path, writeOsm(content, packing));
  return readOsm(path);
}

function faultOf(bytes: Uint8Array | string): OsmFileFault {
  writeFileSync(path, bytes);
  return faultAt(path);
}

function faultAt(file: string): OsmFileFault {
  try {
    readOsm(file);
  } catch (error) {
    if (error instanceof OsmFileError) return error.fault;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Nodes 1 … 4 at the corners of a square of side 0.01°, counter-clockwise from the south-west; 5 … 8 within it. */
const square = [
  { lng: 0, lat: 0 },
  { lng: 0.01, lat: 0 },
  { lng: 0.01, lat: 0.01 },
  { lng: 0, lat: 0.01 },
  { lng: 0.004, lat: 0.004 },
  { lng: 0.006, lat: 0.004 },
  { lng: 0.006, lat: 0.006 },
  { lng: 0.004, lat: 0.006 },
];
const street = { refs: [1, 2, 3], tags: { highway: "residential", name: "Rua da Paz" } };

describe("an extract becomes a source", () => {
  const town: OsmContent = {
    nodes: [...square, { lng: 0.005, lat: 0.005, tags: { place: "town", name: "Santa Clara" } }],
    ways: [street, { refs: [3, 4], tags: { highway: "footway" } }],
  };

  for (const compression of ["none", "zlib", "zstd"] as const)
    for (const denseNodes of [true, false])
      test(`with ${compression} compression and ${denseNodes ? "dense" : "plain"} nodes`, () => {
        const { source, createdFrom, bbox } = read(town, { compression, denseNodes });
        expect(source.name).toBe("Santa Clara");
        expect(source.attribution).toContain("OpenStreetMap");
        expect(createdFrom).toBe("santa-clara-latest.osm.pbf");
        expect(source.ways.map(({ name, roadClass }) => [name, roadClass])).toEqual([["Rua da Paz", "residential"]]);
        expect(Array.from(source.lng)).toEqual([0, 0.01, 0.01]);
        expect(Array.from(source.lat)).toEqual([0, 0, 0.01]);
        expect(source.places).toEqual([{ kind: "town", name: "Santa Clara", lng: 0.005, lat: 0.005 }]);
        expect(bbox).toEqual([0, 0, 0.01, 0.01]);
      });

  test("with all kinds of element in one block", () => {
    expect(read(town, { oneBlock: true }).source).toEqual(read(town).source);
  });

  test("a road that leads over a point the extract does not hold falls into pieces", () => {
    const { source } = read({ nodes: square, ways: [{ ...street, refs: [1, 2, 99, 3, 4] }] });
    expect(source.ways.map(({ points }) => Array.from(points))).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test("progress rises to one", () => {
    writeFileSync(path, writeOsm(town));
    const seen: number[] = [];
    readOsm(path, (fraction) => seen.push(fraction));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });
});

describe("areas", () => {
  const of = (areas: readonly SourceArea[], kind: SourceArea["kind"]) => areas.filter((area) => area.kind === kind);

  test("a closed way is one, an open one is not", () => {
    const { source } = read({
      nodes: square,
      ways: [
        street,
        { refs: [1, 2, 3, 4, 1], tags: { leisure: "park", name: "Jardim" } },
        { refs: [5, 6, 7], tags: { natural: "water" } },
      ],
    });
    expect(source.areas).toEqual([
      { kind: "park", name: "Jardim", rings: [Float64Array.of(0, 0, 0.01, 0, 0.01, 0.01, 0, 0.01, 0, 0)] },
    ]);
  });

  test("a relation is joined from its ways in any order and direction, with its holes", () => {
    const { source, brokenAreas } = read({
      nodes: square,
      ways: [
        street,
        { refs: [1, 2, 3], tags: {} },
        { refs: [1, 4, 3], tags: {} },
        { refs: [5, 6], tags: {} },
        { refs: [5, 8, 7, 6], tags: {} },
      ],
      relations: [
        {
          tags: { type: "multipolygon", natural: "water", name: "Rio" },
          members: [
            { type: "way", id: 2, role: "outer" },
            { type: "way", id: 4, role: "inner" },
            { type: "way", id: 3, role: "outer" },
            { type: "way", id: 5, role: "inner" },
            { type: "node", id: 1, role: "label" },
          ],
        },
      ],
    });
    expect(brokenAreas).toBe(0);
    const [river] = of(source.areas, "water");
    expect(river!.name).toBe("Rio");
    expect(river!.rings.map((ring) => Math.abs(signedArea(ring)) / 2)).toEqual([
      expect.closeTo(1e-4, 10),
      expect.closeTo(4e-6, 10),
    ]);
  });

  test("a relation of which a way is missing is left out and counted", () => {
    const { source, brokenAreas } = read({
      nodes: square,
      ways: [street, { refs: [1, 2, 3], tags: {} }],
      relations: [
        {
          tags: { type: "multipolygon", natural: "water" },
          members: [
            { type: "way", id: 2, role: "outer" },
            { type: "way", id: 77, role: "outer" },
          ],
        },
      ],
    });
    expect(source.areas).toEqual([]);
    expect(brokenAreas).toBe(1);
  });

  test("the sea lies on the right of the coast, up to the extract's border", () => {
    // The coast runs north at 0.004° of longitude: land to the west, sea to the east.
    const { source } = read(
      {
        nodes: [...square, { lng: 0.004, lat: -0.01 }, { lng: 0.004, lat: 0.02 }],
        ways: [street, { refs: [9, 10], tags: { natural: "coastline" } }],
      },
      { bbox: [0, 0, 0.01, 0.01] },
    );
    const [sea] = of(source.areas, "water");
    expect(sea!.rings).toHaveLength(1);
    expect(Math.abs(signedArea(sea!.rings[0]!)) / 2).toBeCloseTo(0.006 * 0.01, 10);
  });
});

describe("a file that is no usable extract", () => {
  const good = writeOsm({ nodes: square, ways: [street] });

  test("is named for what it is", () => {
    expect(faultAt(join(folder, "none.osm.pbf"))).toBe("missing");
    expect(faultAt(folder)).toBe("not-pbf");
    expect(faultOf("")).toBe("not-pbf");
    expect(faultOf("<?xml version='1.0'?><osm version='0.6'></osm>")).toBe("not-pbf");
    expect(faultOf(writeOsm({ nodes: square, ways: [] }))).toBe("no-roads");
    expect(faultOf(writeOsm({ nodes: square, ways: [{ refs: [1, 2], tags: { highway: "footway" } }] }))).toBe(
      "no-roads",
    );
    expect(faultOf(writeOsm({ nodes: [], ways: [street] }))).toBe("no-roads");
    expect(faultOf(writeOsm({ nodes: square, ways: [street] }, { requiredFeatures: ["HistoricalInformation"] }))).toBe(
      "unsupported",
    );
  });

  test("is noticed wherever it was cut, unless between two blocks", () => {
    const faults = new Set<string>();
    for (let length = 1; length < good.length; length++) faults.add(faultOf(good.subarray(0, length)));
    // Cut between two blocks it is an extract without ways.
    expect([...faults].sort()).toEqual(["damaged", "no-roads", "not-pbf"]);
  });

  test("never ends in anything but a plain sentence, whichever byte is bent", () => {
    for (let at = 0; at < good.length; at++)
      for (const bits of [0x01, 0x80, 0xff]) {
        const bent = Buffer.from(good);
        bent[at]! ^= bits;
        writeFileSync(path, bent);
        try {
          readOsm(path);
        } catch (error) {
          expect(error, `byte ${at} bent by ${bits}`).toBeInstanceOf(OsmFileError);
        }
      }
  });
});
