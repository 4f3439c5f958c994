import type { Run, Transact } from "./client.ts";
import type { Violation } from "./violation.ts";

// The cheap questions, asked forty times a second while everything goes on. One statement, hence one snapshot. What is
// claimed is added up over the live holds only: those that have ended claim nothing, so their part of the ledger must not
// make a difference, and a claim that outlives its hold shows as a row that says more.
const QUESTIONS = `
with live as materialized (
  select h.id, h.state, h.settled_at, h.expires_at from public.holds h where h.state in ('held', 'confirmed', 'fulfilled')
),
taken as materialized (
  select c.* from public.claims c join live l on l.id = c.hold_id
),
resources as (
  select 'stock' as kind, concat_ws(' ', l.node_id, l.sku_id) as name, l.reserved as claimed, l.on_hand - l.safety as most,
    coalesce((select sum(c.units) from taken c where c.kind = 'stock' and (c.node_id, c.sku_id) = (l.node_id, l.sku_id)), 0) as added
  from public.inventory_levels l
  union all
  select 'work', concat_ws(' ', b.node_id, b.starts_at), b.claimed_sec, b.limit_sec, coalesce(c.units, 0)
  from public.work_buckets b
  left join (select node_id, bucket_at, sum(units) as units from taken where kind = 'work' group by 1, 2) c
    on (c.node_id, c.bucket_at) = (b.node_id, b.starts_at)
  where b.claimed_sec <> 0 or c.units is not null
  union all
  select 'pickup', w.id::text, w.claimed_orders, w.limit_orders, coalesce(c.units, 0)
  from public.pickup_windows w
  left join (select pickup_window_id, sum(units) as units from taken where kind = 'pickup' group by 1) c on c.pickup_window_id = w.id
  where w.claimed_orders <> 0 or c.units is not null
  union all
  select 'parcel', concat_ws(' ', d.carrier_id, d.node_id, d.day), d.claimed_parcels, d.limit_parcels, coalesce(c.units, 0)
  from public.carrier_days d
  left join (select carrier_id, node_id, day, sum(units) as units from taken where kind = 'parcel' group by 1, 2, 3) c
    on (c.carrier_id, c.node_id, c.day) = (d.carrier_id, d.node_id, d.day)
  where d.claimed_parcels <> 0 or c.units is not null
  union all
  select 'lane', concat_ws(' ', r.lane_id, r.day), r.claimed_orders, r.limit_orders, coalesce(c.units, 0)
  from public.lane_runs r
  left join (select lane_id, day, sum(units) as units from taken where kind = 'lane' group by 1, 2) c on (c.lane_id, c.day) = (r.lane_id, r.day)
  where r.claimed_orders <> 0 or c.units is not null
  union all
  select x.kind, s.id::text, x.claimed, x.most, coalesce(c.units, 0)
  from public.shifts s
  cross join lateral (values ('weight', s.claimed_weight_g, s.limit_weight_g), ('volume', s.claimed_volume_ml, s.limit_volume_ml)) x (kind, claimed, most)
  left join (select shift_id, kind, sum(units) as units from taken where kind in ('weight', 'volume') group by 1, 2) c
    on (c.shift_id, c.kind) = (s.id, x.kind)
  where x.claimed <> 0 or c.units is not null
)
select 'over its limit' as signal, format('%s %s: %s of %s', kind, name, claimed, most) as detail
from resources where claimed not between 0 and most
union all
select 'claims do not add up', format('%s %s: %s, but its claims are %s', kind, name, claimed, added)
from resources where claimed <> added
union all
select 'live hold without its claims', l.id::text from live l
left join (select hold_id, sum(units) as units from taken where kind = 'work' group by 1) c on c.hold_id = l.id
where coalesce(c.units, 0) <= 0
union all
select 'confirmed after its end', format('hold %s: confirmed at %s, over at %s', l.id, l.settled_at, l.expires_at)
from live l where l.state in ('confirmed', 'fulfilled') and l.settled_at >= l.expires_at
union all
select 'handled while parked', format('order %s: parked at %s', p.order_id, p.parked_at)
from public.parkings p join public.fulfilments f on f.order_id = p.order_id
where f.ready_at > p.parked_at and f.ready_at < coalesce(p.released_at, 'infinity')
   or f.handed_over_at > p.parked_at and f.handed_over_at < coalesce(p.released_at, 'infinity')
union all
select 'moved while parked', format('order %s: parked at %s', p.order_id, p.parked_at)
from public.parkings p join public.repromises r on r.order_id = p.order_id
where r.actor = 'shopper' and r.at > p.parked_at and r.at < coalesce(p.released_at, 'infinity')
union all
select 'held too much', format('checkout %s: %s holds', h.checkout_id, count(*))
from public.holds h join public.hold_limits m on m.region_id = h.region_id
where h.state = 'held' and h.checkout_id is not null and h.id = h.lead_id
  and h.expires_at > clock_timestamp() + (select shift from app.clock)
group by h.checkout_id, m.per_checkout having count(*) > m.per_checkout
union all
select 'overdue', l.id::text from live l
where l.state = 'held' and l.expires_at <= clock_timestamp() + (select shift from app.clock)`;

/** How long a hold may be over and still claim something. */
const LEAK_MS = 2000;
/** Seen so often in that time: a machine that stood still must not look like a sweeper that did. */
const LEAK_SAMPLES = 20;

export interface Sampler {
  /** Asks once; answers what is wrong now. */
  sample(transact: Transact): Promise<Violation[]>;
  /** The server was away: what was overdue then could not be swept. */
  forget(): void;
}

export function makeSampler(): Sampler {
  /** Since when each overdue hold has been seen, and how often. */
  let overdue = new Map<string, { sinceMs: number; times: number }>();
  const leaked = new Set<string>();
  return {
    async sample(transact) {
      const rows = await transact((run: Run) => run<Violation>((sql) => sql.unsafe(QUESTIONS, [], { prepare: true })));
      const nowMs = performance.now();
      const still = new Map<string, { sinceMs: number; times: number }>();
      const found: Violation[] = [];
      for (const row of rows) {
        if (row.signal !== "overdue") {
          found.push(row);
          continue;
        }
        const { sinceMs, times } = overdue.get(row.detail) ?? { sinceMs: nowMs, times: 0 };
        still.set(row.detail, { sinceMs, times: times + 1 });
        if (nowMs - sinceMs > LEAK_MS && times >= LEAK_SAMPLES && !leaked.has(row.detail)) {
          leaked.add(row.detail);
          const leakedMs = Math.round(nowMs - sinceMs);
          found.push({ signal: "leaked", detail: `hold ${row.detail} still claims ${leakedMs} ms after its end` });
        }
      }
      overdue = still;
      return found;
    },
    forget: () => overdue.clear(),
  };
}
