import { randomUUID } from "node:crypto";
import { HoldId } from "#server/domain/id.ts";
import type { QuoteRequest } from "#server/domain/quote.ts";
import { offerReader } from "#server/edge/offer-token.ts";
import { createPromiseCheck } from "#server/edge/promise-check.ts";
import { createSnapshotSource } from "#server/edge/snapshot-source.ts";
import { buildSnapshot } from "#server/features/promise/build-snapshot.ts";
import { holdOffer } from "#server/features/promise/hold-offer.ts";
import { quoteCart } from "#server/features/promise/quote-cart.ts";
import { type BenchRegion, type BenchSize, fillRoutes, openBenchRegion } from "./bench-region.ts";
import type { Figures } from "./figures.ts";
import { type Latencies, measureLatencies, shareOf } from "./percentiles.ts";
import { measureQuoteProcesses } from "./quote-processes.ts";
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
const QUOTES_BEHIND = 60;
const CHECKS = 2000;
const SPLIT_CARTS = 60;

type Log = (line: string) => void;

/** Quotes, holds and edge checks over a region whose coming days are half full, in this process against an embedded stack. */
export async function benchPromise(mapFile: string, prefix: string, scene: PromiseScene, log: Log): Promise<Figures> {
  const region = await openBenchRegion(mapFile, 1, scene.size);
  const say = (line: string) => log(`${prefix}: ${line}`);
  try {
    const fill = await fillRoutes(region, scene.plannedStops, 4);
    // What filling the routes left behind is not measured as if quotes did it.
    await region.db`vacuum analyze`;
    await region.db`checkpoint`;
    say(`${fill.placed} stops planned in ${fill.seconds.toFixed(0)} s`);
    const figures = {
      planned_stops_count: fill.placed,
      ...(await benchQuotes(region, mapFile, say)),
      ...(await benchSplits(region, say)),
      ...(await benchHolds(region, say)),
      ...(await benchEdgeCheck(region, say)),
    };
    return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}_${name}`, value]));
  } finally {
    await region.close();
  }
}

/** The yardstick is one empty query on the same connections: what the machine takes for any answer at all. */
async function benchQuotes(region: BenchRegion, mapFile: string, say: Log): Promise<Figures> {
  const figures: Figures = {};
  const empty = await measureLatencies(QUOTES, 1, () => region.db`select 1`);
  figures.empty_query_p50_ms = empty.p50;
  const note = (name: string, { p50, p95, perSecond }: Latencies) => {
    figures[`quote_${name}_p50_ms`] = p50;
    figures[`quote_${name}_p95_ms`] = p95;
    figures[`quotes_${name}_per_s`] = perSecond;
    say(
      `quote, ${name.replaceAll("_", " ")}: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, ${perSecond.toFixed(0)} a second (an empty query ${empty.p50.toFixed(2)} ms)`,
    );
  };
  for (const clients of [1, 16])
    note(
      `${clients}_clients`,
      await measureLatencies(QUOTES, clients, () => quoteCart(region.services, region.draw()), 25),
    );
  note("16_clients_of_2_processes", await measureQuoteProcesses(region, mapFile, 2, 16, QUOTES * 4));
  return figures;
}

async function benchSplits(region: BenchRegion, say: Log): Promise<Figures> {
  const figures: Figures = {};
  for (const mostNodes of [2, 3, 4]) {
    const requests = Array.from({ length: SPLIT_CARTS }, () => region.draw());
    const gap = await measureSplitGap(region, requests, mostNodes);
    const name = `from_${mostNodes}_nodes`;
    figures[`${name}_windows_served_count`] = gap.served;
    figures[`${name}_windows_split_count`] = gap.split;
    figures[`${name}_windows_cut_short_count`] = gap.cutShort;
    figures[`${name}_worst_gap_percent`] = gap.worstGap * 100;
    say(
      `from up to ${mostNodes} nodes ${gap.served} windows served, ${gap.split} by several; ${gap.cutShort} searches cut short, gap at most ${(gap.worstGap * 100).toFixed(2)} % (mean ${(gap.meanGap * 100).toFixed(2)} %)`,
    );
  }
  return figures;
}

/** Holds by many clients at once; and by one, what a quote takes right after one: in a shop that sells, plans change between quotes. */
async function benchHolds(region: BenchRegion, say: Log): Promise<Figures> {
  const offers = await drawOffers(region, HOLDS + QUOTES_BEHIND);
  const hold = async () => {
    const { offer, lines, destination } = offers.pop()!;
    await holdOffer(region.services, { holdId: HoldId.parse(randomUUID()), offer, lines, destination });
  };
  let refused = 0;
  const holds = await measureLatencies(HOLDS, 16, () => hold().catch(() => refused++), 0);
  say(`${holds.perSecond.toFixed(0)} holds a second by 16, ${refused} of ${HOLDS} refused`);

  const behind: number[] = [];
  while (offers.length > 0) {
    try {
      await hold();
    } catch {
      continue; // refused, so that no plan has changed
    }
    const from = performance.now();
    await quoteCart(region.services, region.draw());
    behind.push(performance.now() - from);
  }
  behind.sort((a, b) => a - b);
  const [p50, p95] = [shareOf(behind, 0.5), shareOf(behind, 0.95)];
  say(`quote right after a hold: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`);
  return {
    holds_16_clients_per_s: holds.perSecond,
    hold_16_clients_p50_ms: holds.p50,
    holds_refused_count: refused,
    quote_after_a_hold_p50_ms: p50,
    quote_after_a_hold_p95_ms: p95,
  };
}

async function benchEdgeCheck(region: BenchRegion, say: Log): Promise<Figures> {
  await buildSnapshot(region.services, region.regionId);
  const check = createPromiseCheck({
    readOffer: await offerReader([region.services.offerKeys.publicJwk]),
    readSnapshot: createSnapshotSource({
      supabaseUrl: region.stack.gatewayUrl,
      publishableKey: region.stack.publishableKey,
    }),
  });
  const offers = await drawOffers(region, 30);
  const ask = (count: number) => {
    const body = JSON.stringify({ offers: offers.slice(0, count).map(({ offer }) => offer) });
    return measureLatencies(CHECKS / count, 1, async () => {
      const response = await check(new Request("http://edge/api/promise/check", { method: "POST", body }));
      if (!response.ok) throw new Error(`the edge check answered ${response.status}`);
      await response.json();
    });
  };
  const one = await ask(1);
  const many = await ask(offers.length);
  say(
    `edge check p50 ${one.p50.toFixed(2)} ms, p95 ${one.p95.toFixed(2)} ms, of ${offers.length} offers ${many.p50.toFixed(2)} ms`,
  );
  return {
    edge_check_p50_ms: one.p50,
    edge_check_p95_ms: one.p95,
    edge_check_of_30_p50_ms: many.p50,
  };
}

interface Held extends Pick<QuoteRequest, "lines" | "destination"> {
  readonly offer: string;
}

/** Offers for what will be held: a window of another day for each, so that not all want the same van. */
async function drawOffers(region: BenchRegion, count: number): Promise<Held[]> {
  const offers: Held[] = [];
  while (offers.length < count) {
    const { lines, destination, ...rest } = region.draw();
    const { delivery } = await quoteCart(region.services, { lines, destination, ...rest });
    const open = delivery.flatMap((window) => (window.open ? [window.offer] : []));
    const offer = open[offers.length % Math.max(1, open.length)];
    if (offer) offers.push({ offer, lines, destination });
  }
  return offers;
}
