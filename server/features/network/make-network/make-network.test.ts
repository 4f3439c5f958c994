import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { distanceM } from "#server/core/geo/distance.ts";
import { compileMap } from "#server/travel/compile-map.ts";
import { openTravel } from "#server/travel/embedded-travel.ts";
import { gridTown } from "#server/travel/grid-town.ts";
import { readOsm } from "#server/travel/import/read-osm.ts";
import { writeMapFile } from "#server/travel/map-file.ts";
import type { MapSource } from "#server/travel/map-source.ts";
import type { Street, Travel } from "#server/travel/travel.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { importNetwork } from "../import-network.ts";
import { type NetworkRows, writeNetworkFiles } from "../write-csv.ts";
import { CATALOGUE } from "./catalogue.ts";
import { guessTimeZone } from "./guess-time-zone.ts";
import { makeNetwork, regionCode } from "./make-network.ts";
import { readStreets } from "./read-streets.ts";

const dir = mkdtempSync(join(tmpdir(), "kept-make-network-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Roads {
  readonly travel: Travel;
  readonly streets: Street[];
}

async function openRoads(source: MapSource): Promise<Roads> {
  const path = join(dir, `${source.name}.keptmap`);
  const { header, sections } = compileMap(source, "test");
  await writeMapFile(path, header, sections);
  return { travel: openTravel(path), streets: readStreets(path) };
}

/** About 13 by 13 km; its 128 streets meet in the middle, too few to place a network on, so that a grid of points serves. */
const town = () => openRoads(gridTown(14.4, 35.8, 64, 64, 0.002));

const generate = ({ travel, streets }: Roads, seed = 1) =>
  makeNetwork({ travel, streets, seed, timeZone: guessTimeZone(travel.bbox) });

const countOf = (rows: NetworkRows, kind: string) => rows.nodes.filter((node) => node.kind === kind).length;

describe("on a town of straight streets", () => {
  let roads: Roads;
  let rows: NetworkRows;
  beforeAll(async () => {
    roads = await town();
    rows = generate(roads);
  });

  test("the same seed gives the same network, another seed another", () => {
    expect(generate(roads)).toEqual(rows);
    expect(generate(roads, 2).nodes).not.toEqual(rows.nodes);
    expect(generate(roads, 2).stock).not.toEqual(rows.stock);
  });

  test("a network has what the demo promises", () => {
    expect(countOf(rows, "store")).toBeGreaterThanOrEqual(20);
    expect(countOf(rows, "distribution_centre")).toBe(2);
    expect(countOf(rows, "micro_fulfilment")).toBe(3);
    expect(rows.carriers).toHaveLength(2);
    expect(rows.lanes).toHaveLength(2 * countOf(rows, "store"));
    expect(rows.skus).toHaveLength(400);
    expect(rows.vehicles).toHaveLength(40);
  });

  test("every node stands on a road, apart from the others", () => {
    for (const node of rows.nodes) {
      expect(roads.travel.snap(node.lng, node.lat)?.offM).toBeLessThan(2);
      for (const other of rows.nodes)
        if (other.id < node.id) expect(distanceM(node.lng, node.lat, other.lng, other.lat)).toBeGreaterThan(100);
    }
  });

  test("every delivery window lies within a shift of every van on every day, with half an hour for the way home", () => {
    const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
    const deliveries = rows.windows.filter(({ service }) => service === "delivery");
    expect(new Set(deliveries.map(({ weekday }) => weekday)).size).toBe(7);
    for (const { id } of rows.vehicles)
      for (const { weekday, starts, ends } of deliveries) {
        const covering = rows.shifts.filter(
          (shift) =>
            shift.vehicle_id === id &&
            shift.weekday === weekday &&
            shift.starts <= starts &&
            minutes(shift.ends) >= minutes(ends) + 30,
        );
        expect(covering).toHaveLength(1);
      }
  });

  test("a usual cart is whole at a distribution centre, and some shelves elsewhere are empty or nearly so", () => {
    const stockOf = (kind: string) => {
      const ids = rows.nodes.filter((node) => node.kind === kind).map(({ id }) => id);
      return rows.stock.filter(({ node_id }) => ids.includes(node_id));
    };
    expect(stockOf("distribution_centre").length).toBeGreaterThan(2 * 400 * 0.95);
    const stores = stockOf("store");
    const share = (test: (units: number) => boolean) =>
      stores.filter(({ on_hand }) => test(on_hand)).length / stores.length;
    expect(share((units) => units === 0)).toBeGreaterThan(0.01);
    expect(share((units) => units <= 5)).toBeLessThan(0.12);
    // No store has everything.
    expect(stores.length / 22).toBeLessThan(400 * 0.75);
  });
});

test("a map without enough roads is refused in a sentence", async () => {
  const roads = await openRoads({ ...gridTown(14.4, 35.8, 4, 4, 0.002), name: "Hamlet" });
  expect(() => generate(roads)).toThrow(
    /^Hamlet has \d+ streets within reach of its centre, and a network needs 200: take a larger map\.$/,
  );
});

test("the catalogue has 400 goods, each with a code, a name and a size of its own that fits a van", () => {
  expect(CATALOGUE).toHaveLength(400);
  expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(400);
  expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(400);
  for (const good of CATALOGUE) {
    expect(good.name).not.toContain("%");
    // Nothing a grocer sells is denser than 2 kg or lighter than 40 g a litre.
    expect(good.weightG / good.volumeMl).toBeGreaterThan(0.04);
    expect(good.weightG / good.volumeMl).toBeLessThan(2);
  }
});

test("what is frozen is kept in one box, and what a passport is asked for comes at once", () => {
  const together = (name: string) => CATALOGUE.filter(({ keptWith }) => keptWith === name);
  expect(together("FROZEN")).toEqual(CATALOGUE.filter(({ temperature }) => temperature === "frozen"));
  expect(new Set(together("ALCOHOL").map(({ category }) => category))).toEqual(new Set(["Drinks"]));
  expect(together("ALCOHOL")).toHaveLength(7);
});

test("a region's code comes from its name", () => {
  expect(regionCode("Porto")).toBe("PORTO");
  expect(regionCode("São João da Madeira")).toBe("SAO-JOAO-DA");
  expect(regionCode("東京")).toBe("CITY");
});

for (const [extract, timeZone] of [
  ["porto", "Europe/Lisbon"],
  ["malta", "Europe/Malta"],
] as const) {
  const file = `../shared/data/osm/${extract}.osm.pbf`;
  describe.skipIf(!existsSync(file))(
    `on the real extract of ${extract} (skipped where the folder of extracts is absent)`,
    () => {
      let database: TestDatabase;
      let roads: Roads;
      beforeAll(async () => {
        database = await cloneDatabase();
        roads = await openRoads(readOsm(file).source);
      }, 240_000);
      afterAll(() => database.drop());

      test("a network stands on it and can be imported", async () => {
        const rows = generate(roads);
        expect(rows.regions[0]?.time_zone).toBe(timeZone);
        for (const node of rows.nodes) expect(roads.travel.snap(node.lng, node.lat)?.offM).toBeLessThan(2);
        const files = join(dir, extract);
        writeNetworkFiles(files, rows);
        const { horizons } = await importNetwork(database.sql, files);
        expect(horizons).toEqual([{ regionId: extract.toUpperCase(), days: 8, windows: 32, shifts: 640 }]);
      }, 120_000);

      test("a store is at most 40 minutes from a distribution centre in the morning", () => {
        const { nodes } = generate(roads);
        const placesOf = (kind: string) => {
          const chosen = nodes.filter((node) => node.kind === kind);
          return roads.travel.snapAll(
            chosen.map(({ lng }) => lng),
            chosen.map(({ lat }) => lat),
          );
        };
        const matrix = roads.travel.manyToMany(
          placesOf("distribution_centre"),
          placesOf("store"),
          roads.travel.periodAt(480, false),
        );
        for (let store = 0; store < matrix.columnCount; store++)
          expect(Math.min(matrix.durationSec[store]!, matrix.durationSec[matrix.columnCount + store]!)).toBeLessThan(
            2400,
          );
      });
    },
  );
}
