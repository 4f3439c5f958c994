import { dirname, resolve } from "node:path";
import { makeFolder } from "#bin/make-folder.ts";
import { parseArguments } from "#bin/parse-arguments.ts";
import { progressBar } from "#bin/progress-bar.ts";
import { OperatorError, UsageError, type Verb } from "#bin/verb.ts";
import { makeCity } from "#server/travel/city/make-city.ts";
import { MapFileError } from "#server/travel/map-file.ts";
import { mapLocation } from "#server/travel/map-location.ts";
import { writeMap } from "#server/travel/write-map.ts";

const LARGEST_SEED = 2 ** 31 - 1;

export const verb: Verb = {
  summary: "Makes a city from a seed, with its roads, names and map.",
  usage: "[--seed N] [--out FILE.keptmap]",
  async run(args) {
    const { seed, out } = readArguments(args);
    makeFolder(dirname(out));
    const progress = progressBar();
    try {
      progress.task("drawing the city");
      const source = makeCity({ seed });
      progress.task("compiling the roads");
      const { header, sizeBytes } = await writeMap(source, `generated city, seed ${seed}`, out, {
        onCompile: (fraction) => {
          progress.at(fraction);
          if (fraction === 1) progress.task("cutting the tiles");
        },
        onTiles: progress.at,
      });
      progress.done();
      const count = (what: string) => (header.counts[what] ?? 0).toLocaleString("en");
      console.log(
        `${header.name}: ${count("junctions")} junctions, ${count("roadKm")} km of road, ${count("streets")} streets, ${count("tiles")} tiles`,
      );
      console.log(`${out}: ${(sizeBytes / 1e6).toFixed(1)} MB. ${header.attribution}.`);
    } catch (error) {
      progress.clear();
      if (error instanceof MapFileError) throw new OperatorError(error.message, { cause: error });
      throw error;
    }
    return 0;
  },
};

function readArguments(args: readonly string[]): { seed: number; out: string } {
  const { values } = parseArguments(args, { options: { seed: { type: "string" }, out: { type: "string" } } });
  const seed = values.seed ?? "1";
  if (!/^\d+$/.test(seed) || Number(seed) > LARGEST_SEED)
    throw new UsageError(`the seed must be a whole number from 0 to ${LARGEST_SEED}, not "${seed}".`);
  return { seed: Number(seed), out: values.out ? resolve(values.out) : mapLocation() };
}
