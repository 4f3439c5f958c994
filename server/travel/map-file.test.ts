import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { MapFileError, type MapFileFault, openMapFile, writeMapFile } from "./map-file.ts";

const folder = mkdtempSync(join(tmpdir(), "kept-map-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, "small.keptmap");
const header = {
  name: "Póvoa",
  attribution: "© OpenStreetMap contributors, ODbL",
  bbox: [-8.7, 41.1, -8.5, 41.3],
  createdFrom: "povoa.osm.pbf",
  counts: { junctions: 3 },
} as const;
const sections = {
  "graph.from": Int32Array.of(1, -2, 3),
  "names.text": new TextEncoder().encode("Rua do Almada"),
  "graph.lng": Float64Array.of(-8.6),
  "tiles.data": { ranged: [Uint8Array.of(9, 8, 7), Uint8Array.of(6, 5)] },
};

beforeEach(() => writeMapFile(path, header, sections).then(() => {}));

function faultOf(act: () => unknown): MapFileFault {
  try {
    act();
  } catch (error) {
    if (error instanceof MapFileError) return error.fault;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("a map gives back its header and its sections", () => {
  const map = openMapFile(path);
  expect(map.header).toEqual(header);
  expect(map.array("graph.from", "i32")).toEqual(sections["graph.from"]);
  expect(map.array("names.text", "u8")).toEqual(sections["names.text"]);
  expect(map.array("graph.lng", "f64")).toEqual(sections["graph.lng"]);
  expect(map.sizeBytes).toBe(readFileSync(path).byteLength);
  map.close();
});

test("a ranged section stays on disk and is read by range across its parts", () => {
  const map = openMapFile(path);
  expect(map.byteLength("tiles.data")).toBe(5);
  expect(map.read("tiles.data", 2, 2)).toEqual(Uint8Array.of(7, 6));
  expect(() => map.read("tiles.data", 4, 2)).toThrow(RangeError);
  expect(() => map.array("tiles.data", "u8")).toThrow("was not read");
  map.close();
});

test("only the sections asked for are read", () => {
  const map = openMapFile(path, ["names."]);
  expect(map.has("graph.from")).toBe(true);
  expect(map.array("names.text", "u8").length).toBe(13);
  expect(() => map.array("graph.from", "i32")).toThrow("was not read");
  map.close();
});

test("the same content has the same version and any other content another", async () => {
  const versionOf = () => {
    const map = openMapFile(path);
    map.close();
    return map.version;
  };
  const first = versionOf();
  await writeMapFile(path, header, sections);
  expect(versionOf()).toBe(first);
  await writeMapFile(path, header, { ...sections, "graph.from": Int32Array.of(1, -2, 4) });
  expect(versionOf()).not.toBe(first);
});

test("every cut is noticed", () => {
  const whole = readFileSync(path);
  for (let length = 0; length < whole.byteLength; length++) {
    truncateSync(path, length);
    expect(
      faultOf(() => openMapFile(path)),
      `cut to ${length} bytes`,
    ).toMatch(/^(not-a-map|truncated)$/);
    writeFileSync(path, whole);
  }
});

test("every flipped bit outside padding and ranged bytes is noticed", () => {
  const whole = readFileSync(path);
  const map = openMapFile(path);
  map.close();
  const headerEnd = 24 + whole.readUInt32LE(12);
  for (let at = 0; at < headerEnd; at++) {
    if (at >= 20 && at < 24) continue;
    const bent = Buffer.from(whole);
    bent[at]! ^= 0x10;
    writeFileSync(path, bent);
    expect(() => openMapFile(path), `byte ${at}`).toThrow(MapFileError);
  }
  const bent = Buffer.from(whole);
  bent[headerEnd + ((8 - (headerEnd % 8)) % 8)]! ^= 1;
  writeFileSync(path, bent);
  expect(faultOf(() => openMapFile(path))).toBe("damaged");
});

test("other files and formats are named for what they are", () => {
  expect(faultOf(() => openMapFile(join(folder, "none.keptmap")))).toBe("missing");
  expect(faultOf(() => openMapFile(folder))).toBe("not-a-map");
  const whole = readFileSync(path);
  writeFileSync(path, "node,lng,lat\n");
  expect(faultOf(() => openMapFile(path))).toBe("not-a-map");
  whole.writeUInt32LE(2, 8);
  writeFileSync(path, whole);
  expect(faultOf(() => openMapFile(path))).toBe("newer-format");
  whole.writeUInt32LE(0, 8);
  writeFileSync(path, whole);
  expect(faultOf(() => openMapFile(path))).toBe("older-format");
});

test("a map that cannot be written leaves the old one and no rubbish", async () => {
  const before = readFileSync(path);
  await expect(writeMapFile(join(folder, "no", "where.keptmap"), header, sections)).rejects.toMatchObject({
    fault: "unwritable",
  });
  await expect(writeMapFile(folder, header, sections)).rejects.toMatchObject({ fault: "unwritable" });
  expect(readFileSync(path)).toEqual(before);
  expect(readdirSync(folder)).toEqual(["small.keptmap"]);
});
