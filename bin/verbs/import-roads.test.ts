import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { OperatorError, UsageError } from "#bin/verb.ts";
import { openTravel } from "#server/travel/embedded-travel.ts";
import { writeOsm } from "#server/travel/import/osm-writer.ts";
import { verb } from "./import-roads.ts";

const folder = mkdtempSync(join(tmpdir(), "kept-import-roads-"));
afterAll(() => rmSync(folder, { recursive: true }));

const extract = join(folder, "square.osm.pbf");
const out = join(folder, "maps", "square.keptmap");
const square = writeOsm({
  nodes: [
    { lng: 0, lat: 0 },
    { lng: 0.01, lat: 0 },
    { lng: 0.01, lat: 0.01 },
  ],
  ways: [{ refs: [1, 2, 3], tags: { highway: "residential", name: "Rua da Paz" } }],
});

async function quietly<T>(act: () => Promise<T>): Promise<{ result: T; said: string; told: string }> {
  const said = vi.spyOn(console, "log").mockImplementation(() => {});
  const told = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  try {
    const result = await act();
    return { result, said: said.mock.calls.join("\n"), told: told.mock.calls.join("\n") };
  } finally {
    said.mockRestore();
    told.mockRestore();
  }
}

describe("kept import-roads", () => {
  test("makes a map that answers, and says what is in it and whom to name", async () => {
    writeFileSync(extract, square);
    const { result, said, told } = await quietly(() => verb.run([extract, "--out", out, "--name", "Quadrado"]));
    expect(result).toBe(0);
    expect(said).toMatch(/Quadrado: 2 junctions, 1 edges, 2 km of road, 1 streets/);
    expect(said).toContain("© OpenStreetMap contributors");
    expect(told).toContain("reading the extract");
    const travel = openTravel(out);
    expect(travel.name).toBe("Quadrado");
    expect(travel.attribution).toContain("OpenStreetMap");
    const leg = travel.leg(travel.snap(0, 0)!, travel.snap(0.01, 0.01)!, 0);
    expect(leg!.distanceM).toBe(2224);
  });

  test.each([
    ["a cut file", square.subarray(0, square.length - 9), "too early"],
    ["an empty file", new Uint8Array(0), "is empty"],
    ["a foreign file", "lat,lng\n41,-8\n", "not an OpenStreetMap extract"],
    ["an extract without roads", writeOsm({ nodes: [{ lng: 0, lat: 0 }], ways: [] }), "no road"],
    [
      "an extract of which no road leads back",
      writeOsm({
        nodes: [
          { lng: 0, lat: 0 },
          { lng: 0.01, lat: 0 },
        ],
        ways: [{ refs: [1, 2], tags: { highway: "primary", oneway: "yes" } }],
      }),
      "go and come back",
    ],
  ])("says in one sentence what is wrong with %s, and writes nothing", async (_, bytes, sentence) => {
    writeFileSync(extract, bytes);
    const never = join(folder, "never.keptmap");
    const refusal = quietly(() => verb.run([extract, "--out", never])).catch((error: unknown) => error);
    expect(await refusal).toBeInstanceOf(OperatorError);
    expect(((await refusal) as Error).message).toContain(sentence);
    expect(existsSync(never)).toBe(false);
  });

  test("asks for what it needs", async () => {
    await expect(verb.run([extract])).rejects.toThrow(UsageError);
    await expect(verb.run(["--out", out])).rejects.toThrow(UsageError);
    await expect(verb.run([extract, extract, "--out", out])).rejects.toThrow(UsageError);
    await expect(verb.run([extract, "--out", extract])).rejects.toThrow(UsageError);
    await expect(verb.run([extract, "--what"])).rejects.toThrow(UsageError);
  });
});
