import type { Database, Transaction } from "#server/db/database.ts";
import { retryDeadlocks } from "#server/db/retry-deadlocks.ts";
import { checkColdChain } from "./check-cold-chain.ts";
import { checkNetwork } from "./check-network.ts";
import { createFaultList, ImportRefused } from "./import-faults.ts";
import { readKnownNetwork } from "./known-network.ts";
import { NETWORK_TABLES, type TableName } from "./network-tables.ts";
import { type NetworkFiles, readNetwork } from "./read-network.ts";
import { lockStock, writeCalendar, writeNetwork } from "./write-network.ts";

/** How many faults an import lists; it counts them all. */
const MAX_LISTED_FAULTS = 50;
const MOST_TRIES = 5;
/** Two imports at once would deadlock on each other's rows; any fixed number will do. */
const IMPORT_LOCK = 5_432_109_877;

export interface ImportSummary {
  /** Rows by file, in the order of the documentation; files that were not there are left out. */
  readonly rowCounts: ReadonlyMap<string, number>;
  readonly horizons: readonly Horizon[];
}

/** The days of a region that are open to promises after the import. */
export interface Horizon {
  readonly regionId: string;
  readonly days: number;
  readonly windows: number;
  readonly shifts: number;
}

export interface ImportOptions {
  readonly log?: (line: string) => void;
  /** What must be written with it or not at all; it runs before the coming days are opened. */
  readonly also?: (tx: Transaction) => Promise<void>;
}

/**
 * Imports a folder of CSV files: all of it or nothing, in one transaction.
 *
 * Throws ImportRefused with every fault when there is any: nothing was changed then.
 *
 * Locks     one import at a time; then the regions, then inventory levels in (node, sku) order, then shifts by id; then, where calendars
 *           or cut-offs change, windows and runs. That comes after the shifts, so that it and a hold can wait for each other:
 *           whichever of the two Postgres ends is run again.
 * Retry     safe: importing the same files again changes nothing but when stock was last confirmed.
 */
export async function importNetwork(
  db: Database,
  dir: string,
  { log = () => {}, also }: ImportOptions = {},
): Promise<ImportSummary> {
  return await retryDeadlocks(
    MOST_TRIES,
    () => importOnce(db, dir, log, also),
    () => log("an order came in between: importing once more"),
  );
}

async function importOnce(
  db: Database,
  dir: string,
  log: (line: string) => void,
  also: ImportOptions["also"],
): Promise<ImportSummary> {
  const faults = createFaultList(MAX_LISTED_FAULTS);
  const files = readNetwork(dir, faults);
  const rowCounts = countRows(files);
  for (const [file, rows] of rowCounts)
    log(`read ${file}: ${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`);

  return await db.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${IMPORT_LOCK})`;
    // First of all locks, and before rows that a change of a calendar would wait for: see app.open_horizon.
    await tx`select from public.regions order by id for no key update`;
    checkNetwork(files, await readKnownNetwork(tx, files), faults);
    await lockStock(tx, files, faults);
    await checkColdChain(tx, files, faults);
    if (faults.total > 0) throw new ImportRefused(faults);
    await writeNetwork(tx, files);
    await writeCalendar(tx, files);
    await also?.(tx);
    log("opening the coming days");
    return { rowCounts, horizons: await openHorizons(tx) };
  });
}

function countRows(files: NetworkFiles): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [name, { file }] of Object.entries(NETWORK_TABLES)) {
    const content = files[name as TableName];
    if (content?.readable) counts.set(file, content.rows.length);
  }
  return counts;
}

/** Opens the coming days of every region, and tells those who watch one that its network changed. */
async function openHorizons(tx: Transaction): Promise<Horizon[]> {
  const horizons = await tx<Horizon[]>`
    select r.id as "regionId", count(*)::integer as days, sum(h.windows)::integer as windows, sum(h.shifts)::integer as shifts
    from public.regions r cross join lateral app.open_horizon(r.id) h
    group by r.id order by r.id`;
  await tx`
    select app.record_event(r.id, 'network_imported', null, null, null, null) from public.regions r order by r.id`;
  await tx`insert into app.outbox (region_id, kind) select r.id, 'capacity' from public.regions r order by r.id`;
  return horizons;
}
