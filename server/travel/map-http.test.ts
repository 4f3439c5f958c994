import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { MapFileError, openMapFile, writeMapFile } from "./map-file.ts";
import { answerStyle, answerTile } from "./map-http.ts";
import type { ServedMap } from "./served-map.ts";
import { openTiles } from "./tiles/open-tiles.ts";
import { tileId } from "./tiles/tile-id.ts";

const folder = mkdtempSync(join(tmpdir(), "kept-map-http-"));
const TILE = Uint8Array.of(31, 139, 8, 0);
let map: ServedMap;
const open = () => map;
const broken = () => {
  throw new MapFileError("missing", "/secret/place does not exist");
};

beforeAll(async () => {
  const path = join(folder, "test.keptmap");
  const header = {
    name: "Westfield",
    attribution: "© OpenStreetMap contributors, ODbL 1.0",
    bbox: [-11.5, 40.6, -11.2, 40.8] as const,
    createdFrom: "a test",
    counts: {},
  };
  await writeMapFile(path, header, {
    "tiles.index": Uint32Array.of(tileId(12, 1918, 1539), 0, TILE.byteLength),
    "tiles.data": { ranged: TILE },
  });
  const file = openMapFile(path, ["tiles."]);
  map = { file, tiles: openTiles(file) };
});

afterAll(() => {
  map.file.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
});

function tile(z: string, x: string, y: string, query = "", headers: Record<string, string> = {}): Response {
  return answerTile(new Request(`http://kept/tile${query}`, { headers }), { z, x, y }, open);
}

test("a tile goes out as it lies in the file, gzipped", async () => {
  const response = tile("12", "1918", "1539");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-encoding")).toBe("gzip");
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(TILE);
});

test("under the map's version a tile may be kept for good, under any other it must be asked for again", () => {
  expect(tile("12", "1918", "1539", `?v=${map.file.version}`).headers.get("cache-control")).toContain("immutable");
  expect(tile("12", "1918", "1539", "?v=old").headers.get("cache-control")).toBe("no-cache");
});

test("a reader who has the tile is told so", () => {
  const etag = tile("12", "1918", "1539").headers.get("etag")!;
  expect(tile("12", "1918", "1539", "", { "if-none-match": etag }).status).toBe(304);
});

test("where the map has nothing there is no content", () => {
  expect(tile("12", "1", "1").status).toBe(204);
});

test.each([
  ["7", "59", "48"],
  ["16", "1", "1"],
  ["12", "4096", "0"],
  ["12", "-1", "0"],
  ["12", "1e3", "0"],
  ["12", "01", "0"],
  ["12", "1.5", "0"],
  ["12", "", "0"],
  ["12", "1918.pbf", "0"],
])("the address %s/%s/%s is refused", async (z, x, y) => {
  const response = tile(z, x, y);
  expect(response.status).toBe(400);
  expect(response.headers.get("content-encoding")).toBe("gzip");
  const problem = JSON.parse(gunzipSync(await response.arrayBuffer()).toString());
  expect(problem).toMatchObject({ type: "invalid-request", status: 400 });
});

test("a parameter nobody knows is refused", () => {
  expect(tile("12", "1918", "1539", "?w=1").status).toBe(400);
  expect(answerStyle(new Request("http://kept/style?theme=pink"), open, undefined).status).toBe(400);
});

test("without a map the answer is unavailable, and names no path", async () => {
  vi.spyOn(console, "error").mockReturnValue();
  const response = answerStyle(new Request("http://kept/style"), broken, undefined);
  expect(response.status).toBe(503);
  expect(await response.text()).not.toContain("secret");
});

test.each(["light", "dark"])(
  "the %s style is one that MapLibre accepts, and asks nobody else for anything",
  async (theme) => {
    const response = answerStyle(new Request(`http://kept/style?theme=${theme}`), open, undefined);
    const style = await response.json();
    expect(validateStyleMin(style)).toEqual([]);
    expect(JSON.stringify(style)).not.toContain("http");
    expect(style.glyphs).toBeUndefined();
    expect(style.sources.kept.attribution).toBe("© OpenStreetMap contributors, ODbL 1.0");
  },
);

test("a style from elsewhere takes the place of ours", () => {
  const response = answerStyle(new Request("http://kept/style?theme=dark"), broken, "https://tiles.example/style.json");
  expect(response.status).toBe(307);
  expect(response.headers.get("location")).toBe("https://tiles.example/style.json");
});
