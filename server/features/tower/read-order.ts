import * as z from "zod";
import { PriorityClass } from "#server/domain/channel.ts";
import { LeftWith } from "#server/domain/delivery-wishes.ts";
import { EventKind } from "#server/domain/event.ts";
import { Fault } from "#server/domain/fault.ts";
import { FulfilmentId, NodeId, OrderId, ShiftId, SkuId } from "#server/domain/id.ts";
import { Instant } from "#server/domain/instant.ts";
import { ParkingView, ParkReason } from "#server/domain/parking.ts";
import { RepromiseView } from "#server/domain/repromise.ts";
import {
  ExceptionKind,
  FailReason,
  FulfilmentState,
  LossReason,
  OrderState,
  Service,
  StaffRole,
  StopState,
  Temperature,
} from "#server/domain/state.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const MAX_EVENTS = 200;

const Input = z.strictObject({ orderId: OrderId });

const Order = z.object({
  /** The platform's time. */
  now: Instant,
  orderId: OrderId,
  number: z.int(),
  state: OrderState,
  service: Service,
  channelName: z.string(),
  priorityClass: PriorityClass,
  customerName: z.string(),
  customerPhone: z.string(),
  customerNote: z.string(),
  address: z.string(),
  lng: z.number(),
  lat: z.number(),
  promiseStartsAt: Instant,
  promiseEndsAt: Instant,
  /** What holds now: the promise, until it was changed; and how often it was. */
  agreedStartsAt: Instant,
  agreedEndsAt: Instant,
  priceCents: z.int(),
  repromises: z.int(),
  /** Null while it goes on as usual. */
  parking: ParkingView.nullable(),
  /** Of an order that could be parked: when its picking, or its handing over, must begin at the latest. */
  beginBy: Instant.nullable(),
  goodsCents: z.int(),
  confirmedAt: Instant,
  finishedAt: Instant.nullable(),
  timeZone: z.string(),
  currency: z.string(),
});

const Line = z.object({
  skuId: SkuId,
  name: z.string(),
  temperature: Temperature,
  units: z.int(),
  priceCents: z.int(),
});

const Fulfilment = z.object({
  fulfilmentId: FulfilmentId,
  nodeId: NodeId,
  nodeName: z.string(),
  state: FulfilmentState,
  service: Service,
  windowStartsAt: Instant,
  windowEndsAt: Instant,
  /** When the van was asked to come: the window, or a part of it. */
  visitStartsAt: Instant,
  visitEndsAt: Instant,
  /** Null: not said. */
  floor: z.int().nullable(),
  hasLift: z.boolean().nullable(),
  /** Who brings it, of a parcel. */
  carrierName: z.string().nullable(),
  /** Where it is brought to be collected, and with which run. */
  transfer: z
    .object({ toName: z.string(), leavesAt: Instant, readyAt: Instant, receivedAt: Instant.nullable() })
    .nullable(),
  lines: z.array(z.object({ skuId: SkuId, name: z.string(), units: z.int() })),
  pickBy: Instant,
  /** Of a rejected one: whether others took it over. */
  replaced: z.boolean(),
  rejectReason: LossReason.nullable(),
  stop: z
    .object({
      shiftId: ShiftId,
      vanName: z.string(),
      /** 1 for the first door of the run. */
      place: z.int(),
      state: StopState,
      startAt: Instant,
      etaAt: Instant.nullable(),
      failReason: FailReason.nullable(),
      leftWith: LeftWith.nullable(),
      /** Null where nothing was wished. Which gate code it is, is for the driver alone. */
      door: z
        .object({ safePlace: z.string().nullable(), neighbourAllowed: z.boolean(), hasGateCode: z.boolean() })
        .nullable(),
    })
    .nullable(),
});

const Event = z.object({
  eventId: z.string(),
  at: Instant,
  kind: EventKind,
  /** Null when a shopper or the platform itself did it. */
  actorName: z.string().nullable(),
  actorRole: StaffRole.nullable(),
  nodeName: z.string().nullable(),
  vanName: z.string().nullable(),
  reason: z.union([LossReason, FailReason, ParkReason]).nullable(),
  exceptionKind: ExceptionKind.nullable(),
  /** Of a change of the window. */
  repromise: RepromiseView.extend({ note: z.string() }).nullable(),
  /** "2 × Milk": what there was too little of. */
  leftOut: z.string().nullable(),
  /** "1: the shopper has waited twice", of another priority class. */
  priority: z.string().nullable(),
  /** Why operations ended it. */
  endNote: z.string().nullable(),
});

const Output = Order.extend({
  lines: z.array(Line),
  /** The live parts and those that wait for a node lead; what others took over follows as the record, newest first. */
  fulfilments: z.array(Fulfilment),
  /** Oldest first. */
  events: z.array(Event),
});

/** One order with its lines, the nodes that served it, and who did what when. Faults: not-found. */
export const readOrder = opsProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input: { orderId } }) =>
    ctx.asCaller(async (tx) => {
      const [order] = await tx<z.input<typeof Order>[]>`
        select app.now() as now, o.id as "orderId", o.number, o.state, o.service, c.name as "channelName", o.priority_class as "priorityClass", o.customer_name as "customerName", o.customer_phone as "customerPhone",
          o.customer_note as "customerNote", o.address, o.lng, o.lat, o.promise_starts_at as "promiseStartsAt",
          o.promise_ends_at as "promiseEndsAt", o.agreed_starts_at as "agreedStartsAt", o.agreed_ends_at as "agreedEndsAt",
          (select jsonb_build_object('reason', p.reason, 'note', p.note, 'parkedAt', p.parked_at, 'releaseBy', p.release_by)
           from public.parkings p where p.order_id = o.id and p.released_at is null) as parking,
          (select min(case f.state when 'to_pick' then h.pick_by - make_interval(secs => h.pick_sec) else h.pick_by end)
           from public.fulfilments f join public.holds h on h.id = f.hold_id
           where f.order_id = o.id and f.state in ('to_pick', 'ready')) as "beginBy",
          o.repromises, o.agreed_price_cents as "priceCents", o.goods_cents as "goodsCents",
          o.confirmed_at as "confirmedAt", o.finished_at as "finishedAt", r.time_zone as "timeZone", r.currency
        from public.orders o
        join public.regions r on r.id = o.region_id
        join public.channels c on (c.region_id, c.id) = (o.region_id, o.channel_id)
        where o.id = ${orderId}`;
      if (!order) throw new Fault("not-found", orderId);
      const lines = await tx<z.input<typeof Line>[]>`
        select l.sku_id as "skuId", k.name, k.temperature, l.units, l.price_cents as "priceCents"
        from public.order_lines l join public.skus k on k.id = l.sku_id where l.order_id = ${orderId} order by k.name, k.id`;
      const fulfilments = await tx<z.input<typeof Fulfilment>[]>`
        select f.id as "fulfilmentId", f.node_id as "nodeId", n.name as "nodeName", f.state, t.service,
          t.window_starts_at as "windowStartsAt", t.window_ends_at as "windowEndsAt",
          t.visit_starts_at as "visitStartsAt", t.visit_ends_at as "visitEndsAt", t.floor, t.has_lift as "hasLift",
          (select c.name from public.claims m join public.carriers c on c.id = m.carrier_id
           where m.hold_id = t.id and m.kind = 'parcel' and m.reverses is null limit 1) as "carrierName",
          (select jsonb_build_object('toName', p.name, 'leavesAt', r.leaves_at, 'readyAt', r.ready_at, 'receivedAt', f.received_at)
           from public.lane_runs r join public.nodes p on p.id = t.pickup_node_id
           where (r.lane_id, r.day) = (t.lane_id, t.lane_day)) as transfer,
          (select jsonb_agg(jsonb_build_object('skuId', l.sku_id, 'name', k.name, 'units', l.units) order by k.name, k.id)
           from public.hold_lines l join public.skus k on k.id = l.sku_id where l.hold_id = t.id) as lines,
          f.pick_by as "pickBy", f.replaced_by is not null as replaced, f.reject_reason as "rejectReason",
          case when s.id is not null then jsonb_build_object('shiftId', s.shift_id, 'vanName', v.name, 'place', s.position + 1,
            'state', s.state, 'startAt', s.start_at, 'etaAt', s.eta_at, 'failReason', s.fail_reason, 'leftWith', s.left_with,
            'door', (select jsonb_build_object('safePlace', d.safe_place, 'neighbourAllowed', d.neighbour_allowed, 'hasGateCode', d.has_gate_code)
              from app.read_doors(s.shift_id) d where d.stop_id = s.id)) end as stop
        from public.fulfilments f
        join public.holds t on t.id = f.hold_id
        join public.nodes n on n.id = f.node_id
        left join public.stops s on s.hold_id = f.hold_id
        left join public.shifts h on h.id = s.shift_id
        left join public.vehicles v on v.id = h.vehicle_id
        where f.order_id = ${orderId} order by f.replaced_by is not null, f.created_at desc, t.window_starts_at, n.name, f.id`;
      const events = await tx<z.input<typeof Event>[]>`
        select e.id::text as "eventId", e.at, e.kind, a.name as "actorName", a.role as "actorRole", n.name as "nodeName",
          v.name as "vanName", e.data ->> 'reason' as reason, e.data ->> 'kind' as "exceptionKind",
          case when e.kind = 'order_repromised' then (
            select jsonb_build_object('number', r.number, 'at', r.at, 'actor', r.actor, 'reason', r.reason, 'note', r.note,
              'oldStartsAt', r.old_starts_at, 'oldEndsAt', r.old_ends_at, 'startsAt', r.starts_at, 'endsAt', r.ends_at,
              'oldPriceCents', r.old_price_cents, 'priceCents', r.price_cents)
            from public.repromises r where r.hold_id = e.hold_id) end as repromise,
          (select string_agg(format('%s × %s', u.value, k.name), ', ' order by k.name)
           from jsonb_each_text(e.data -> 'units') u join public.skus k on k.id = u.key where e.kind = 'goods_left_out') as "leftOut",
          case when e.kind = 'order_prioritised' then format('%s: %s', e.data ->> 'class', e.data ->> 'note') end as priority,
          case when e.kind = 'order_failed' then e.data ->> 'note' end as "endNote"
        from public.events e
        left join public.staff a on a.user_id = e.actor
        left join public.nodes n on n.id = e.node_id
        left join public.shifts h on h.id = e.shift_id
        left join public.vehicles v on v.id = h.vehicle_id
        where e.order_id = ${orderId}
          or (e.order_id is null and e.hold_id in (select f.hold_id from public.fulfilments f where f.order_id = ${orderId}))
        order by e.id limit ${MAX_EVENTS}`;
      return { ...order, lines, fulfilments, events };
    }),
  );
