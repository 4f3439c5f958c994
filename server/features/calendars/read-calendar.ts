import * as z from "zod";
import { CalendarScope, CutOff, WallTime } from "#server/domain/calendar.ts";
import { NodeId } from "#server/domain/id.ts";
import { Day, Instant } from "#server/domain/instant.ts";
import { Service } from "#server/domain/state.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";
import { requireScope } from "./require-scope.ts";

const WEEKS = 5;

const Input = z.strictObject({
  ...CalendarScope.shape,
  /** A day of the first week; default this week's. */
  from: Day.optional(),
});

const Entry = z.object({
  /** Null: the whole region. */
  nodeId: NodeId.nullable(),
  nodeName: z.string().nullable(),
  name: z.string(),
  hours: z.object({ opens: WallTime, closes: WallTime }).nullable(),
  workSec: z.int().nullable(),
  atStake: z.int(),
});

const Blackout = z.object({
  nodeId: NodeId.nullable(),
  nodeName: z.string().nullable(),
  service: Service,
  starts: WallTime.nullable(),
  name: z.string(),
  atStake: z.int(),
});

const CalendarDay = z.object({
  day: Day,
  /** Delivery windows that are given; null where the day is not open to promises yet. */
  windows: z.int().nullable(),
  /** Orders that are promised for it and under way. */
  promised: z.int(),
  entries: z.array(Entry),
  blackouts: z.array(Blackout),
});

const Output = z.object({
  now: Instant,
  name: z.string(),
  timeZone: z.string(),
  today: Day,
  /** Whole weeks from a Monday on. */
  days: z.array(CalendarDay),
  /** Local starts of the windows of a service, for what can be taken back. */
  windowStarts: z.object({ delivery: z.array(WallTime), pickup: z.array(WallTime) }),
  cutOffs: z.array(CutOff.safeExtend({ service: Service, nodeId: NodeId.nullable(), nodeName: z.string().nullable() })),
});

/** Five weeks of a calendar: what is otherwise, what is promised, and until when things can be ordered. Faults: not-found. */
export const readCalendar = storeProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const { regionId, nodeId } = input;
      const { name, timeZone } = await requireScope(tx, input);
      const [clock] = await tx<{ now: Date; today: string; from: string }[]>`
        select c.now, to_char(c.today, 'YYYY-MM-DD') as today,
          to_char(date_trunc('week', coalesce(${input.from ?? null}::date, c.today)::timestamp), 'YYYY-MM-DD') as from
        from (select n.now, (n.now at time zone ${timeZone})::date as today from (select app.now() as now) n) c`;
      const { now, today, from } = clock!;
      const days = await tx<z.input<typeof CalendarDay>[]>`
        select to_char(d.day, 'YYYY-MM-DD') as day,
          (select case when count(*) > 0 then (count(*) filter (where not w.closed))::int end from public.windows w
           where w.region_id = ${regionId} and w.starts_at >= d.from_at and w.starts_at < d.to_at) as windows,
          (select count(*)::int from public.holds h
           where h.region_id = ${regionId} and h.state = 'confirmed' and h.window_starts_at >= d.from_at and h.window_starts_at < d.to_at
             and (${nodeId}::text is null or h.node_id = ${nodeId})) as promised,
          coalesce((select jsonb_agg(jsonb_build_object('nodeId', c.node_id, 'nodeName', n.name, 'name', c.name, 'workSec', c.work_sec,
              'hours', case when c.opens is not null then jsonb_build_object('opens', to_char(c.opens, 'HH24:MI'), 'closes', left(c.closes::text, 5)) end,
              'atStake', (select count(*) from app.promises_at_stake(c.region_id, c.node_id, c.day, c.opens, c.closes, c.opens is null and c.work_sec is not null)))
              order by n.name nulls first)
            from public.calendar_days c left join public.nodes n on n.id = c.node_id
            where c.region_id = ${regionId} and c.day = d.day and (${nodeId}::text is null or c.node_id is null or c.node_id = ${nodeId})), '[]') as entries,
          coalesce((select jsonb_agg(jsonb_build_object('nodeId', b.node_id, 'nodeName', n.name, 'service', b.service, 'name', b.name,
              'starts', to_char(b.starts, 'HH24:MI'),
              'atStake', (select count(*) from app.promises_at_stake(b.region_id, b.node_id, b.day, null, null, false, b.service, b.starts)))
              order by b.service, b.starts nulls first, n.name nulls first)
            from public.blackouts b left join public.nodes n on n.id = b.node_id
            where b.region_id = ${regionId} and b.day = d.day and (${nodeId}::text is null or b.node_id is null or b.node_id = ${nodeId})), '[]') as blackouts
        from (
          select x.day, x.day::timestamp at time zone ${timeZone} as from_at, (x.day + 1)::timestamp at time zone ${timeZone} as to_at
          from (select ${from}::date + i as day from generate_series(0, ${WEEKS * 7 - 1}::int) i) x
        ) d
        order by d.day`;
      const [windowStarts] = await tx<[z.input<typeof Output>["windowStarts"]]>`
        select array(select distinct to_char(w.starts, 'HH24:MI') from public.window_rules w
                 where w.region_id = ${regionId} and w.service = 'delivery' order by 1) as delivery,
               array(select distinct to_char(w.starts, 'HH24:MI') from public.window_rules w
                 where w.region_id = ${regionId} and w.service = 'pickup' order by 1) as pickup`;
      const cutOffs = await tx<z.input<typeof Output>["cutOffs"]>`
        select c.service, c.weekday::int, left(c.order_by::text, 5) as "orderBy", c.lead_days::int as "leadDays", c.least_lead_min as "leastLeadMin",
          c.node_id as "nodeId", n.name as "nodeName"
        from public.cut_offs c left join public.nodes n on n.id = c.node_id
        where c.region_id = ${regionId} and (${nodeId}::text is null or c.node_id is null or c.node_id = ${nodeId})
        order by c.service, n.name nulls first, c.weekday`;
      return { now, name, timeZone, today, days, windowStarts, cutOffs };
    }),
  );
