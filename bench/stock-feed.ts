import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeRandom } from "#server/core/random.ts";
import { type Database, openDatabase } from "#server/db/database.ts";
import { answerStockFeed } from "#server/features/inventory/http.ts";
import { startStack } from "#supabase/local/stack.ts";
import { caller, type HoldRequest, insertNetwork, pickupRequest, placeHold } from "#supabase/tests/network-fixture.ts";
import type { Figures } from "./figures.ts";
import { shareOf } from "./percentiles.ts";

const NODES = 25;
const SKUS = 2000;
const LINES_A_CART = 6;
const CLIENTS = 4;
/** How far from the feed's front a cart's goods lie at most: two batches. */
const NEAR = 100;
const QUIET_MS = 8000;

/**
 * A feed of 50,000 counted levels through the route's handler, while shoppers reserve carts of the same goods. The yardstick
 * is the same reserving without a feed: what the machine takes for a hold whenever it likes.
 */
export async function benchStockFeed(log: (line: string) => void): Promise<Figures> {
  const stateDir = mkdtempSync(join(tmpdir(), "kept-bench-"));
  const stack = await startStack({ stateDir, gatewayPort: 0, postgresPort: 0, siteUrl: "http://127.0.0.1" });
  const db = openDatabase(stack.databaseUrl, { max: CLIENTS });
  const feedDb = openDatabase(stack.databaseUrl, { max: 2 });
  try {
    const { ops } = (await insertNetwork(db)).staff;
    const nodes = await growCounters(db, NODES, SKUS);
    const requests = await Promise.all(nodes.map((nodeId) => pickupRequest(db, { nodeId })));
    await db`analyze`;

    const front = { level: 0 };
    const quiet = await reserveUntil(db, requests, front, sleep(QUIET_MS));
    const started = performance.now();
    const feed = answerStockFeed(feedRequest(nodes, front), { db: feedDb, caller: caller(ops) });
    const [busy, waits] = await Promise.all([reserveUntil(db, requests, front, feed), watchWaits(feedDb, feed)]);
    const seconds = (performance.now() - started) / 1000;
    const summary = await (await feed).json();
    if (summary.applied !== NODES * SKUS) throw new Error(`the feed was not taken: ${JSON.stringify(summary)}`);
    const again = performance.now();
    await answerStockFeed(feedRequest(nodes, { level: 0 }), { db: feedDb, caller: caller(ops) });

    const figures = {
      stock_feed_levels_count: summary.applied,
      stock_feed_s: seconds,
      stock_feed_sent_again_s: (performance.now() - again) / 1000,
      stock_feed_holds_meanwhile_count: busy.length,
      stock_feed_hold_longest_wait_ms: waits.longestMs,
      stock_feed_longest_gap_between_looks_ms: waits.gapMs,
      stock_feed_hold_p50_ms: shareOf(busy, 0.5),
      stock_feed_hold_p99_ms: shareOf(busy, 0.99),
      stock_feed_hold_longest_ms: shareOf(busy, 1),
      stock_quiet_hold_p50_ms: shareOf(quiet, 0.5),
      stock_quiet_hold_p99_ms: shareOf(quiet, 0.99),
      stock_quiet_hold_longest_ms: shareOf(quiet, 1),
    };
    log(
      `feed of ${summary.applied} levels: ${seconds.toFixed(1)} s; of ${busy.length} holds meanwhile the longest wait for a lock was ${waits.longestMs.toFixed(0)} ms; the longest took ${shareOf(busy, 1).toFixed(0)} ms, p99 ${shareOf(busy, 0.99).toFixed(1)} ms (without a feed ${shareOf(quiet, 1).toFixed(0)} and ${shareOf(quiet, 0.99).toFixed(1)} ms)`,
    );
    return figures;
  } finally {
    await Promise.all([db.end({ timeout: 1 }), feedDb.end({ timeout: 1 })]);
    await stack.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

export const skuId = (i: number) => `SKU-${String(i).padStart(4, "0")}`;

/** More stores with many more goods than the fixture has, and picking and pickup windows without an end. */
export async function growCounters(db: Database, nodeCount: number, skuCount: number): Promise<string[]> {
  const nodes = Array.from({ length: nodeCount }, (_, i) => `SHOP-${i}`);
  await db`
    insert into public.nodes (id, region_id, kind, name, address, lng, lat, offers_pickup, pick_setup_sec, pick_line_sec, pick_unit_sec)
    select id, 'LISBOA', 'store', id, 'Rua', -9.14, 38.75, true, 60, 30, 5 from unnest(${nodes}::text[]) id`;
  await db`
    insert into public.node_hours (node_id, weekday, opens, closes, work_sec)
    select id, weekday, '08:00', '20:00', 3600000 from unnest(${nodes}::text[]) id, generate_series(1, 7) weekday`;
  await db`
    insert into public.skus (id, name, category, price_cents, weight_g, volume_ml, temperature)
    select id, id, 'goods', 100, 100, 100, 'ambient' from unnest(${Array.from({ length: skuCount }, (_, i) => skuId(i))}::text[]) id`;
  await db`
    insert into public.inventory_levels (node_id, sku_id, on_hand)
    select n, s.id, 10000 from unnest(${nodes}::text[]) n, public.skus s where s.id like 'SKU-%'`;
  await db`
    insert into public.stock_movements (node_id, sku_id, units, reason)
    select node_id, sku_id, on_hand, 'count' from public.inventory_levels where sku_id like 'SKU-%'`;
  await db`select from app.open_horizon('LISBOA')`;
  await db`update public.pickup_windows set limit_orders = 1000000`;
  return nodes;
}

/** Sorted as an export is, so that a cart's goods lie close together in it. */
function feedRequest(nodes: readonly string[], front: { level: number }): Request {
  const at = new Date(Date.parse("2026-03-02T06:00:00Z")).toISOString();
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    pull(controller) {
      const next = front.level;
      if (next === nodes.length * SKUS) return controller.close();
      const [nodeId, i] = [nodes[Math.floor(next / SKUS)], next % SKUS];
      front.level++;
      const event = { eventId: "night", seq: 1, nodeId, skuId: skuId(i), kind: "count", units: 9000 + (i % 1000), at };
      controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`));
    },
  });
  const init = { method: "POST", headers: { "content-type": "application/x-ndjson" }, body, duplex: "half" };
  return new Request("http://127.0.0.1/api/stock/feed?source=WMS", init as RequestInit);
}

/**
 * Places holds with some clients, and gives each back, until `end` resolves: of goods at the very place where the feed is, the
 * worst that can be. Answers how long each took, in milliseconds, sorted.
 */
async function reserveUntil(
  db: Database,
  requests: readonly HoldRequest[],
  front: { readonly level: number },
  end: Promise<unknown>,
): Promise<number[]> {
  let isOver = false;
  const times: number[] = [];
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    const random = makeRandom(client + 1);
    while (!isOver) {
      const holdId = randomUUID();
      const request = requests[Math.min(NODES - 1, Math.floor(front.level / SKUS))]!;
      const skus = new Set(
        Array.from({ length: LINES_A_CART }, () => skuId((front.level + random.below(2 * NEAR) - NEAR + SKUS) % SKUS)),
      );
      const lines = [...skus].map((sku_id) => ({ sku_id, units: 1, price_cents: 100 }));
      const from = performance.now();
      await placeHold(db, holdId, { ...request, fingerprint: holdId, lines });
      times.push(performance.now() - from);
      await db`select app.release_hold(${holdId})`;
    }
  });
  await Promise.all([end.finally(() => (isOver = true)), ...clients]);
  return times.sort((a, b) => a - b);
}

/**
 * The longest that a call of place_hold was seen waiting for a lock of the feed until `end` resolves, in milliseconds. It
 * looks every five or so: what came and went between two looks was shorter than the longest gap between them.
 */
async function watchWaits(db: Database, end: Promise<unknown>): Promise<{ longestMs: number; gapMs: number }> {
  let isOver = false;
  end.finally(() => (isOver = true));
  let longestMs = 0;
  let gapMs = 0;
  let lookedAt = performance.now();
  while (!isOver) {
    const [row] = await db`
      select coalesce(max(extract(epoch from clock_timestamp() - l.waitstart)), 0)::float8 * 1000 as ms
      from pg_locks l join pg_stat_activity a using (pid)
      where not l.granted and a.query like '%place_hold%'
        and exists (select from pg_stat_activity f where f.pid = any (pg_blocking_pids(a.pid)) and f.query like '%record_stock_events%')`;
    longestMs = Math.max(longestMs, row!.ms);
    gapMs = Math.max(gapMs, performance.now() - lookedAt);
    lookedAt = performance.now();
    await sleep(5);
  }
  return { longestMs, gapMs };
}
