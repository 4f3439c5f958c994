import * as z from "zod";
import { readRegionDay } from "#server/db/read-region-day.ts";
import { NodeId, OrderId, RegionId, ShiftId, StopId } from "#server/domain/id.ts";
import { Day, Instant } from "#server/domain/instant.ts";
import { NodeKind, ShiftState, StopState } from "#server/domain/state.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";
import { roadOfRoute } from "./road-of-route.ts";
import { vanPosition } from "./van-position.ts";

const Input = z.strictObject({ regionId: RegionId, day: Day.optional() });

const Node = z.object({
  nodeId: NodeId,
  kind: NodeKind,
  name: z.string(),
  lng: z.number(),
  lat: z.number(),
  paused: z.boolean(),
});

const Stop = z.object({
  stopId: StopId,
  /** Null while the window is only held. */
  orderId: OrderId.nullable(),
  orderNumber: z.int().nullable(),
  lng: z.number(),
  lat: z.number(),
  address: z.string(),
  windowStartsAt: Instant,
  windowEndsAt: Instant,
  legSec: z.int(),
  startAt: Instant,
  departAt: Instant,
  /** Once under way: when it will be reached, or was. */
  etaAt: Instant.nullable(),
  state: StopState,
  finishedAt: Instant.nullable(),
});

const Route = z.object({
  shiftId: ShiftId,
  vanName: z.string(),
  nodeId: NodeId,
  driverName: z.string().nullable(),
  state: ShiftState,
  startsAt: Instant,
  endsAt: Instant,
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
  planVersion: z.int(),
  limitWeightG: z.int(),
  claimedWeightG: z.int(),
  limitVolumeMl: z.int(),
  claimedVolumeMl: z.int(),
  /** In driving order. */
  stops: z.array(Stop),
});

const Van = z.object({
  lng: z.number(),
  lat: z.number(),
  at: Instant,
  /** What the driver's phone said a moment ago, or where the plan has it by now. */
  source: z.enum(["reported", "estimated"]),
});

const Output = z.object({
  now: Instant,
  timeZone: z.string(),
  nodes: z.array(Node),
  routes: z.array(
    Route.extend({
      /** The latest that any door to come is forecast after its window, 0 when all are in time. */
      lateSec: z.int(),
      /** Null unless under way. */
      van: Van.nullable(),
    }),
  ),
});

/** What the map shows of a day: nodes, the route of each shift, and where the vans are. Faults: not-found. */
export const readRoutes = opsProcedure
  .input(Input)
  .output(Output)
  .query(async ({ ctx, input }) => {
    const { day, nodes, rows, positions } = await ctx.asCaller(async (tx) => {
      const day = await readRegionDay(tx, input.regionId, input.day);
      const nodes = await tx<z.input<typeof Node>[]>`
        select id as "nodeId", kind, name, lng, lat, paused_at is not null as paused
        from public.nodes where region_id = ${day.regionId} order by id`;
      const rows = await tx<z.input<typeof Route>[]>`
        select h.id as "shiftId", v.name as "vanName", h.node_id as "nodeId", d.name as "driverName", h.state,
          h.starts_at as "startsAt", h.ends_at as "endsAt", h.started_at as "startedAt", h.finished_at as "finishedAt",
          h.plan_version as "planVersion", h.limit_weight_g as "limitWeightG", h.claimed_weight_g as "claimedWeightG",
          h.limit_volume_ml as "limitVolumeMl", h.claimed_volume_ml as "claimedVolumeMl",
          coalesce((
            select jsonb_agg(jsonb_build_object('stopId', s.id, 'orderId', o.id, 'orderNumber', o.number, 'lng', s.lng, 'lat', s.lat,
              'address', t.address, 'windowStartsAt', s.window_starts_at, 'windowEndsAt', s.window_ends_at, 'legSec', s.leg_sec,
              'startAt', s.start_at, 'departAt', s.depart_at, 'etaAt', s.eta_at, 'state', s.state, 'finishedAt', s.finished_at)
              order by s.position)
            from public.stops s
            join public.holds t on t.id = s.hold_id
            left join public.fulfilments f on f.hold_id = s.hold_id
            left join public.orders o on o.id = f.order_id
            where s.shift_id = h.id
          ), '[]') as stops
        from public.shifts h
        join public.vehicles v on v.id = h.vehicle_id
        left join public.staff d on d.user_id = h.driver_id
        where h.region_id = ${day.regionId} and h.starts_at >= ${day.from} and h.starts_at < ${day.to} and h.state <> 'cancelled'
        order by h.starts_at, v.name, h.id`;
      const positions = await tx<{ shiftId: string; lng: number; lat: number; at: Date }[]>`
        select p.shift_id as "shiftId", p.lng, p.lat, p.at
        from public.positions p join public.shifts h on h.id = p.shift_id
        where h.region_id = ${day.regionId} and h.state = 'under_way'`;
      return { day, nodes, rows, positions };
    });

    const travel = ctx.platform.travel();
    const nodeById = new Map(nodes.map((node) => [node.nodeId as string, node]));
    const reportedOf = new Map(positions.map((position) => [position.shiftId, position]));
    const routes = Route.array()
      .parse(rows)
      .map((route) => {
        const node = nodeById.get(route.nodeId);
        const van =
          node &&
          vanPosition(day.now, route, reportedOf.get(route.shiftId), () =>
            roadOfRoute(travel, day.timeZone, node, route),
          );
        return { ...route, lateSec: lateSec(route.stops), van: van ?? null };
      });
    return { now: day.now, timeZone: day.timeZone, nodes, routes };
  });

function lateSec(stops: readonly z.output<typeof Stop>[]): number {
  return stops
    .filter((stop) => stop.state === "planned" && stop.etaAt !== null)
    .reduce((worst, stop) => Math.max(worst, (Date.parse(stop.etaAt!) - Date.parse(stop.windowEndsAt)) / 1000), 0);
}
