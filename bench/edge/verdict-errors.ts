import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { makeRandom, type Random } from "#server/core/random.ts";
import { Fault } from "#server/domain/fault.ts";
import { HoldId, OrderId } from "#server/domain/id.ts";
import { CheckResponse, type OfferVerdict } from "#server/domain/offer.ts";
import type { QuoteRequest, QuoteView } from "#server/domain/quote.ts";
import { offerReader } from "#server/edge/offer-token.ts";
import { createPromiseCheck } from "#server/edge/promise-check.ts";
import { createSnapshotSource, type Snapshot } from "#server/edge/snapshot-source.ts";
import { confirmHold } from "#server/features/promise/confirm-hold.ts";
import { holdOffer } from "#server/features/promise/hold-offer.ts";
import { placeWish, wishedBy } from "#server/features/promise/place-wish.ts";
import { quoteCart } from "#server/features/promise/quote-cart.ts";
import { quotePickup } from "#server/features/promise/quote-pickup.ts";
import type { BenchRegion } from "../bench-region.ts";

const SHOPPERS = 12;
/** Of those who hold: who orders, and who gives it back after a while; the rest leaves it to run out. */
const ORDERS = 0.25;
const GIVES_BACK = 0.65;
/** Who would rather pick up, at one of the two nearest places, and soon: everybody wants the same few windows. */
const PICKS_UP = 0.7;
const SOON = 2;
const MOST_HESITATION_MS = 12_000;
/** Until an edge knows what was written before. */
const LATER_MS = 700;

/** How old the snapshot may be that a verdict is taken by; the last ones are of edges that have lost their Data API. */
const AGES_MS = [0, 500, 1000, 2000, 5000, 10_000, 20_000, 40_000];

/** What verdicts by snapshots of one age came to. */
export interface VerdictErrors {
  /** At least so old; undefined for those that the edge took as it works. */
  readonly ageMs: number | undefined;
  /** Said to be ok, and of these refused by the hold. */
  ok: number;
  falseAccepts: number;
  /** Said to be gone, and of these the hold would have had it. */
  gone: number;
  falseRejects: number;
  unsure: number;
}

export interface DemandRun {
  readonly rows: readonly VerdictErrors[];
  /** What the hold refused that the edge, as it works, had said ok to: faults and how many. */
  readonly refusals: ReadonlyMap<string, number>;
  /** What could be had though the edge, as it works, had said gone: by service and what a snapshot says that was built later. */
  readonly rejects: ReadonlyMap<string, number>;
  readonly quotes: number;
  readonly holds: number;
  /** Milliseconds: how old the snapshot was that the edge took, at the median and the 95th of a hundred. */
  readonly ageP50: number;
  readonly ageP95: number;
}

/**
 * Shoppers who quote, hesitate, choose and hold for `seconds`, in a region so small that windows come and go. Each choice is
 * judged by the edge as it works and by snapshots of former moments, and then decided by a real attempt to hold it: rolled
 * back where the edge says that it is gone.
 */
export async function measureVerdicts(region: BenchRegion, seconds: number, seed: number): Promise<DemandRun> {
  const readOffer = await offerReader([region.services.offerKeys.publicJwk]);
  const readNow = createSnapshotSource({
    supabaseUrl: region.stack.gatewayUrl,
    publishableKey: region.stack.publishableKey,
  });
  const former: Snapshot[] = [];
  const live = createPromiseCheck({ readOffer, readSnapshot: readNow });
  const rows = [undefined, ...AGES_MS].map((ageMs) => ({
    ageMs,
    ok: 0,
    falseAccepts: 0,
    gone: 0,
    falseRejects: 0,
    unsure: 0,
  }));
  const refusals = new Map<string, number>();
  const rejects = new Map<string, number>();
  const ages: number[] = [];
  let quotes = 0;
  let holds = 0;
  const endsAt = performance.now() + seconds * 1000;
  const isOver = () => performance.now() > endsAt;

  async function remember(): Promise<void> {
    while (!isOver()) {
      const snapshot = await readNow(region.regionId);
      if (snapshot && snapshot !== former.at(-1)) former.push(snapshot);
      while (former.length > 1 && Date.now() - former[1]!.builtAtMs > 60_000) former.shift();
      await sleep(50);
    }
  }

  async function verdictsOn(offer: string): Promise<(OfferVerdict["status"] | undefined)[]> {
    const now = Date.now();
    const asOf = (ageMs: number) => former.findLast((snapshot) => snapshot.builtAtMs <= now - ageMs);
    return Promise.all([
      ask(live, offer, ages),
      ...AGES_MS.map((ageMs) => {
        const snapshot = asOf(ageMs);
        const check = createPromiseCheck({ readOffer, readSnapshot: async () => snapshot, nowMs: () => now });
        return snapshot && ask(check, offer);
      }),
    ]);
  }

  async function shop(random: Random): Promise<void> {
    while (!isOver()) {
      const request = region.draw();
      const quote = await quoteCart(region.services, request);
      quotes++;
      const open = random.chance(PICKS_UP)
        ? await pickupOffers(region, request, quote)
        : quote.delivery.flatMap((window) => (window.open ? [window.offer] : []));
      await sleep(Math.min(MOST_HESITATION_MS, -3000 * Math.log(1 - random.next())));
      if (open.length === 0 || isOver()) continue;
      const offer = random.pick(open);
      const verdicts = await verdictsOn(offer);
      const fault = verdicts[0] === "gone" ? await attempt(region, offer, request) : await hold(offer, request, random);
      for (const [i, verdict] of verdicts.entries()) count(rows[i]!, verdict, fault !== undefined);
      if (verdicts[0] === "ok" && fault) refusals.set(fault, (refusals.get(fault) ?? 0) + 1);
      if (verdicts[0] === "gone" && !fault) {
        // Nothing was held: what a later snapshot says is what this one would have said, had it been newer.
        await sleep(LATER_MS);
        const kind = `${(await readOffer(offer))!.svc}, ${await ask(live, offer)} a little later`;
        rejects.set(kind, (rejects.get(kind) ?? 0) + 1);
      }
    }
  }

  /** The fault that it ended with, or undefined. What becomes of the hold takes its own time. */
  async function hold(
    offer: string,
    { lines, destination }: QuoteRequest,
    random: Random,
  ): Promise<string | undefined> {
    const holdId = HoldId.parse(randomUUID());
    const fault = await faultOf(holdOffer(region.services, { holdId, offer, lines, destination }));
    if (fault) return fault;
    holds++;
    const fate = random.next();
    const afterMs = 1000 + 5000 * random.next();
    if (fate < ORDERS) {
      const orderId = OrderId.parse(randomUUID());
      void sleep(afterMs)
        .then(() => confirmHold(region.services, { holdId, orderId, customer: CUSTOMER }))
        .catch(() => {});
    } else if (fate < ORDERS + GIVES_BACK)
      void sleep(afterMs)
        .then(() => region.db`select app.release_hold(${holdId})`)
        .catch(() => {});
    return undefined;
  }

  await Promise.all([remember(), ...Array.from({ length: SHOPPERS }, (_, i) => shop(makeRandom(seed * 1000 + i)))]);
  // What the last ones still give back or order.
  await sleep(7000);
  ages.sort((a, b) => a - b);
  return {
    rows,
    refusals,
    rejects,
    quotes,
    holds,
    ageP50: ages[Math.floor(ages.length / 2)] ?? Number.NaN,
    ageP95: ages[Math.floor(ages.length * 0.95)] ?? Number.NaN,
  };
}

async function pickupOffers(region: BenchRegion, request: QuoteRequest, quote: QuoteView): Promise<string[]> {
  const near = quote.pickup.slice(0, 2);
  const views = await Promise.all(near.map(({ nodeId }) => quotePickup(region.services, { ...request, nodeId })));
  return views.flatMap(({ windows }) =>
    windows.flatMap((window) => (window.open ? [window.offer] : [])).slice(0, SOON),
  );
}

const CUSTOMER = { name: "Bench", phone: "+351 222 000 000", note: "" };

async function ask(
  check: ReturnType<typeof createPromiseCheck>,
  offer: string,
  ages?: number[],
): Promise<OfferVerdict["status"]> {
  const body = JSON.stringify({ offers: [offer] });
  const answer = await check(new Request("http://edge/api/promise/check", { method: "POST", body }));
  const { verdicts, snapshot } = CheckResponse.parse(await answer.json());
  if (snapshot) ages?.push(snapshot.ageMs);
  return verdicts[0]!.status;
}

function count(row: VerdictErrors, verdict: OfferVerdict["status"] | undefined, isRefused: boolean): void {
  if (verdict === "ok") {
    row.ok++;
    if (isRefused) row.falseAccepts++;
  } else if (verdict === "gone") {
    row.gone++;
    if (!isRefused) row.falseRejects++;
  } else if (verdict !== undefined) row.unsure++;
}

class RolledBack extends Error {}

/** The fault that holding this offer would end with now, or undefined; nothing stays held. */
async function attempt(region: BenchRegion, offer: string, request: QuoteRequest): Promise<string | undefined> {
  const claims = region.services.offerKeys.verify(offer, Date.now() / 1000);
  if (typeof claims === "string") return "offer-expired";
  const holdId = randomUUID();
  const { lines, destination } = request;
  const wish = { ...wishedBy(claims), regionId: region.regionId, lines, destination, fingerprint: holdId };
  try {
    return await faultOf(
      placeWish(region.services, wish, holdId, async (tx, { parts }) => {
        await tx`select from app.place_hold(${holdId}, ${tx.json(parts as never)}, 600)`;
        throw new RolledBack();
      }),
    );
  } catch (error) {
    if (error instanceof RolledBack) return undefined;
    throw error;
  }
}

async function faultOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}
