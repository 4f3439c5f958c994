import type { Queryable } from "#server/db/database.ts";
import type { CartLine } from "#server/domain/cart.ts";
import type { ChannelId } from "#server/domain/channel.ts";
import type { NetworkMirror } from "./network-mirror.ts";
import { factsOf, type QuoteFacts, type RegionFacts, readRegionFacts } from "./quote-facts.ts";

/** So many readings of one region and channel are under way at once; whoever comes then waits for the next. */
const MOST_READINGS = 2;
/** One reading is for so many carts at most: nobody waits for hundreds. */
const MOST_CARTS = 16;

/** As readFacts. */
export type ReadSharedFacts = (
  regionId: string,
  lines: readonly CartLine[],
  channelId: ChannelId,
) => Promise<QuoteFacts>;

interface Waiting {
  readonly lines: readonly CartLine[];
  readonly resolve: (facts: QuoteFacts) => void;
  readonly reject: (error: unknown) => void;
}

interface Desk {
  underWay: number;
  waiting: Waiting[];
}

/**
 * readFacts for many who ask at once: most of a reading is the same for every cart of a region, so those who wait are answered by one
 * together. A reading begins after all whom it answers have asked, so nobody is told what was true before. Never on a transaction.
 */
export function createSharedFacts(db: Queryable, mirrorOf: (regionId: string) => NetworkMirror): ReadSharedFacts {
  const desks = new Map<string, Desk>();

  return (regionId, lines, channelId) => {
    const key = `${regionId} ${channelId}`;
    const desk = desks.get(key) ?? { underWay: 0, waiting: [] };
    desks.set(key, desk);
    return new Promise((resolve, reject) => {
      desk.waiting.push({ lines, resolve, reject });
      serve();
    });

    function serve(): void {
      while (desk.underWay < MOST_READINGS && desk.waiting.length > 0) {
        desk.underWay++;
        answer(desk.waiting.splice(0, MOST_CARTS)).finally(() => {
          desk.underWay--;
          serve();
          // A region has few channels, and yet: what nobody asks is not kept.
          if (desk.underWay === 0) desks.delete(key);
        });
      }
    }

    async function answer(carts: readonly Waiting[]): Promise<void> {
      const mirror = mirrorOf(regionId);
      const skuIds = [...new Set(carts.flatMap((cart) => cart.lines.map(({ skuId }) => skuId)))];
      let read: RegionFacts;
      try {
        read = await readRegionFacts(db, mirror, regionId, skuIds, channelId);
      } catch (error) {
        for (const { reject } of carts) reject(error);
        return;
      }
      for (const { lines, resolve, reject } of carts) {
        try {
          resolve(factsOf(read, mirror, lines));
        } catch (error) {
          reject(error);
        }
      }
    }
  };
}
