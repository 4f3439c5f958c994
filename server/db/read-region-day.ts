import { Fault } from "../domain/fault.ts";
import type { Queryable } from "./database.ts";

/** A day as a region lives it, and the time it is there now by the platform's clock. */
export interface RegionDay {
  readonly regionId: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly now: Date;
  /** Calendar days, YYYY-MM-DD. */
  readonly today: string;
  readonly day: string;
  /** The day's instants, half-open [from, to): 23 or 25 hours when the clocks change. */
  readonly from: Date;
  readonly to: Date;
  /** The last day that is open to promises. */
  readonly lastDay: string;
}

/** The given day, or today. Faults: not-found. */
export async function readRegionDay(tx: Queryable, regionId: string, day: string | undefined): Promise<RegionDay> {
  const [row] = await tx<RegionDay[]>`
    select r.id as "regionId", r.time_zone as "timeZone", r.currency, c.now,
      to_char(c.today, 'YYYY-MM-DD') as today, to_char(d.day, 'YYYY-MM-DD') as day,
      d.day::timestamp at time zone r.time_zone as "from",
      (d.day + 1)::timestamp at time zone r.time_zone as "to",
      to_char(c.today + r.horizon_days - 1, 'YYYY-MM-DD') as "lastDay"
    from public.regions r
    cross join lateral (select n.now, (n.now at time zone r.time_zone)::date as today from (select app.now() as now) n) c
    cross join lateral (select coalesce(${day ?? null}::date, c.today) as day) d
    where r.id = ${regionId}`;
  if (!row) throw new Fault("not-found", regionId);
  return row;
}
