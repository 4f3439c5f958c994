import { withOperatorDatabase } from "#bin/operator-database.ts";
import { parseArguments } from "#bin/parse-arguments.ts";
import { OperatorError, UsageError, type Verb } from "#bin/verb.ts";
import { formatFault, ImportRefused } from "#server/features/network/import-faults.ts";
import { importNetwork } from "#server/features/network/import-network.ts";

export const verb: Verb = {
  summary: "Imports a network from a folder of CSV files: all of it or nothing.",
  usage: `DIR

Reads regions.csv, nodes.csv, node_hours.csv, skus.csv, stock.csv, vehicles.csv, shifts.csv, windows.csv, carriers.csv,
carrier_services.csv, lanes.csv, addresses.csv, service_areas.csv, channels.csv and channel_safety.csv, as many of them as there are. docs/import.md lists their columns.`,

  async run(args) {
    const [dir, ...rest] = parseArguments(args, { allowPositionals: true }).positionals;
    if (dir === undefined || rest.length > 0) throw new UsageError("name one folder.");
    try {
      const { rowCounts, horizons } = await withOperatorDatabase((db) =>
        importNetwork(db, dir, { log: (line) => console.log(line) }),
      );
      const rows = [...rowCounts.values()].reduce((sum, count) => sum + count, 0);
      console.log(`imported ${rows.toLocaleString("en")} rows from ${rowCounts.size} files`);
      for (const { regionId, days, windows, shifts } of horizons)
        console.log(`${regionId}: ${days} days are open, with ${windows} delivery windows and ${shifts} shifts`);
      return 0;
    } catch (error) {
      if (!(error instanceof ImportRefused)) throw error;
      for (const fault of error.faults) console.error(formatFault(fault));
      const hidden = error.total - error.faults.length;
      throw new OperatorError(hidden > 0 ? `${error.message} ${hidden} more faults are not listed.` : error.message);
    }
  },
};
