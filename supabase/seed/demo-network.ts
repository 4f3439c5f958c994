import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { OperatorError } from "#bin/verb.ts";
import { createFaultList } from "#server/features/network/import-faults.ts";
import { guessTimeZone } from "#server/features/network/make-network/guess-time-zone.ts";
import { makeNetwork } from "#server/features/network/make-network/make-network.ts";
import { readStreets } from "#server/features/network/make-network/read-streets.ts";
import type { NetworkRow } from "#server/features/network/network-tables.ts";
import { readNetwork } from "#server/features/network/read-network.ts";
import { writeNetworkFiles } from "#server/features/network/write-csv.ts";
import { openTravel } from "#server/travel/embedded-travel.ts";
import { DEMO_SEED } from "./demo-map.ts";

const DAYS_TO_HOLIDAY = 12;

/**
 * The folder of the network to import, generated on the map when there is none. Answers its path and its vehicles.
 *
 * Throws OperatorError when the folder holds a network of another map.
 */
export function ensureNetwork(
  stateDir: string,
  mapPath: string,
  log: (line: string) => void,
): { dir: string; vehicleIds: string[] } {
  const dir = join(stateDir, "network");
  const travel = openTravel(mapPath);
  if (!existsSync(dir)) {
    log(`placing stores, warehouses and vans in ${travel.name}`);
    const timeZone = guessTimeZone(travel.bbox);
    const made = makeNetwork({ travel, streets: readStreets(mapPath), seed: DEMO_SEED, timeZone });
    const rows = { ...made, calendar_days: [...made.calendar_days, holidaySoon(made.regions[0]!.id)] };
    // Renamed when it is whole: half a folder would be taken for a network the next time.
    const part = `${dir}.part`;
    rmSync(part, { recursive: true, force: true });
    writeNetworkFiles(part, rows);
    renameSync(part, dir);
  }
  const { nodes, vehicles } = readNetwork(dir, createFaultList(0));
  for (const { value } of nodes?.rows ?? []) {
    if (travel.snap(value.lng, value.lat)) continue;
    throw new OperatorError(
      `${value.id} in ${dir} is not on the map of ${travel.name}: make the network again with "kept make-network --roads ${mapPath} --out ${dir}", or delete the folder.`,
    );
  }
  return { dir, vehicleIds: vehicles?.rows.map(({ value }) => value.id) ?? [] };
}

/** A holiday that the calendar shows from the first day on, far enough ahead to be in nobody's way. */
function holidaySoon(regionId: string): NetworkRow<"calendar_days"> {
  const day = new Date(Date.now() + DAYS_TO_HOLIDAY * 86_400_000).toISOString().slice(0, 10);
  return {
    ...{ region_id: regionId, node_id: null, day, name: "Founders' Day" },
    ...{ opens: null, closes: null, work_sec: null },
  };
}
