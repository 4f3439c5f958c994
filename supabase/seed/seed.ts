import { OperatorError } from "#bin/verb.ts";
import { openDatabase } from "#server/db/database.ts";
import { formatFault, ImportRefused } from "#server/features/network/import-faults.ts";
import { importNetwork } from "#server/features/network/import-network.ts";
import { TooFewSites } from "#server/features/network/make-network/sites.ts";
import { MapFileError, openMapFile } from "#server/travel/map-file.ts";
import { ensureMap } from "./demo-map.ts";
import { ensureNetwork } from "./demo-network.ts";
import { bindStaff, createAccounts, knownSignIns, MAIN_EMAILS } from "./demo-staff.ts";

export interface SeedOptions {
  readonly databaseUrl: string;
  readonly supabaseUrl: string;
  readonly secretKey: string;
  /** Its map and its network are used when it has them, and made when it has none. */
  readonly stateDir: string;
  readonly log: (line: string) => void;
  /** For a pooler that gives a connection per transaction. */
  readonly transactionPooler?: boolean;
}

/** Who can sign in, for the screen. */
export interface SeedResult {
  readonly signIns: readonly { readonly role: string; readonly email: string; readonly password: string }[];
}

/**
 * Fills an empty database with a network on the installation's map and with people who work in it.
 *
 * Rows come in one transaction: a database is either empty or seeded. Throws OperatorError, one sentence, for what an
 * operator can mend; also when the database holds a network that lies elsewhere than the map.
 */
export async function seedIfEmpty(options: SeedOptions): Promise<SeedResult> {
  const { databaseUrl, supabaseUrl, stateDir, log, transactionPooler } = options;
  const db = openDatabase(databaseUrl, { max: 4, transactionPooler });
  try {
    const mapPath = await ensureMap(stateDir, log);
    const regions = await db<Region[]>`select id, lng, lat from public.regions`;
    if (regions.length > 0) {
      requireOnMap(regions, mapPath);
      return { signIns: await knownSignIns(db, supabaseUrl) };
    }
    const { dir, vehicleIds } = ensureNetwork(stateDir, mapPath, log);
    log("creating the demo's accounts");
    const people = await createAccounts(db, options, vehicleIds.length);
    log("importing the network");
    await importNetwork(db, dir, { also: (tx) => bindStaff(tx, people) });
    const main = people.filter(({ email }) => MAIN_EMAILS.includes(email));
    return { signIns: main.map(({ role, email, password }) => ({ role, email, password })) };
  } catch (error) {
    throw asOperatorError(error);
  } finally {
    await db.end({ timeout: 5 });
  }
}

interface Region {
  readonly id: string;
  readonly lng: number;
  readonly lat: number;
}

/** A map that was exchanged under a seeded database would put every node off the road. */
function requireOnMap(regions: readonly Region[], mapPath: string): void {
  const map = openMapFile(mapPath, []);
  map.close();
  const [west, south, east, north] = map.header.bbox;
  if (regions.some(({ lng, lat }) => lng >= west && lng <= east && lat >= south && lat <= north)) return;
  throw new OperatorError(
    `The database holds ${regions.map(({ id }) => id).join(", ")}, which is not on the map of ${map.header.name} (${mapPath}): start over on this map with "npm run db:reset", or put the old map back.`,
  );
}

function asOperatorError(error: unknown): unknown {
  if (error instanceof MapFileError || error instanceof TooFewSites)
    return new OperatorError(error.message, { cause: error });
  if (!(error instanceof ImportRefused)) return error;
  const [first] = error.faults;
  const where = first === undefined ? "" : ` The first: ${formatFault(first)}`;
  return new OperatorError(`${error.message} "kept import" lists them.${where}`, { cause: error });
}
