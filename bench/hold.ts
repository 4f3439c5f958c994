import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { makeRandom, type Random } from "#server/core/random.ts";
import { type Database, openDatabase } from "#server/db/database.ts";
import { startStack } from "#supabase/local/stack.ts";
import { insertNetwork, placeHold } from "#supabase/tests/network-fixture.ts";
import { endOnSignal } from "./end-on-signal.ts";
import { shareOf } from "./percentiles.ts";
import { growCounters, skuId } from "./stock-feed.ts";

// npm run bench:hold: calls of app.place_hold a second beside a bare function that locks and updates the same rows and writes the
// same ones, and checks nothing. In turns, by the same client, some two minutes.

const NODES = 40;
const SKUS = 200;
const LINES = 3;
const ROUNDS = 3;
const ROUND_MS = 2000;
const MOST_CONNECTIONS = 64;

/** The rows of a hold that picks up at a counter, in the lock order, and nothing asked of them. */
const BARE = `
create function app.bare_hold(hold uuid, node text, skus text[], hour timestamptz, pickup uuid, starts timestamptz, ends timestamptz,
  checkout uuid, address text, network text) returns timestamptz
language plpgsql set search_path = '' as $$
declare
  as_of timestamptz := app.now();
begin
  insert into public.holds (id, lead_id, region_id, node_id, service, state, fingerprint, window_starts_at, window_ends_at, price_cents, lng, lat,
    address, service_sec, weight_g, volume_ml, pick_sec, pick_by, created_at, expires_at, checkout_id, address_key, network_key,
    visit_starts_at, visit_ends_at, pickup_node_id)
  values (hold, hold, 'LISBOA', node, 'pickup', 'held', hold::text, starts, ends, 0, -9.14, 38.75, 'Rua', 0, 300, 300, 60, starts, as_of,
    as_of + interval '10 minutes', checkout, address, network, starts, ends, node);
  insert into public.hold_lines (hold_id, sku_id, units, price_cents) select hold, s, 1, 100 from unnest(skus) s;
  perform app.record_event('LISBOA', 'hold_placed', hold, null, node, null);
  insert into app.outbox (region_id, kind) values ('LISBOA', 'capacity');
  perform pg_advisory_xact_lock(hashtextextended(k, 0)) from unnest(array[checkout::text, address, network]) k;
  perform from public.inventory_levels l where l.node_id = node and l.sku_id = any (skus) order by l.sku_id for no key update;
  perform from public.work_buckets b where b.node_id = node and b.starts_at = hour for no key update;
  perform from public.pickup_windows w where w.id = pickup for no key update;
  update public.inventory_levels l set reserved = l.reserved + 1 where l.node_id = node and l.sku_id = any (skus);
  update public.work_buckets b set claimed_sec = b.claimed_sec + 60 where b.node_id = node and b.starts_at = hour;
  update public.pickup_windows w set claimed_orders = w.claimed_orders + 1 where w.id = pickup;
  insert into public.claims (hold_id, kind, units, reason, node_id, sku_id, bucket_at, at)
  select hold, 'stock', 1, 'held', node, s, null::timestamptz, as_of from unnest(skus) s
  union all select hold, 'work', 60, 'held', node, null, hour, as_of;
  insert into public.claims (hold_id, kind, units, reason, pickup_window_id, at) values (hold, 'pickup', 1, 'held', pickup, as_of);
  return as_of;
end
$$`;

interface CounterWindow {
  readonly id: string;
  readonly node_id: string;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly hour: Date;
}

type Call = (db: Database, window: CounterWindow, random: Random) => Promise<unknown>;

const drawSkus = (random: Random): string[] => {
  const skus = new Set<string>();
  while (skus.size < LINES) skus.add(skuId(random.below(SKUS)));
  return [...skus].sort();
};

/** Each call is another shopper's. */
const asker = () => ({ checkout_id: randomUUID(), address_key: randomUUID(), network_key: randomUUID() });

const full: Call = (db, window, random) => {
  const holdId = randomUUID();
  return placeHold(db, holdId, {
    region_id: "LISBOA",
    node_id: window.node_id,
    service: "pickup",
    fingerprint: holdId,
    window_starts_at: window.starts_at.toISOString(),
    window_ends_at: window.ends_at.toISOString(),
    price_cents: 0,
    lng: -9.14,
    lat: 38.75,
    address: "Rua",
    service_sec: 0,
    weight_g: 300,
    volume_ml: 300,
    pick_sec: 60,
    pick_by: window.starts_at.toISOString(),
    lines: drawSkus(random).map((sku_id) => ({ sku_id, units: 1, price_cents: 100 })),
    work: [{ starts_at: window.hour.toISOString(), sec: 60 }],
    pickup_window_id: window.id,
    ...asker(),
  });
};

const bare: Call = (db, window, random) => {
  const { checkout_id, address_key, network_key } = asker();
  return db`
    select app.bare_hold(${randomUUID()}, ${window.node_id}, ${drawSkus(random)}, ${window.hour}, ${window.id}, ${window.starts_at},
      ${window.ends_at}, ${checkout_id}, ${address_key}, ${network_key})`;
};

interface Round {
  readonly perSec: number;
  readonly p50: number;
  readonly p99: number;
}

async function runRound(db: Database, call: Call, windows: readonly CounterWindow[], clients: number): Promise<Round> {
  const times: number[] = [];
  const started = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const random = makeRandom(client + 1);
      while (performance.now() - started < ROUND_MS) {
        const from = performance.now();
        await call(db, random.pick(windows), random);
        times.push(performance.now() - from);
      }
    }),
  );
  const perSec = (times.length * 1000) / (performance.now() - started);
  times.sort((a, b) => a - b);
  // Given back in one go, so that the next round meets as many unconfirmed holds: none.
  await db`update public.holds set state = 'released', settled_at = app.now() where state = 'held'`;
  return { perSec, p50: shareOf(times, 0.5), p99: shareOf(times, 0.99) };
}

async function main(): Promise<void> {
  const load = () => loadavg()[0]!.toFixed(1);
  console.log(
    `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown processor"}, Node ${process.version}, load ${load()}`,
  );
  const stateDir = mkdtempSync(join(tmpdir(), "kept-bench-"));
  const stack = await startStack({ stateDir, gatewayPort: 0, postgresPort: 0, siteUrl: "http://127.0.0.1" });
  const db = openDatabase(stack.databaseUrl, { max: MOST_CONNECTIONS });
  try {
    await insertNetwork(db);
    await growCounters(db, NODES, SKUS);
    await db`update public.hold_limits set unconfirmed_percent = 99`;
    await db.unsafe(BARE);
    await db`analyze`;
    const windows = await db<CounterWindow[]>`
      select id, node_id, starts_at, ends_at, starts_at - interval '2 hours' as hour
      from public.pickup_windows where node_id like 'SHOP-%' and starts_at > app.now() + interval '20 hours' order by id limit 1000`;
    console.log("| windows | connections | holds a second | bare | share | hold p50 / p99 | bare p50 / p99 | load |");
    console.log("|---|---|---|---|---|---|---|---|");
    for (const count of [1, 1000])
      for (const clients of [16, 64]) {
        const some = windows.slice(0, count);
        const rounds = { full: [] as Round[], bare: [] as Round[] };
        // The first round of each only warms up the connections.
        for (let round = 0; round <= ROUNDS; round++) {
          rounds.full.push(await runRound(db, full, some, clients));
          rounds.bare.push(await runRound(db, bare, some, clients));
        }
        const best = (all: Round[]) => all.slice(1).reduce((a, b) => (a.perSec > b.perSec ? a : b));
        const [one, other] = [best(rounds.full), best(rounds.bare)];
        const times = ({ p50, p99 }: Round) => `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`;
        console.log(
          `| ${some.length} | ${clients} | ${one.perSec.toFixed(0)} | ${other.perSec.toFixed(0)} | ${((100 * one.perSec) / other.perSec).toFixed(0)} % | ${times(one)} | ${times(other)} | ${load()} |`,
        );
      }
  } finally {
    await db.end({ timeout: 1 });
    await stack.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

endOnSignal();
await main();
