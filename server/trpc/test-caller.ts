import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#server/db/database.ts";
import type { FaultCode } from "#server/domain/fault.ts";
import { Fault } from "#server/domain/fault.ts";
import { UNLIMITED } from "#server/domain/rate-limiter.ts";
import { openOfferKeys } from "#server/keys/offer-keys.ts";
import type { Platform } from "#server/platform.ts";
import { openTravel } from "#server/travel/embedded-travel.ts";
import { gridTown } from "#server/travel/grid-town.ts";
import { writeMap } from "#server/travel/write-map.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { caller, insertNetwork, type Network } from "#supabase/tests/network-fixture.ts";
import { createCallerFactory } from "./procedure.ts";
import { rootRouter } from "./root.ts";

const createCaller = createCallerFactory(rootRouter);
export type Caller = ReturnType<typeof createCaller>;

/** A platform with a database of its own, the fixture's network in it, and a grid of streets under the network. */
export interface TestWorld {
  readonly sql: TestDatabase["sql"];
  readonly network: Network;
  readonly platform: Platform;
  /** For a process of its own on the same database and map. */
  readonly env: Readonly<Record<string, string>>;
  /** Calls procedures as one of the fixture's staff, or with null as somebody who is not signed in. */
  as(userId: string | null, clientAddress?: string): Caller;
  close(): Promise<void>;
}

// STORE-A, STORE-B and the fixture's doors stand in the town; DC-1 is far outside.
const TOWN = gridTown(-9.21, 38.69, 11, 9, 0.01);

/** Call it in `beforeAll`, and `close()` in `afterAll`. */
export async function openTestWorld(town = TOWN): Promise<TestWorld> {
  const database = await cloneDatabase();
  const network = await insertNetwork(database.sql);
  const stateDir = mkdtempSync(join(tmpdir(), "kept-test-"));
  const mapFile = join(stateDir, "map");
  await writeMap(town, "a grid", mapFile);
  const travel = openTravel(mapFile);
  const offerKeys = openOfferKeys(stateDir, {});
  const db = openDatabase(database.url, { max: 4 });
  const platform: Platform = {
    db,
    supabaseUrl: "http://127.0.0.1:9",
    publishableKey: "none",
    stateDir,
    travel: () => travel,
    offerKeys: () => offerKeys,
  };
  return {
    sql: database.sql,
    network,
    platform,
    env: {
      DATABASE_URL: database.url,
      KEPT_STATE_DIR: stateDir,
      KEPT_MAP_FILE: mapFile,
      NEXT_PUBLIC_SUPABASE_URL: platform.supabaseUrl,
      NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: platform.publishableKey,
    },
    as: (userId, clientAddress) =>
      createCaller({
        platform,
        db,
        caller: userId === null ? null : caller(userId),
        clientAddress: clientAddress ?? null,
        limiter: UNLIMITED,
      }),
    async close() {
      await db.end({ timeout: 1 });
      await database.drop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** The fault that a call ends with; "ok" when it succeeds. Anything else is a bug and is thrown on. */
export async function faultOf(call: Promise<unknown>): Promise<FaultCode | "ok"> {
  try {
    await call;
    return "ok";
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (cause instanceof Fault) return cause.code;
    throw error;
  }
}
