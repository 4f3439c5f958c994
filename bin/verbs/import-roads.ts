import { dirname, resolve } from "node:path";
import { makeFolder } from "#bin/make-folder.ts";
import { parseArguments } from "#bin/parse-arguments.ts";
import { progressBar } from "#bin/progress-bar.ts";
import { OperatorError, UsageError, type Verb } from "#bin/verb.ts";
import { EmptyMapError } from "#server/travel/compile-map.ts";
import { OsmFileError } from "#server/travel/import/osm-file.ts";
import { readOsm } from "#server/travel/import/read-osm.ts";
import { MapFileError, type MapHeader } from "#server/travel/map-file.ts";
import { writeMap } from "#server/travel/write-map.ts";

export const verb: Verb = {
  summary: "Turns an OpenStreetMap extract into a map: roads, travel times, names, tiles.",
  usage: "FILE.osm.pbf --out FILE.keptmap [--name NAME]",
  async run(args) {
    const { extract, out, name } = readArguments(args);
    const beganMs = performance.now();
    const progress = progressBar();
    try {
      progress.task("reading the extract");
      const { source, createdFrom, brokenAreas } = readOsm(extract, progress.at);
      progress.task("compiling the roads");
      makeFolder(dirname(out));
      let cutting = false;
      const { header, sizeBytes } = await writeMap({ ...source, name: name ?? source.name }, createdFrom, out, {
        onCompile: progress.at,
        onTiles: (fraction) => {
          if (!cutting) progress.task("cutting the tiles");
          cutting = true;
          progress.at(fraction);
        },
      });
      progress.done();
      printSummary(header, out, sizeBytes, (performance.now() - beganMs) / 1000);
      if (brokenAreas > 0)
        console.log(`${brokenAreas} areas (water, green, built-up) reach beyond the extract and were left out or cut.`);
      return 0;
    } catch (error) {
      progress.clear();
      if (error instanceof OsmFileError || error instanceof EmptyMapError || error instanceof MapFileError)
        throw new OperatorError(error.message, { cause: error });
      throw error;
    }
  },
};

function readArguments(args: readonly string[]): { extract: string; out: string; name: string | undefined } {
  const { values, positionals } = parseArguments(args, {
    options: { out: { type: "string" }, name: { type: "string" } },
    allowPositionals: true,
  });
  const [extract, ...others] = positionals;
  if (extract === undefined || others.length > 0) throw new UsageError("give exactly one extract.");
  if (!values.out) throw new UsageError("say with --out where the map shall go.");
  const out = resolve(values.out);
  if (out === resolve(extract)) throw new UsageError("the map must not replace the extract.");
  return { extract: resolve(extract), out, name: values.name };
}

function printSummary(header: MapHeader, out: string, sizeBytes: number, seconds: number): void {
  const count = (what: string) => (header.counts[what] ?? 0).toLocaleString("en");
  console.log(
    [
      `${header.name}: ${count("junctions")} junctions, ${count("edges")} edges, ${count("roadKm")} km of road, ${count("streets")} streets, ${count("tiles")} tiles`,
      `${out}: ${(sizeBytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s`,
      header.attribution,
    ].join("\n"),
  );
}
