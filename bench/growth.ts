import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { quoteCart } from "#server/features/promise/quote-cart.ts";
import { readFacts } from "#server/features/promise/quote-facts.ts";
import { makeCity } from "#server/travel/city/make-city.ts";
import { writeMap } from "#server/travel/write-map.ts";
import { type BenchRegion, fillRoutes, openBenchRegion } from "./bench-region.ts";
import { endOnSignal } from "./end-on-signal.ts";
import { type Latencies, measureLatencies } from "./percentiles.ts";

// npm run bench:growth: what a quote costs as the network and its past grow. Of 10, 100 and 1,000 nodes, and at 100 nodes after
// 10⁴ and 10⁵ past orders; with --million after 10⁶ too, which takes some ten minutes and 4 GB.

const QUOTES = 100;
const VANS = 100;
const PLANNED_STOPS = 150;

/**
 * Orders that were delivered in the months before, with their holds, lines, fulfilments, claims given back and events, in as
 * many rows as a real one leaves; without the triggers, which would tell everybody of each.
 */
async function addPastOrders({ db, regionId }: BenchRegion, count: number): Promise<void> {
  await db.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`set local synchronous_commit = off`;
    await tx`
      create temporary table past on commit drop as
      select gen_random_uuid() as hold_id, gen_random_uuid() as order_id, n.id as node_id,
        date_trunc('hour', app.now()) - interval '2 days' - (i % 4000) * interval '1 hour' as starts_at, i
      from generate_series(1, ${count}::integer) i
      join (select id, row_number() over (order by id) - 1 as k, count(*) over () as m from public.nodes where region_id = ${regionId}) n
        on n.k = i % n.m`;
    await tx`
      insert into public.holds (id, lead_id, region_id, node_id, service, state, fingerprint, window_starts_at, window_ends_at, price_cents, lng, lat,
        address, service_sec, weight_g, volume_ml, pick_sec, pick_by, created_at, expires_at, settled_at, checkout_id, address_key,
        visit_starts_at, visit_ends_at)
      select hold_id, hold_id, ${regionId}, node_id, 'delivery', 'fulfilled', hold_id::text, starts_at, starts_at + interval '2 hours', 390, 0, 0,
        'Past Street', 180, 5000, 9000, 300, starts_at - interval '1 hour', starts_at - interval '1 day', starts_at - interval '23 hours',
        starts_at, gen_random_uuid(), hold_id::text, starts_at, starts_at + interval '2 hours'
      from past`;
    await tx`
      insert into public.hold_lines (hold_id, sku_id, units, price_cents)
      select hold_id, s.id, 1, 100 from past
      join (select id, row_number() over (order by id) - 1 as k, count(*) over () as m from public.skus) s
        on s.k in (i % s.m, (i * 7 + 1) % s.m, (i * 13 + 2) % s.m)`;
    await tx`
      insert into public.orders (id, region_id, token, service, state, customer_name, customer_phone, address, lng, lat, promise_starts_at,
        promise_ends_at, agreed_starts_at, agreed_ends_at, agreed_price_cents, price_cents, goods_cents, confirmed_at, finished_at)
      select order_id, ${regionId}, md5(order_id::text), 'delivery', 'delivered', 'Past', '+351000', 'Past Street', 0, 0, starts_at,
        starts_at + interval '2 hours', starts_at, starts_at + interval '2 hours', 390, 390, 300, starts_at - interval '1 day', starts_at + interval '1 hour'
      from past`;
    await tx`
      insert into public.fulfilments (order_id, hold_id, node_id, state, pick_by, ready_at, handed_over_at, created_at)
      select order_id, hold_id, node_id, 'delivered', starts_at - interval '1 hour', starts_at, starts_at, starts_at - interval '1 day' from past`;
    await tx`
      with taken as (
        insert into public.claims (hold_id, kind, units, reason, node_id, sku_id, at)
        select l.hold_id, 'stock', 1, 'held', p.node_id, l.sku_id, p.starts_at from past p join public.hold_lines l using (hold_id)
        returning id, hold_id, node_id, sku_id, at
      )
      insert into public.claims (hold_id, kind, units, reverses, reason, node_id, sku_id, at)
      select hold_id, 'stock', -1, id, 'shipped', node_id, sku_id, at from taken`;
    await tx`
      insert into public.events (at, region_id, kind, hold_id, order_id, node_id)
      select starts_at, ${regionId}, kind, hold_id, order_id, node_id
      from past cross join unnest(array['hold_placed', 'order_confirmed', 'order_ready', 'order_delivered']) kind`;
  });
  await db`vacuum analyze`;
}

async function measure(region: BenchRegion): Promise<{ quote: Latencies; facts: Latencies; empty: Latencies }> {
  const { db, services, regionId } = region;
  const ask = () => quoteCart(services, region.draw());
  const facts = () => readFacts(db, services.mirrorOf(regionId), regionId, region.draw().lines);
  return {
    quote: await measureLatencies(QUOTES, 1, ask, 25),
    facts: await measureLatencies(QUOTES, 1, facts, 10),
    empty: await measureLatencies(QUOTES, 1, () => db`select 1`, 10),
  };
}

async function main(orders: readonly number[]): Promise<void> {
  console.log(`${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown processor"}, Node ${process.version}`);
  console.log("| nodes | past orders | quote p50 / p95 | facts from Postgres p50 | an empty query p50 | load |");
  console.log("|---|---|---|---|---|---|");
  const dir = mkdtempSync(join(tmpdir(), "kept-bench-"));
  const map = join(dir, "city.keptmap");
  try {
    await writeMap(makeCity({ seed: 1 }), "generated city, seed 1", map);
    for (const nodes of [10, 100, 1000]) {
      const region = await openBenchRegion(map, 1, { nodes, vans: VANS });
      try {
        await fillRoutes(region, PLANNED_STOPS, 4);
        await region.db`analyze`;
        let past = 0;
        for (const count of nodes === 100 ? [0, ...orders] : [0]) {
          if (count > past) await addPastOrders(region, count - past);
          past = count;
          const { quote, facts, empty } = await measure(region);
          console.log(
            `| ${nodes} | ${past} | ${quote.p50.toFixed(1)} / ${quote.p95.toFixed(1)} ms | ${facts.p50.toFixed(1)} ms | ${empty.p50.toFixed(2)} ms | ${loadavg()[0]!.toFixed(1)} |`,
          );
        }
      } finally {
        await region.close();
      }
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

endOnSignal();
await main([10_000, 100_000, ...(process.argv.includes("--million") ? [1_000_000] : [])]);
