import * as z from "zod";
import type { Transaction } from "#server/db/database.ts";
import { readRegionDay } from "#server/db/read-region-day.ts";
import { PriorityClass } from "#server/domain/channel.ts";
import { FulfilmentId, NodeId, OrderId, ShiftId, SkuId } from "#server/domain/id.ts";
import { Day, Instant } from "#server/domain/instant.ts";
import { ParkingView } from "#server/domain/parking.ts";
import { FulfilmentState, LossReason, NodeKind, Service, Temperature } from "#server/domain/state.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";
import { regionOfMyNode } from "./region-of-my-node.ts";

const MAX_TASKS = 500;

const Input = z.strictObject({ nodeId: NodeId, day: Day.optional() });

const Node = z.object({ nodeId: NodeId, name: z.string(), address: z.string(), kind: NodeKind, paused: z.boolean() });

const Line = z.object({ skuId: SkuId, name: z.string(), temperature: Temperature, units: z.int() });

const Task = z.object({
  fulfilmentId: FulfilmentId,
  orderId: OrderId,
  number: z.int(),
  service: Service,
  state: FulfilmentState,
  customerName: z.string(),
  pickBy: Instant,
  pickSec: z.int(),
  weightG: z.int(),
  promiseStartsAt: Instant,
  promiseEndsAt: Instant,
  readyAt: Instant.nullable(),
  handedOverAt: Instant.nullable(),
  rejectReason: LossReason.nullable(),
  /** Of orders to be picked by the same time those of the lower class come first. */
  priorityClass: PriorityClass,
  /** Why it is neither picked nor handed over for now. */
  parking: ParkingView.nullable(),
  /** The van it leaves with; null for pickup and parcels. */
  van: z.object({ shiftId: ShiftId, name: z.string(), startsAt: Instant }).nullable(),
  /** Who fetches it and until when, of a parcel. */
  carrier: z.object({ name: z.string(), fetchesAt: Instant }).nullable(),
  /** The run that brings it to where it is collected, of a transfer. */
  run: z.object({ to: z.string(), leavesAt: Instant }).nullable(),
  lines: z.array(Line),
});

/** What other nodes bring here to be collected. */
const Brought = Task.pick({
  fulfilmentId: true,
  orderId: true,
  number: true,
  state: true,
  customerName: true,
  promiseStartsAt: true,
  promiseEndsAt: true,
  lines: true,
}).extend({ from: z.string(), leavesAt: Instant, arrivesAt: Instant, receivedAt: Instant.nullable() });

const Output = z.object({
  now: Instant,
  timeZone: z.string(),
  today: Day,
  day: Day,
  lastDay: Day,
  node: Node,
  /** Least time left first, and of the same time the better class. Today's also holds what is overdue from the days before, and last the parcels that are still with a carrier. */
  tasks: z.array(Task),
  /** In the order of their windows. Today's also holds what is overdue from the days before. */
  brought: z.array(Brought),
});

/** The goods of hold `t`, as JSON. */
function linesOf(tx: Transaction) {
  return tx`(
    select jsonb_agg(jsonb_build_object('skuId', l.sku_id, 'name', k.name, 'temperature', k.temperature, 'units', l.units)
      order by k.temperature, k.name, k.id)
    from public.hold_lines l join public.skus k on k.id = l.sku_id where l.hold_id = t.id)`;
}

/** The orders that a node picks and hands over on a day, and what other nodes bring to be collected there. Faults: not-found. */
export const readQueue = storeProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const day = await readRegionDay(tx, await regionOfMyNode(tx, input.nodeId), input.day);
      const [node] = await tx<[z.input<typeof Node>]>`
        select id as "nodeId", name, address, kind, paused_at is not null as paused from public.nodes where id = ${input.nodeId}`;
      const tasks = await tx<z.input<typeof Task>[]>`
        select f.id as "fulfilmentId", o.id as "orderId", o.number, t.service, f.state, o.customer_name as "customerName",
          f.pick_by as "pickBy", t.pick_sec as "pickSec", t.weight_g as "weightG",
          t.window_starts_at as "promiseStartsAt", t.window_ends_at as "promiseEndsAt",
          f.ready_at as "readyAt", f.handed_over_at as "handedOverAt", f.reject_reason as "rejectReason", o.priority_class as "priorityClass",
          (select jsonb_build_object('reason', p.reason, 'note', p.note, 'parkedAt', p.parked_at, 'releaseBy', p.release_by)
           from public.parkings p where p.order_id = o.id and p.released_at is null and f.state in ('to_pick', 'ready')) as parking,
          case when h.id is not null then jsonb_build_object('shiftId', h.id, 'name', v.name, 'startsAt', h.starts_at) end as van,
          (select jsonb_build_object('name', r.name, 'fetchesAt', d.leaves_at)
           from public.claims c
           join public.carriers r on r.id = c.carrier_id
           join public.carrier_days d on (d.carrier_id, d.node_id, d.day) = (c.carrier_id, c.node_id, c.day)
           where c.hold_id = t.id and c.kind = 'parcel' and c.reverses is null) as carrier,
          (select jsonb_build_object('to', p.name, 'leavesAt', r.leaves_at)
           from public.lane_runs r join public.nodes p on p.id = t.pickup_node_id
           where (r.lane_id, r.day) = (t.lane_id, t.lane_day)) as run,
          ${linesOf(tx)} as lines
        from public.fulfilments f
        join public.orders o on o.id = f.order_id
        join public.holds t on t.id = f.hold_id
        left join public.stops s on s.hold_id = f.hold_id
        left join public.shifts h on h.id = s.shift_id
        left join public.vehicles v on v.id = h.vehicle_id
        where f.node_id = ${input.nodeId}
          and (f.pick_by >= ${day.from} and f.pick_by < ${day.to}
            or ${day.day === day.today} and f.pick_by < ${day.from}
              and (f.state in ('to_pick', 'ready') or t.service = 'parcel' and f.state = 'handed_over'))
        order by f.state = 'handed_over' and f.pick_by < ${day.from}, f.pick_by, o.priority_class, o.number limit ${MAX_TASKS}`;
      const brought = await tx<z.input<typeof Brought>[]>`
        select f.id as "fulfilmentId", o.id as "orderId", o.number, f.state, o.customer_name as "customerName",
          t.window_starts_at as "promiseStartsAt", t.window_ends_at as "promiseEndsAt", n.name as "from",
          r.leaves_at as "leavesAt", r.arrives_at as "arrivesAt", f.received_at as "receivedAt", ${linesOf(tx)} as lines
        from public.holds t
        join public.fulfilments f on f.hold_id = t.id
        join public.orders o on o.id = f.order_id
        join public.nodes n on n.id = f.node_id
        join public.lane_runs r on (r.lane_id, r.day) = (t.lane_id, t.lane_day)
        where t.lane_id is not null and t.pickup_node_id = ${input.nodeId} and f.state <> 'rejected'
          and (t.window_starts_at >= ${day.from} and t.window_starts_at < ${day.to}
            or ${day.day === day.today} and t.window_starts_at < ${day.from} and f.state <> 'delivered')
        order by t.window_starts_at, r.arrives_at, o.number limit ${MAX_TASKS}`;
      return {
        now: day.now,
        timeZone: day.timeZone,
        today: day.today,
        day: day.day,
        lastDay: day.lastDay,
        node,
        tasks,
        brought,
      };
    }),
  );
