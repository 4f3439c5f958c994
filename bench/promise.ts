import { randomUUID } from "node:crypto";
import { HoldId } from "#server/domain/id.ts";
import { offerReader } from "#server/edge/offer-token.ts";
import { createPromiseCheck } from "#server/edge/promise-check.ts";
import { createSnapshotSource } from "#server/edge/snapshot-source.ts";
import { buildSnapshot } from "#server/features/promise/build-snapshot.ts";
import { holdOffer } from "#server/features/promise/hold-offer.ts";
import { quoteCart } from "#server/features/promise/quote-cart.ts";
import { type BenchSize, fillRoutes, openBenchRegion } from "./bench-region.ts";
import type { Figures } from "./figures.ts";
import { measureLatencies } from "./percentiles.ts";
import { measureSplitGap } from "./split-gap.ts";

/** The network and the stops that are planned before anything is measured. */
export interface PromiseScene {
  /** As generated unless given. */
  readonly size?: BenchSize;
  readonly plannedStops: number;
}

/** Half of what the demo's vans take in the coming days. */
export const DEMO: PromiseScene = { plannedStops: 1500 };
/** A city that is served from everywhere. */
export const LARGE: PromiseScene = { size: { nodes: 100, vans: 400 }, plannedStops: 4000 };

const QUOTES = 300;
const HOLDS = 300;
const CHECKS = 2000;
const SPLIT_CARTS = 60;

/**
 * Quotes, holds and edge checks over a region whose coming days are half full, in this process against an embedded stack.
 * The yardstick of the quote is one empty query on the same connections: what the machine takes for any answer at all.
 */
export async function benchPromise(
  mapFile: string,
  prefix: string,
  scene: PromiseScene,
  log: (line: string) => void,
): Promise<Figures> {
  const region = await openBenchRegion(mapFile, 1, scene.size);
  try {
    const figures: Figures = {};
    const fill = await fillRoutes(region, scene.plannedStops, 4);
    await region.db`analyze`;
    log(`${prefix}: ${fill.placed} stops planned in ${fill.seconds.toFixed(0)} s`);
    figures[`${prefix}_planned_stops_count`] = fill.placed;

    const empty = await measureLatencies(QUOTES, 1, () => region.db`select 1`);
    figures[`${prefix}_empty_query_p50_ms`] = empty.p50;
    for (const clients of [1, 16]) {
      const quote = await measureLatencies(QUOTES, clients, () => quoteCart(region.services, region.draw()), 25);
      figures[`${prefix}_quote_${clients}_clients_p50_ms`] = quote.p50;
      figures[`${prefix}_quote_${clients}_clients_p95_ms`] = quote.p95;
      figures[`${prefix}_quotes_${clients}_clients_per_s`] = quote.perSecond;
      log(
        `${prefix}: quote by ${clients}: p50 ${quote.p50.toFixed(1)} ms, p95 ${quote.p95.toFixed(1)} ms (an empty query ${empty.p50.toFixed(2)} ms)`,
      );
    }

    for (const mostNodes of [2, 3, 4]) {
      const requests = Array.from({ length: SPLIT_CARTS }, () => region.draw());
      const gap = await measureSplitGap(region, requests, mostNodes);
      const name = `${prefix}_from_${mostNodes}_nodes`;
      figures[`${name}_windows_served_count`] = gap.served;
      figures[`${name}_windows_split_count`] = gap.split;
      figures[`${name}_windows_cut_short_count`] = gap.cutShort;
      figures[`${name}_worst_gap_percent`] = gap.worstGap * 100;
      log(
        `${prefix}: from up to ${mostNodes} nodes ${gap.served} windows served, ${gap.split} by several; ${gap.cutShort} searches cut short, gap at most ${(gap.worstGap * 100).toFixed(2)} % (mean ${(gap.meanGap * 100).toFixed(2)} %)`,
      );
    }

    // Offers for what will be held: a window of another day for each, so that not all want the same van.
    const offers: { offer: string; request: ReturnType<typeof region.draw> }[] = [];
    while (offers.length < HOLDS) {
      const request = region.draw();
      const { delivery } = await quoteCart(region.services, request);
      const open = delivery.flatMap((window) => (window.open ? [window.offer] : []));
      const offer = open[offers.length % Math.max(1, open.length)];
      if (offer) offers.push({ offer, request });
    }
    let next = 0;
    let refused = 0;
    const hold = await measureLatencies(
      HOLDS,
      16,
      async () => {
        const { offer, request } = offers[next++]!;
        const { lines, destination } = request;
        await holdOffer(region.services, { holdId: HoldId.parse(randomUUID()), offer, lines, destination }).catch(
          () => refused++,
        );
      },
      0,
    );
    figures[`${prefix}_holds_16_clients_per_s`] = hold.perSecond;
    figures[`${prefix}_hold_16_clients_p50_ms`] = hold.p50;
    figures[`${prefix}_holds_refused_count`] = refused;
    log(`${prefix}: ${hold.perSecond.toFixed(0)} holds a second by 16, ${refused} of ${HOLDS} refused`);

    await buildSnapshot(region.services, region.regionId);
    const check = createPromiseCheck({
      readOffer: await offerReader([region.services.offerKeys.publicJwk]),
      readSnapshot: createSnapshotSource({
        supabaseUrl: region.stack.gatewayUrl,
        publishableKey: region.stack.publishableKey,
      }),
    });
    const ask = async (count: number) => {
      const body = JSON.stringify({ offers: offers.slice(0, count).map(({ offer }) => offer) });
      return measureLatencies(CHECKS / count, 1, async () => {
        const response = await check(new Request("http://edge/api/promise/check", { method: "POST", body }));
        if (!response.ok) throw new Error(`the edge check answered ${response.status}`);
        await response.json();
      });
    };
    const one = await ask(1);
    const many = await ask(30);
    figures[`${prefix}_edge_check_p50_ms`] = one.p50;
    figures[`${prefix}_edge_check_p95_ms`] = one.p95;
    figures[`${prefix}_edge_check_of_30_p50_ms`] = many.p50;
    log(
      `${prefix}: edge check p50 ${one.p50.toFixed(2)} ms, p95 ${one.p95.toFixed(2)} ms, of 30 offers ${many.p50.toFixed(2)} ms`,
    );
    return figures;
  } finally {
    await region.close();
  }
}
