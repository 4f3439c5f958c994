import type { Database } from "#server/db/database.ts";
import type { OfferKeys } from "#server/keys/offer-keys.ts";
import type { Platform } from "#server/platform.ts";
import type { Travel } from "#server/travel/travel.ts";
import { createFleet, type Fleet } from "./fleet.ts";
import { createNetworkMirror, type NetworkMirror } from "./network-mirror.ts";
import type { RegionRow } from "./queries.ts";
import { createServiceAreas, type ServiceAreas } from "./service-areas.ts";
import { createSharedFacts, type ReadSharedFacts } from "./shared-facts.ts";

/** What promising stands on. */
export interface PromiseServices {
  readonly db: Database;
  readonly offerKeys: OfferKeys;
  /** The region's plans, as this process last read them. */
  fleetOf(region: RegionRow): Fleet;
  /** The region's hours, pickup windows and shifts, as this process last read them outside of any transaction. */
  mirrorOf(regionId: string): NetworkMirror;
  readonly areas: ServiceAreas;
  /** What a quote has to know, outside of any transaction: see shared-facts.ts. */
  readonly readFacts: ReadSharedFacts;
}

const ofPlatform = new WeakMap<Platform, PromiseServices>();

export function promiseServices(platform: Platform): PromiseServices {
  let services = ofPlatform.get(platform);
  if (!services) {
    services = createPromiseServices(platform.db, platform.travel(), platform.offerKeys());
    ofPlatform.set(platform, services);
  }
  return services;
}

export function createPromiseServices(db: Database, travel: Travel, offerKeys: OfferKeys): PromiseServices {
  const fleets = new Map<string, Fleet>();
  const mirrors = new Map<string, NetworkMirror>();
  const mirrorOf = (regionId: string) => {
    let mirror = mirrors.get(regionId);
    if (!mirror) {
      mirror = createNetworkMirror();
      mirrors.set(regionId, mirror);
    }
    return mirror;
  };
  return {
    db,
    offerKeys,
    areas: createServiceAreas(travel),
    fleetOf(region) {
      const key = `${region.id} ${region.timeZone}`;
      let fleet = fleets.get(key);
      if (!fleet) {
        fleet = createFleet(travel, region.timeZone, Math.floor(Date.now() / 1000));
        fleets.set(key, fleet);
      }
      return fleet;
    },
    mirrorOf,
    readFacts: createSharedFacts(db, mirrorOf),
  };
}
