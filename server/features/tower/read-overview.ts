import * as z from "zod";
import { readRegionDay } from "#server/db/read-region-day.ts";
import { RegionId } from "#server/domain/id.ts";
import { Day, Instant } from "#server/domain/instant.ts";
import { ExceptionKind, OrderState, ShiftState } from "#server/domain/state.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ regionId: RegionId, day: Day.optional() });

const Figures = z.object({
  /** Orders agreed for the day. */
  orders: z.record(OrderState, z.int()),
  /** Of those: served by now, and served as promised: before the window ended, which nobody but the shopper has changed. */
  served: z.int(),
  servedInWindow: z.int(),
  shifts: z.record(ShiftState, z.int()),
  /** Open ones of the region, whatever their day. */
  exceptions: z.record(ExceptionKind, z.int()),
  /** Carts of the region that are held and not confirmed, whatever their day. */
  held: z.int(),
  /** Picking seconds of the day in all nodes. */
  workLimitSec: z.int(),
  workClaimedSec: z.int(),
});

const Output = Figures.extend({
  /** The platform's time: count from this, not from the browser's clock. */
  now: Instant,
  timeZone: z.string(),
  today: Day,
  day: Day,
  lastDay: Day,
});

/** The figures above the map. Faults: not-found. */
export const readOverview = opsProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const day = await readRegionDay(tx, input.regionId, input.day);
      const [figures] = await tx<[z.input<typeof Figures>]>`
        with promised as materialized (
          select o.state, o.agreed_ends_at, exists (
              select from public.repromises r where r.order_id = o.id and r.reason <> 'shopper_asked') as is_missed, coalesce((
              -- Served is an order when the last of its doors was reached; a pickup, when it was collected.
              select max(coalesce(s.arrived_at, o.finished_at))
              from public.fulfilments f left join public.stops s on s.hold_id = f.hold_id
              where f.order_id = o.id and f.state not in ('rejected', 'repromised')), o.finished_at) as served_at
          from public.orders o
          where o.region_id = ${day.regionId} and o.agreed_starts_at >= ${day.from} and o.agreed_starts_at < ${day.to}
        )
        select
          (select jsonb_object_agg(x.state, (select count(*) from promised p where p.state = x.state))
           from unnest(${tx.array([...OrderState.options])}::text[]) x (state)) as orders,
          (select count(*)::int from promised where state = 'delivered') as served,
          (select count(*)::int from promised where state = 'delivered' and not is_missed and served_at < agreed_ends_at) as "servedInWindow",
          (select jsonb_object_agg(x.state, (
             select count(*) from public.shifts h
             where h.region_id = ${day.regionId} and h.state = x.state and h.starts_at >= ${day.from} and h.starts_at < ${day.to}))
           from unnest(${tx.array([...ShiftState.options])}::text[]) x (state)) as shifts,
          (select jsonb_object_agg(x.kind, (
             select count(*) from public.exceptions e
             where e.region_id = ${day.regionId} and e.kind = x.kind and e.resolved_at is null))
           from unnest(${tx.array([...ExceptionKind.options])}::text[]) x (kind)) as exceptions,
          (select count(*)::int from public.holds h
           where h.region_id = ${day.regionId} and h.state = 'held' and h.expires_at > ${day.now}::timestamptz and h.id = h.lead_id) as held,
          w.limit_sec as "workLimitSec", w.claimed_sec as "workClaimedSec"
        from (
          select coalesce(sum(b.limit_sec), 0)::int as limit_sec, coalesce(sum(b.claimed_sec), 0)::int as claimed_sec
          from public.work_buckets b join public.nodes n on n.id = b.node_id and n.region_id = ${day.regionId}
          where b.starts_at >= ${day.from} and b.starts_at < ${day.to}
        ) w`;
      return { ...figures, now: day.now, timeZone: day.timeZone, today: day.today, day: day.day, lastDay: day.lastDay };
    }),
  );
