import * as z from "zod";
import { readRegionDay } from "#server/db/read-region-day.ts";
import { ExceptionId, NodeId, OrderId, RegionId, ShiftId, SkuId } from "#server/domain/id.ts";
import { Instant } from "#server/domain/instant.ts";
import { ParkReason } from "#server/domain/parking.ts";
import { ExceptionKind, LossReason, OrderState, Service } from "#server/domain/state.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const MAX_OPEN = 200;
const MAX_RESOLVED = 50;

const Input = z.strictObject({ regionId: RegionId });

const Exception = z.object({
  exceptionId: ExceptionId,
  kind: ExceptionKind,
  openedAt: Instant,
  resolvedAt: Instant.nullable(),
  /** By itself (another node took the order), by a person, or because it no longer mattered. */
  resolution: z.enum(["automatic", "by_hand", "passed"]).nullable(),
  resolvedBy: z.string().nullable(),
  rejectReason: LossReason.nullable(),
  /** Of a parked order. */
  parkReason: ParkReason.nullable(),
  /** Of a late van: how late its worst door will be, as forecast now; once it is over, as it was when it began. */
  lateSec: z.int().nullable(),
  order: z
    .object({
      orderId: OrderId,
      number: z.int(),
      state: OrderState,
      service: Service,
      customerName: z.string(),
      customerPhone: z.string(),
    })
    .nullable(),
  /** Where it is about, and the window that is agreed on or held there. */
  door: z
    .object({ address: z.string(), lng: z.number(), lat: z.number(), windowStartsAt: Instant, windowEndsAt: Instant })
    .nullable(),
  /** Of which more is reserved than is there: how much is missing now; once it is over, as it was when it began. */
  goods: z.object({ skuId: SkuId, name: z.string(), missingUnits: z.int() }).nullable(),
  node: z.object({ nodeId: NodeId, name: z.string() }).nullable(),
  van: z.object({ shiftId: ShiftId, name: z.string(), startsAt: Instant }).nullable(),
});

const Output = z.object({
  now: Instant,
  timeZone: z.string(),
  /** Oldest first: the longest wait leads the queue. */
  open: z.array(Exception),
  /** Of the last 24 hours, newest first. */
  resolved: z.array(Exception),
});

/** What needs a hand, and what no longer does. Faults: not-found. */
export const listExceptions = opsProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const { now, timeZone } = await readRegionDay(tx, input.regionId, undefined);
      const columns = tx`
        e.id as "exceptionId", e.kind, e.opened_at as "openedAt", e.resolved_at as "resolvedAt", e.resolution,
        (select s.name from public.staff s where s.user_id = e.resolved_by) as "resolvedBy",
        e.data ->> 'reason' as "rejectReason", e.data ->> 'park_reason' as "parkReason",
        case when e.kind = 'van_late' then coalesce(
          case when e.resolved_at is null then (
            select greatest(0, extract(epoch from max(s.eta_at - s.window_ends_at)))::int
            from public.stops s where s.shift_id = e.shift_id and s.state = 'planned') end,
          (e.data ->> 'late_sec')::int) end as "lateSec",
        case when o.id is not null then jsonb_build_object('orderId', o.id, 'number', o.number, 'state', o.state, 'service', o.service,
          'customerName', o.customer_name, 'customerPhone', o.customer_phone) end as "order",
        case
          when o.id is not null then jsonb_build_object('address', o.address, 'lng', o.lng, 'lat', o.lat,
            'windowStartsAt', o.agreed_starts_at, 'windowEndsAt', o.agreed_ends_at)
          when t.id is not null then jsonb_build_object('address', t.address, 'lng', t.lng, 'lat', t.lat,
            'windowStartsAt', t.window_starts_at, 'windowEndsAt', t.window_ends_at)
        end as door,
        case when k.id is not null then jsonb_build_object('skuId', k.id, 'name', k.name,
          'missingUnits', case when e.resolved_at is null then l.shortage else (e.data ->> 'units')::int end) end as goods,
        case when n.id is not null then jsonb_build_object('nodeId', n.id, 'name', n.name) end as node,
        case when h.id is not null then jsonb_build_object('shiftId', h.id, 'name', v.name, 'startsAt', h.starts_at) end as van`;
      const tables = tx`
        public.exceptions e
        left join public.holds t on t.id = e.hold_id
        left join public.fulfilments f on f.hold_id = e.hold_id
        left join public.orders o on o.id = coalesce(e.order_id, f.order_id)
        left join public.nodes n on n.id = e.node_id
        left join public.skus k on k.id = e.sku_id
        left join public.inventory_levels l on (l.node_id, l.sku_id) = (e.node_id, e.sku_id)
        left join public.shifts h on h.id = e.shift_id
        left join public.vehicles v on v.id = h.vehicle_id`;
      const open = await tx<z.input<typeof Exception>[]>`
        select ${columns} from ${tables}
        where e.region_id = ${input.regionId} and e.resolved_at is null
        order by e.opened_at, e.id limit ${MAX_OPEN}`;
      const resolved = await tx<z.input<typeof Exception>[]>`
        select ${columns} from ${tables}
        where e.region_id = ${input.regionId} and e.resolved_at > ${now}::timestamptz - interval '24 hours'
        order by e.resolved_at desc, e.id limit ${MAX_RESOLVED}`;
      return { now, timeZone, open, resolved };
    }),
  );
