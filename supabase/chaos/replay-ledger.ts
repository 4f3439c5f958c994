import type { Database } from "#server/db/database.ts";
import type { Violation } from "./violation.ts";

/** A line of the ledger, or a change of what a resource offers, as far as a replay needs it. */
export interface LedgerEntry {
  readonly id: number;
  readonly holdId: string;
  /** Kind and key of what is claimed. */
  readonly resource: string;
  readonly units: number;
  readonly reverses: number | null;
  readonly reason: string;
  readonly atMs: number;
}

/** What a resource offers from an instant on. */
export interface LimitEntry {
  readonly resource: string;
  readonly most: number;
  readonly atMs: number;
}

/** How each hold ended, and how often the record says so. */
export interface HoldEnd {
  readonly id: string;
  readonly state: string;
  readonly releases: number;
  readonly expiries: number;
  readonly confirmations: number;
}

/**
 * Walks the ledger from its first line to its last: no resource is ever above what it offered at that moment or below
 * zero, every claim is given back at most once, all of a hold's claims together, and a hold ends once.
 *
 * Lines of one resource are in the order of its lock, so their ids are in the order in which they took effect.
 */
export function replayLedger(
  entries: readonly LedgerEntry[],
  limits: readonly LimitEntry[],
  ends: readonly HoldEnd[],
): Violation[] {
  const found: Violation[] = [];
  const offers = Map.groupBy(limits, ({ resource }) => resource);
  const claimed = new Map<string, number>();
  const openOf = new Map<string, Set<number>>();
  const unitsOf = new Map<number, number>();
  const endings = new Map<string, Set<string>>();
  for (const entry of [...entries].sort((a, b) => a.id - b.id)) {
    const { id, holdId, resource, units, reverses, atMs, reason } = entry;
    const open = openOf.get(holdId) ?? new Set();
    openOf.set(holdId, open);
    if (reverses === null) {
      open.add(id);
      unitsOf.set(id, units);
    } else if (!open.delete(reverses) || unitsOf.get(reverses) !== -units) {
      found.push({
        signal: "released twice",
        detail: `claim ${reverses} of hold ${holdId} is given back by ${id} again`,
      });
    }
    // What is shipped has left the shelf: it stays taken from what the shelf offered.
    if (reason === "shipped") continue;
    if (reverses !== null) {
      const reasons = endings.get(holdId) ?? new Set();
      endings.set(holdId, reasons.add(reason));
    }
    const sum = (claimed.get(resource) ?? 0) + units;
    claimed.set(resource, sum);
    const most = mostAt(offers.get(resource), atMs);
    if (sum < 0 || (units > 0 && sum > most)) {
      found.push({ signal: "replay over its limit", detail: `${resource}: claim ${id} makes it ${sum} of ${most}` });
    }
  }
  for (const end of ends) found.push(...wrongEnd(end, openOf.get(end.id), endings.get(end.id)));
  return found;
}

function mostAt(offers: readonly LimitEntry[] | undefined, atMs: number): number {
  return offers?.findLast((offer) => offer.atMs <= atMs)?.most ?? Number.POSITIVE_INFINITY;
}

function wrongEnd(end: HoldEnd, open: Set<number> | undefined, reasons: Set<string> | undefined): Violation[] {
  const { id, state, releases, expiries, confirmations } = end;
  const isOver = state === "released" || state === "expired";
  const found: Violation[] = [];
  if (isOver && (open?.size ?? 0) > 0) found.push({ signal: "leaked", detail: `hold ${id} is ${state} and claims` });
  if ((reasons?.size ?? 0) > (isOver ? 1 : 0)) {
    const said = [...reasons!].join(", ");
    found.push({ signal: "ended twice", detail: `hold ${id} is ${state}, and its claims went back as ${said}` });
  }
  const won = [releases, expiries, confirmations].filter((times) => times > 0).length;
  if (won > 1 || Math.max(releases, expiries, confirmations) > 1) {
    found.push({
      signal: "ended twice",
      detail: `hold ${id}: released ${releases}, expired ${expiries}, confirmed ${confirmations} times by the record`,
    });
  }
  return found;
}

const RESOURCE =
  "concat_ws(' ', c.kind, c.node_id, c.sku_id, c.bucket_at, c.pickup_window_id, c.carrier_id, c.lane_id, c.day, c.shift_id)";

/** Replays what the database has written down. `hourSec` is what each hour offered before anybody changed it. */
export async function replayDatabase(
  sql: Database,
  hourSec: number,
): Promise<{ readonly violations: Violation[]; readonly entries: number }> {
  const entries = await sql.unsafe<LedgerEntry[]>(`
    select c.id::int as id, c.hold_id as "holdId", ${RESOURCE} as resource, c.units, c.reverses::int as reverses, c.reason,
      (extract(epoch from c.at) * 1000)::float8 as "atMs"
    from public.claims c`);
  const limits = await sql.unsafe<LimitEntry[]>(`
    select concat_ws(' ', 'stock', l.node_id, l.sku_id) as resource,
      (l.on_hand - l.safety - coalesce((select sum(m.units) from public.stock_movements m
        where (m.node_id, m.sku_id) = (l.node_id, l.sku_id) and m.reason = 'shipped'), 0))::int as most, 0::float8 as "atMs"
    from public.inventory_levels l
    union all select concat_ws(' ', 'work', b.node_id, b.starts_at), ${hourSec}, 0 from public.work_buckets b
    union all select concat_ws(' ', 'pickup', w.id), w.limit_orders, 0 from public.pickup_windows w
    union all select concat_ws(' ', 'parcel', d.node_id, d.carrier_id, d.day), d.limit_parcels, 0 from public.carrier_days d
    union all select concat_ws(' ', 'lane', r.lane_id, r.day), r.limit_orders, 0 from public.lane_runs r
    union all select concat_ws(' ', 'weight', s.id), s.limit_weight_g, 0 from public.shifts s
    union all select concat_ws(' ', 'volume', s.id), s.limit_volume_ml, 0 from public.shifts s
    union all select concat_ws(' ', 'work', e.node_id, (e.data ->> 'starts_at')::timestamptz), (e.data ->> 'target_sec')::int,
      (extract(epoch from e.at) * 1000)::float8
    from public.events e where e.kind = 'capacity_set'
    order by 3`);
  const ends = await sql<HoldEnd[]>`
    select h.id, h.state, count(*) filter (where e.kind = 'hold_released')::int as releases,
      count(*) filter (where e.kind = 'hold_expired')::int as expiries,
      count(*) filter (where e.kind = 'order_confirmed')::int as confirmations
    from public.holds h left join public.events e on e.hold_id = h.id group by h.id`;
  return { violations: replayLedger(entries, limits, ends), entries: entries.length };
}
