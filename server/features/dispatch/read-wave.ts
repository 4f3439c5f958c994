import type { Queryable } from "#server/db/database.ts";

/** The planned shifts that leave one node at the same time, and their stops. Instants in epoch seconds. */
export interface Wave {
  readonly timeZone: string;
  readonly home: { readonly lng: number; readonly lat: number };
  readonly shifts: readonly WaveShift[];
  /** In driving order within each shift. */
  readonly stops: readonly WaveStop[];
}

export interface WaveShift {
  readonly id: string;
  readonly version: number;
  readonly startSec: number;
  readonly endSec: number;
  readonly limitG: number;
  readonly limitMl: number;
  readonly carriesChilled: boolean;
  readonly carriesFrozen: boolean;
  readonly kmCents: number;
  readonly hourCents: number;
  readonly homeLegSec: number;
}

export interface WaveStop {
  readonly id: string;
  readonly shiftId: string;
  readonly lng: number;
  readonly lat: number;
  readonly windowStartSec: number;
  readonly windowEndSec: number;
  readonly serviceSec: number;
  readonly weightG: number;
  readonly volumeMl: number;
  readonly legSec: number;
  readonly loaded: boolean;
  readonly needsChilled: boolean;
  readonly needsFrozen: boolean;
}

/** The wave that a shift belongs to; null when it has left already, or never will. */
export async function readWave(db: Queryable, shiftId: string): Promise<Wave | null> {
  const shifts = await db<(WaveShift & { timeZone: string; lng: number; lat: number })[]>`
    select s.id, s.plan_version as version, extract(epoch from s.starts_at)::integer as "startSec",
      extract(epoch from s.ends_at)::integer as "endSec", s.limit_weight_g as "limitG", s.limit_volume_ml as "limitMl",
      v.carries_chilled as "carriesChilled", v.carries_frozen as "carriesFrozen", v.km_cents as "kmCents", v.hour_cents as "hourCents",
      s.return_leg_sec as "homeLegSec", r.time_zone as "timeZone", n.lng, n.lat
    from public.shifts named
    join public.shifts s on s.node_id = named.node_id and s.starts_at = named.starts_at and s.state = 'planned' and s.starts_at > app.now()
    join public.vehicles v on v.id = s.vehicle_id
    join public.nodes n on n.id = s.node_id
    join public.regions r on r.id = s.region_id
    where named.id = ${shiftId} order by s.id`;
  const [first] = shifts;
  if (!first) return null;
  const stops = await db<WaveStop[]>`
    select t.id, t.shift_id as "shiftId", t.lng, t.lat, extract(epoch from t.window_starts_at)::integer as "windowStartSec",
      extract(epoch from t.window_ends_at)::integer as "windowEndSec", t.service_sec as "serviceSec", t.weight_g as "weightG",
      t.volume_ml as "volumeMl", t.leg_sec as "legSec",
      exists (select from public.fulfilments f where f.hold_id = t.hold_id and f.state not in ('to_pick', 'ready', 'rejected', 'repromised')) as loaded,
      bool_or(k.temperature = 'chilled') as "needsChilled", bool_or(k.temperature = 'frozen') as "needsFrozen"
    from public.stops t
    join public.hold_lines l on l.hold_id = t.hold_id
    join public.skus k on k.id = l.sku_id
    where t.shift_id = any (${shifts.map((shift) => shift.id)})
    group by t.id order by t.shift_id, t.position`;
  return { timeZone: first.timeZone, home: { lng: first.lng, lat: first.lat }, shifts, stops };
}
