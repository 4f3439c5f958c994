import { forecastRoute } from "#server/core/exceptions/forecast-route.ts";
import type { Database } from "#server/db/database.ts";
import { instant } from "#server/domain/instant.ts";

interface OpenShift {
  readonly id: string;
  readonly nowSec: number;
  /** Since when the van has been free to drive to its next stop: its last finished one, or the moment it left or should have. */
  readonly freeSec: number;
  readonly ids: string[];
  readonly legSec: number[];
  readonly serviceSec: number[];
  readonly windowStartSec: number[];
  readonly windowEndSec: number[];
  readonly arrivedSec: number[];
}

/**
 * Rolls every van on the road, and every one that should be, forward to its open stops: writes the expected arrivals, opens
 * an exception for a van that will be late, before it is, and closes it when the van has caught up. Returns how many vans.
 */
export async function forecastShifts(db: Database): Promise<number> {
  const shifts = await db<OpenShift[]>`
    select s.id, extract(epoch from app.now())::integer as "nowSec",
      extract(epoch from coalesce(
        (select max(t.finished_at) from public.stops t where t.shift_id = s.id), s.started_at, s.starts_at))::integer as "freeSec",
      array_agg(t.id order by t.position) as ids,
      array_agg(t.leg_sec order by t.position) as "legSec",
      array_agg(t.service_sec order by t.position) as "serviceSec",
      array_agg(extract(epoch from t.window_starts_at)::integer order by t.position) as "windowStartSec",
      array_agg(extract(epoch from t.window_ends_at)::integer order by t.position) as "windowEndSec",
      array_agg(coalesce(extract(epoch from t.arrived_at)::integer, -1) order by t.position) as "arrivedSec"
    from public.shifts s join public.stops t on t.shift_id = s.id and t.finished_at is null
    where s.state = 'under_way' or (s.state = 'planned' and s.starts_at < app.now())
    group by s.id`;
  for (const shift of shifts) {
    const forecast = forecastRoute(shift.nowSec, shift.freeSec, shift);
    const etas = shift.ids.map((id, p) => ({ id, eta_at: instant(forecast.etaSec[p]!) }));
    await db`select app.record_forecast(${shift.id}, ${db.json(etas)}, ${forecast.lateSec})`;
  }
  return shifts.length;
}
