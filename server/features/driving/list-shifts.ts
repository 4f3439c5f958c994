import * as z from "zod";
import { ShiftId } from "#server/domain/id.ts";
import { Instant } from "#server/domain/instant.ts";
import { ShiftState } from "#server/domain/state.ts";
import { driverProcedure } from "#server/trpc/procedure.ts";

const MAX_SHIFTS = 30;

const Shift = z.object({
  shiftId: ShiftId,
  vanName: z.string(),
  nodeName: z.string(),
  timeZone: z.string(),
  state: ShiftState,
  startsAt: Instant,
  endsAt: Instant,
  stopCount: z.int(),
  openStopCount: z.int(),
});

const Output = z.object({
  now: Instant,
  /** Under way first, then by their start: the coming ones, and what was to be driven in the last day. */
  shifts: z.array(Shift),
});

/** The caller's own shifts. */
export const listShifts = driverProcedure.output(Output).query(({ ctx }) =>
  ctx.asCaller(async (tx) => {
    const [{ now }] = await tx<[{ now: Date }]>`select app.now() as now`;
    const shifts = await tx<z.input<typeof Shift>[]>`
      select h.id as "shiftId", v.name as "vanName", n.name as "nodeName", r.time_zone as "timeZone", h.state,
        h.starts_at as "startsAt", h.ends_at as "endsAt",
        (select count(*)::int from public.stops s where s.shift_id = h.id) as "stopCount",
        (select count(*)::int from public.stops s where s.shift_id = h.id and s.finished_at is null) as "openStopCount"
      from public.shifts h
      join public.vehicles v on v.id = h.vehicle_id
      join public.nodes n on n.id = h.node_id
      join public.regions r on r.id = h.region_id
      where h.driver_id = ${ctx.staff.userId} and h.state <> 'cancelled'
        and (h.state = 'under_way' or h.ends_at > ${now}
          or h.ends_at > ${now}::timestamptz - interval '24 hours' and exists (select from public.stops s where s.shift_id = h.id))
      order by h.state = 'under_way' desc, h.starts_at limit ${MAX_SHIFTS}`;
    return { now, shifts };
  }),
);
