import * as z from "zod";
import { Fault } from "#server/domain/fault.ts";
import { ShiftId } from "#server/domain/id.ts";
import { Instant } from "#server/domain/instant.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";
import { roadOfRoute } from "./road-of-route.ts";

const Input = z.strictObject({
  shiftId: ShiftId,
  /** The version the screen knows: part of what it keeps the answer by. The answer is of the present one. */
  planVersion: z.int().nonnegative(),
});

const Route = z.object({
  planVersion: z.int(),
  startsAt: Instant,
  timeZone: z.string(),
  node: z.object({ lng: z.number(), lat: z.number() }),
  stops: z.array(z.object({ lng: z.number(), lat: z.number(), windowStartsAt: Instant })),
});

const Output = z.object({
  planVersion: z.int(),
  /** [lng, lat] of each leg along the roads: to the first stop, between stops, home. Empty for a route without stops. */
  legs: z.array(z.array(z.tuple([z.number(), z.number()]))),
});

/** The line of a route along the roads. Faults: not-found. */
export const traceRoute = opsProcedure
  .input(Input)
  .output(Output)
  .query(async ({ ctx, input: { shiftId } }) => {
    const rows = await ctx.asCaller(
      (tx) => tx<z.input<typeof Route>[]>`
        select h.plan_version as "planVersion", h.starts_at as "startsAt", r.time_zone as "timeZone",
          jsonb_build_object('lng', n.lng, 'lat', n.lat) as node,
          coalesce((select jsonb_agg(jsonb_build_object('lng', s.lng, 'lat', s.lat, 'windowStartsAt', s.window_starts_at) order by s.position)
            from public.stops s where s.shift_id = h.id), '[]') as stops
        from public.shifts h
        join public.nodes n on n.id = h.node_id
        join public.regions r on r.id = h.region_id
        where h.id = ${shiftId}`,
    );
    if (!rows[0]) throw new Fault("not-found", shiftId);
    const route = Route.parse(rows[0]);
    const travel = ctx.platform.travel();
    const road = roadOfRoute(travel, route.timeZone, route.node, { shiftId, ...route });
    return { planVersion: route.planVersion, legs: road.map((leg) => leg.map(([lng, lat]) => [lng, lat])) };
  });
