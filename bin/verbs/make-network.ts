import { makeFolder } from "#bin/make-folder.ts";
import { parseArguments } from "#bin/parse-arguments.ts";
import { OperatorError, UsageError, type Verb } from "#bin/verb.ts";
import { guessTimeZone } from "#server/features/network/make-network/guess-time-zone.ts";
import { makeNetwork } from "#server/features/network/make-network/make-network.ts";
import { readStreets } from "#server/features/network/make-network/read-streets.ts";
import { TooFewSites } from "#server/features/network/make-network/sites.ts";
import { isTimeZone } from "#server/features/network/time-zone.ts";
import { writeNetworkFiles } from "#server/features/network/write-csv.ts";
import { openTravel } from "#server/travel/embedded-travel.ts";
import { MapFileError } from "#server/travel/map-file.ts";

export const verb: Verb = {
  summary: "Places a demo network on a road map: stores, warehouses, vans, goods and stock, as CSV files.",
  usage: `--roads FILE --seed N --out DIR [--time-zone ZONE]

FILE is a map that "kept import-roads" or "kept make-city" wrote. "kept import DIR" reads the result. The same map and
seed give the same files. The time zone is that of the nearest large city unless it is given.`,

  async run(args) {
    const { roads, seed, out, timeZone: given } = readOptions(args);
    try {
      const travel = openTravel(roads);
      const timeZone = given ?? guessTimeZone(travel.bbox);
      const rows = makeNetwork({ travel, streets: readStreets(roads), seed, timeZone });
      makeFolder(out);
      writeNetworkFiles(out, rows);
      const counts = [
        ...(["store", "distribution_centre", "micro_fulfilment"] as const).map(
          (kind) => `${rows.nodes.filter((node) => node.kind === kind).length} × ${kind.replace("_", " ")}`,
        ),
        `${rows.vehicles.length} vans`,
        `${rows.skus.length} SKUs`,
        `${rows.stock.length.toLocaleString("en")} stock levels`,
      ];
      console.log(`${travel.name}: ${counts.join(", ")}`);
      console.log(
        `time zone ${timeZone}${given === undefined ? " (by where the map lies; --time-zone overrules it)" : ""}`,
      );
      console.log(`written to ${out}; "kept import ${out}" brings it into the database`);
      return 0;
    } catch (error) {
      if (error instanceof MapFileError || error instanceof TooFewSites)
        throw new OperatorError(error.message, { cause: error });
      const { code, path } = error as NodeJS.ErrnoException;
      if (code !== undefined && path !== undefined)
        throw new OperatorError(`${path} cannot be written (${code}).`, { cause: error });
      throw error;
    }
  },
};

function readOptions(args: readonly string[]) {
  const { values } = parseArguments(args, {
    options: {
      roads: { type: "string" },
      seed: { type: "string" },
      out: { type: "string" },
      "time-zone": { type: "string" },
    },
  });
  const { roads, seed = "1", out, "time-zone": timeZone } = values;
  if (!roads) throw new UsageError("--roads is missing.");
  if (!out) throw new UsageError("--out is missing.");
  if (!/^-?\d{1,9}$/.test(seed))
    throw new UsageError(`--seed must be a whole number of at most nine digits, not "${seed}".`);
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw new UsageError(`--time-zone must be a zone such as Europe/Lisbon, not "${timeZone}".`);
  return { roads, seed: Number(seed), out, timeZone };
}
