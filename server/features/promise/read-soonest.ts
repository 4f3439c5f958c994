import * as z from "zod";
import { canonicalPlace, Destination } from "#server/domain/cart.ts";
import { RegionId, SkuId } from "#server/domain/id.ts";
import { instant } from "#server/domain/instant.ts";
import type { WindowView } from "#server/domain/quote.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import { quoteCart } from "./quote-cart.ts";

const Input = z.strictObject({ regionId: RegionId, skuId: SkuId, destination: Destination });
type Input = z.infer<typeof Input>;

const Opening = z.object({
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  /** Until when it can be ordered, unless others take what is free now. */
  orderBy: z.iso.datetime(),
  priceCents: z.int(),
});

const Output = z.object({
  now: z.iso.datetime(),
  timeZone: z.string(),
  currency: z.string(),
  /** The first delivery window that is open for one unit, or null when none is. */
  delivery: Opening.nullable(),
  /** The first day on which a carrier can bring one, or null. */
  parcel: Opening.nullable(),
  /** When the first store could have one unit ready, or null. */
  pickupAt: z.iso.datetime().nullable(),
});
export type Soonest = z.infer<typeof Output>;

/** Stock is not in the snapshot whose version the cache goes by, so an answer lives no longer than this. */
const LIFETIME_SEC = 30;
const MAX_KEPT = 2000;

interface Kept {
  readonly untilSec: number;
  readonly answer: Promise<Soonest>;
}

const ofServices = new WeakMap<PromiseServices, Map<string, Kept>>();

/**
 * How soon one unit of a SKU can be at a door, for a product's page. A quote, kept for half a minute at most and no
 * longer than the region's snapshot stands: thousands who look at one product cost one quote. Nothing is promised; the
 * checkout asks again. Faults: not-found (region or SKU).
 */
export async function readSoonest(services: PromiseServices, input: Input): Promise<Soonest> {
  const [clock] = await services.db<{ nowSec: number; version: number | null }[]>`
    select extract(epoch from app.now())::float8 as "nowSec",
      (select version::integer from public.edge_snapshots where region_id = ${input.regionId}) as version`;
  const { nowSec, version } = clock!;
  let kept = ofServices.get(services);
  if (!kept) {
    kept = new Map();
    ofServices.set(services, kept);
  }
  const key = `${input.regionId} ${version} ${input.skuId} ${canonicalPlace(input.destination)}`;
  const known = kept.get(key);
  if (known && nowSec < known.untilSec) return { ...(await known.answer), now: instant(nowSec) };

  const answer = soonestOf(services, input);
  // Oldest first out: a map keeps the order in which its keys came.
  kept.delete(key);
  const oldest = kept.keys().next().value;
  if (kept.size >= MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(key, { untilSec: nowSec + LIFETIME_SEC, answer });
  try {
    const { delivery, parcel } = await answer;
    const untilSec = Math.min(...[delivery, parcel].flatMap((one) => (one ? Date.parse(one.orderBy) / 1000 : [])));
    if (untilSec < nowSec + LIFETIME_SEC) kept.set(key, { untilSec, answer });
  } catch {
    // What failed is not kept; who asked hears of it below.
    kept.delete(key);
  }
  return answer;
}

async function soonestOf(services: PromiseServices, { regionId, skuId, destination }: Input): Promise<Soonest> {
  const quote = await quoteCart(services, { regionId, lines: [{ skuId, units: 1 }], destination });
  const ready = quote.pickup.flatMap((place) => place.nextStartsAt ?? []).sort();
  return {
    now: quote.now,
    timeZone: quote.timeZone,
    currency: quote.currency,
    delivery: firstOpen(quote.delivery),
    parcel: firstOpen(quote.parcel),
    pickupAt: ready[0] ?? null,
  };
}

function firstOpen(windows: readonly WindowView[]): Soonest["delivery"] {
  const first = windows.find((window) => window.open);
  return first
    ? { startsAt: first.startsAt, endsAt: first.endsAt, orderBy: first.orderBy, priceCents: first.priceCents }
    : null;
}

/** promise.soonest */
export const soonest = shopperProcedure
  .meta({ kind: "quote" })
  .input(Input)
  .output(Output)
  .query(({ ctx, input }) => readSoonest(promiseServices(ctx.platform), input));
