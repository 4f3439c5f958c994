import { join } from "node:path";
import { type Database, openDatabase } from "./db/database.ts";
import { type OfferKeys, openOfferKeys } from "./keys/offer-keys.ts";
import { openTravel } from "./travel/embedded-travel.ts";
import { mapLocation } from "./travel/map-location.ts";
import type { Travel } from "./travel/travel.ts";

/** What the server stands on. Features take the parts they need; tests build their own. */
export interface Platform {
  readonly db: Database;
  readonly supabaseUrl: string;
  readonly publishableKey: string;
  /** Where this installation keeps its files: the map, its keys. */
  readonly stateDir: string;
  /** Opened at the first call: a process that needs no roads does not read the map. */
  travel(): Travel;
  offerKeys(): OfferKeys;
}

const slot = globalThis as typeof globalThis & { keptPlatform?: Platform };

/** The platform named by the environment; made once per process, also across hot reloads. */
export function platform(): Platform {
  slot.keptPlatform ??= platformOfEnvironment(process.env);
  return slot.keptPlatform;
}

function platformOfEnvironment(env: NodeJS.ProcessEnv): Platform {
  const need = (name: string): string => {
    const value = env[name];
    if (!value)
      throw new Error(
        `${name} is not set: "npm start" sets it for the embedded stack, see README for a hosted project`,
      );
    return value;
  };
  const stateDir = env.KEPT_STATE_DIR ?? join(process.cwd(), ".kept");
  return {
    db: openDatabase(need("DATABASE_URL"), { transactionPooler: env.DATABASE_POOLER === "transaction" }),
    supabaseUrl: need("NEXT_PUBLIC_SUPABASE_URL"),
    publishableKey: need("NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY"),
    stateDir,
    travel: once(() => openTravel(mapLocation(env))),
    offerKeys: once(() => openOfferKeys(stateDir, env)),
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
