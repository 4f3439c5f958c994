import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PROJECT_DIR } from "#bin/project-dir.ts";
import { UsageError } from "#bin/verb.ts";
import { makeRandom } from "#server/core/random.ts";
import { readStreets } from "#server/features/network/make-network/read-streets.ts";
import { makeCity } from "#server/travel/city/make-city.ts";
import { compileMap } from "#server/travel/compile-map.ts";
import { openTravel } from "#server/travel/embedded-travel.ts";
import { readOsm } from "#server/travel/import/read-osm.ts";
import { writeMapFile } from "#server/travel/map-file.ts";
import type { MapSource } from "#server/travel/map-source.ts";
import { drawGrocerInstance } from "./grocer-instance.ts";
import { wholeSeed } from "./routing-arguments.ts";
import { writeVrplib } from "./vrplib-text.ts";

const USAGE = `node bench/routing/make-instances.ts --out DIR --seed N

Draws grocers' days of 200 to 700 visits on the roads of the generated city, and of the real extracts where a folder of
them lies beside the checkout, and writes them to DIR as VRPLIB files. The same seed gives the same files.`;

/** A folder of real extracts beside the checkout. */
const EXTRACTS = join(PROJECT_DIR, "..", "shared", "data", "osm");
const SIZES = [200, 280, 400, 550, 700];

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(`Makes asymmetric routing problems.\n\nUsage: ${USAGE}`);
    return 0;
  }
  try {
    const { out, seed } = readArguments(args);
    makeFolder(out);
    await makeInstances(out, "city", () => makeCity({ seed: 1 }), seed);
    for (const name of ["porto", "malta"]) {
      const extract = join(EXTRACTS, `${name}.osm.pbf`);
      if (existsSync(extract)) await makeInstances(out, name, () => readOsm(extract).source, seed);
      else console.log(`${name}: no extract beside the checkout, left out`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`make-instances: ${error.message.replace(/\.?$/, ".")}`);
    return 2;
  }
}

async function makeInstances(out: string, map: string, source: () => MapSource, seed: number): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "kept-instances-"));
  try {
    const path = join(dir, "roads.keptmap");
    const { header, sections } = compileMap(source(), map);
    await writeMapFile(path, header, sections);
    const travel = openTravel(path);
    const streets = readStreets(path);
    for (const visitCount of SIZES) {
      const random = makeRandom(seed).fork(`${map} ${visitCount}`);
      const day = {
        visitCount,
        hours: 12 + random.below(3),
        narrowShare: random.between(0.2, 0.8),
        visitsPerRoute: random.between(15, 25),
        period: random.below(travel.periodCount),
      };
      const instance = drawGrocerInstance(travel, streets, day, random);
      const name = `${map}-n${visitCount}-s${seed}`;
      const comment = `${day.hours} h, ${Math.round(day.narrowShare * 100)} % narrow windows, roads: ${travel.attribution}`;
      writeFileSync(join(out, `${name}.vrp`), writeVrplib(name, comment, instance));
      console.log(`${name}: ${comment}`);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function readArguments(args: readonly string[]): { out: string; seed: number } {
  const { out, seed } = parse(args);
  if (!out) throw new UsageError("--out DIR is missing");
  if (seed === undefined) throw new UsageError("--seed N is missing");
  return { out, seed: wholeSeed(seed) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { out: { type: "string" }, seed: { type: "string" } } }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split(/[.\n]\s*/)[0]!, { cause: error });
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new UsageError(`the folder ${path} cannot be made (${(error as NodeJS.ErrnoException).code})`);
  }
}

process.exitCode = await main(process.argv.slice(2));
