import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRandom, type Random } from "#server/core/random.ts";
import { type Database, openDatabase } from "#server/db/database.ts";
import type { CartLine } from "#server/domain/cart.ts";
import { OWN_SHOP } from "#server/domain/channel.ts";
import { RegionId, SkuId } from "#server/domain/id.ts";
import type { QuoteRequest } from "#server/domain/quote.ts";
import { importNetwork } from "#server/features/network/import-network.ts";
import { guessTimeZone } from "#server/features/network/make-network/guess-time-zone.ts";
import { makeNetwork } from "#server/features/network/make-network/make-network.ts";
import { readStreets } from "#server/features/network/make-network/read-streets.ts";
import { writeNetworkFiles } from "#server/features/network/write-csv.ts";
import { placeWish } from "#server/features/promise/place-wish.ts";
import { createPromiseServices, type PromiseServices } from "#server/features/promise/promise-services.ts";
import { NO_CLIMB } from "#server/features/promise/visit.ts";
import { openOfferKeys } from "#server/keys/offer-keys.ts";
import { openTravel } from "#server/travel/embedded-travel.ts";
import type { Travel } from "#server/travel/travel.ts";
import { type Stack, startStack } from "#supabase/local/stack.ts";
import { copyStock, growNetwork } from "./grow-network.ts";

/** A region of its own to measure on: an embedded stack in a folder that goes away, a generated network on a real or made map. */
export interface BenchRegion {
  readonly stack: Stack;
  readonly stateDir: string;
  readonly db: Database;
  readonly travel: Travel;
  readonly services: PromiseServices;
  readonly regionId: RegionId;
  /** A cart and a door, drawn from the seed. */
  draw(): Omit<QuoteRequest, "insteadOf">;
  close(): Promise<void>;
}

export interface BenchSize {
  readonly nodes: number;
  readonly vans: number;
}

/** The network as it is generated, or grown to a size: see grow-network.ts. */
export async function openBenchRegion(mapFile: string, seed: number, size?: BenchSize): Promise<BenchRegion> {
  const stateDir = mkdtempSync(join(tmpdir(), "kept-bench-"));
  const stack = await startStack({ stateDir, gatewayPort: 0, postgresPort: 0, siteUrl: "http://127.0.0.1" });
  const db = openDatabase(stack.databaseUrl, { max: 16 });
  const travel = openTravel(mapFile);
  const dir = join(stateDir, "network");
  const rows = makeNetwork({ travel, streets: readStreets(mapFile), seed, timeZone: guessTimeZone(travel.bbox) });
  writeNetworkFiles(dir, size ? growNetwork(rows, size.nodes, size.vans) : rows);
  await importNetwork(db, dir);
  if (size) await copyStock(db);

  const [region] = await db`select id from public.regions`;
  const regionId = RegionId.parse(region!.id);
  const skus = (
    await db`select sku_id from public.inventory_levels group by sku_id having count(*) >= least(12, (select count(*) / 2 from public.nodes)) order by sku_id`
  ).map((row) => SkuId.parse(row.sku_id));
  const random = makeRandom(seed);
  return {
    stack,
    stateDir,
    db,
    travel,
    regionId,
    services: createPromiseServices(db, travel, openOfferKeys(stateDir, {})),
    draw: () => ({ regionId, lines: drawCart(skus, random), destination: drawDoor(travel, random) }),
    async close() {
      await db.end({ timeout: 1 });
      await stack.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/**
 * Fills the coming days with held deliveries until `count` stand in the routes or too many in a row find no room.
 * Returns how many were placed and the seconds that it took.
 */
export async function fillRoutes(
  region: BenchRegion,
  count: number,
  clients: number,
): Promise<{ placed: number; seconds: number }> {
  const windows = await region.db`
    select extract(epoch from starts_at)::integer as start, extract(epoch from ends_at)::integer as "end"
    from public.windows where starts_at > app.now() + interval '20 hours' order by starts_at`;
  const started = performance.now();
  let asked = 0;
  let placed = 0;
  async function client(): Promise<void> {
    while (placed < count && asked < count * 2) {
      const { start, end } = windows[asked++ % windows.length]!;
      const wish = {
        ...region.draw(),
        service: "delivery" as const,
        windowStartSec: start,
        windowEndSec: end,
        priceCents: 390,
        visit: { startSec: start, endSec: end, climb: NO_CLIMB },
      };
      const holdId = randomUUID();
      try {
        await placeWish(
          region.services,
          { ...wish, channelId: OWN_SHOP, fingerprint: `bench ${holdId}` },
          holdId,
          async (tx, { parts }) => {
            await tx`select from app.place_hold(${holdId}, ${tx.json(parts as never)}, 86400)`;
          },
        );
        placed++;
      } catch (error) {
        if (!(error instanceof Error && error.name === "Fault")) throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: clients }, client));
  return { placed, seconds: (performance.now() - started) / 1000 };
}

const MOST_LINES = 12;
const MOST_UNITS = 3;

function drawCart(skus: readonly SkuId[], random: Random): CartLine[] {
  const lines = new Map<SkuId, number>();
  const wanted = 1 + random.below(MOST_LINES);
  while (lines.size < wanted) lines.set(random.pick(skus), 1 + random.below(MOST_UNITS));
  return [...lines].map(([skuId, units]) => ({ skuId, units }));
}

/** Anywhere on the map that a van can reach: most people live where the streets are, so a point far from any is drawn again. */
function drawDoor(travel: Travel, random: Random): QuoteRequest["destination"] {
  const [west, south, east, north] = travel.bbox;
  for (;;) {
    // The sum of two draws crowds towards the middle, as cities do.
    const lng = west + ((random.next() + random.next()) / 2) * (east - west);
    const lat = south + ((random.next() + random.next()) / 2) * (north - south);
    const place = travel.snap(lng, lat);
    if (place && place.offM < 150) return { lng, lat, address: "Bench Street" };
  }
}
