import { z } from "zod";
import { DoorWishes, LeftWith } from "#server/domain/delivery-wishes.ts";
import { EventKind } from "#server/domain/event.ts";
import { Fault } from "#server/domain/fault.ts";
import { OrderToken, RegionId, ShiftId, SkuId } from "#server/domain/id.ts";
import { Instant } from "#server/domain/instant.ts";
import { RepromiseView } from "#server/domain/repromise.ts";
import { FailReason, OrderState, Service, StopState } from "#server/domain/state.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { nearVan, VanView } from "./near-van.ts";
import { orderTimeline, TimelineStep } from "./order-timeline.ts";

const Input = z.strictObject({ token: OrderToken });

const Place = z.object({ name: z.string(), address: z.string(), lng: z.number(), lat: z.number() });

const Line = z.object({ skuId: SkuId, name: z.string(), category: z.string(), units: z.int(), priceCents: z.int() });

const PartLine = Line.omit({ priceCents: true });

/** Of what another store sends to where it is collected: where it is now, and when it leaves and can be collected. */
const Transfer = z.object({
  step: z.enum(["waiting", "on_the_way", "received"]),
  leavesAt: Instant,
  readyAt: Instant,
});

const Row = z.object({
  now: Instant,
  number: z.int(),
  regionId: RegionId,
  service: Service,
  state: OrderState,
  timeZone: z.string(),
  currency: z.string(),
  promiseStartsAt: Instant,
  promiseEndsAt: Instant,
  /** What holds now: the promise, until it was changed. */
  agreedStartsAt: Instant,
  agreedEndsAt: Instant,
  address: z.string(),
  lng: z.number(),
  lat: z.number(),
  goodsCents: z.int(),
  /** Of the service, as it was agreed on last. */
  priceCents: z.int(),
  customerNote: z.string(),
  /** What the driver may do and has to know at the door. */
  door: DoorWishes.nullable(),
  /** No van has set out with any of it yet: note and door can still be changed. */
  isDoorOpen: z.boolean(),
  /** It waits: something is being cleared up. */
  isParked: z.boolean(),
  /** No store has picked any of it yet, and it is not parked: it can be moved to another window. */
  isMovable: z.boolean(),
  /** Every change of the window, oldest first. */
  repromises: z.array(RepromiseView),
  /** Of which of its promises there is a signed certificate to be had: 0 is the first, n that of the nth change. */
  certificates: z.array(z.int()),
  lines: z.array(Line),
  /** What there was too little of, and the shopper went on without. */
  leftOut: z.array(z.object({ name: z.string(), units: z.int() })),
  events: z.array(z.object({ kind: EventKind, at: z.coerce.date() })),
  parts: z.array(
    z.object({
      state: OrderState,
      isGivenUp: z.boolean(),
      service: Service,
      windowStartsAt: Instant,
      windowEndsAt: Instant,
      visitStartsAt: Instant,
      visitEndsAt: Instant,
      floor: z.int().nullable(),
      hasLift: z.boolean().nullable(),
      lines: z.array(PartLine),
      carrier: z.string().nullable(),
      transfer: Transfer.nullable(),
      node: Place,
      /** Where it is collected. */
      pickupNode: Place.nullable(),
      stop: z
        .object({
          stopId: z.uuid(),
          shiftId: ShiftId,
          state: StopState,
          startAt: Instant,
          etaAt: Instant.nullable(),
          failReason: FailReason.nullable(),
          leftWith: LeftWith.nullable(),
          /** Doors that the van still serves before this one. */
          doorsBefore: z.int(),
          underWay: z.boolean(),
        })
        .nullable(),
    }),
  ),
});

/** What one node does for an order. */
const Part = z.object({
  state: OrderState,
  service: Service,
  /** Null while no node has it. */
  nodeName: z.string().nullable(),
  /** Who brings it, of a parcel. */
  carrier: z.string().nullable(),
  /** Null unless it is brought to where it is collected. */
  transfer: Transfer.nullable(),
  windowStartsAt: Instant,
  windowEndsAt: Instant,
  /** When the van was asked to come: the window, or a part of it. */
  visitStartsAt: Instant,
  visitEndsAt: Instant,
  /** Null: not said. */
  floor: z.int().nullable(),
  hasLift: z.boolean().nullable(),
  lines: z.array(PartLine),
  /** When the van should be at the door; null while it is not on its way. Until then the window is what counts. */
  etaAt: Instant.nullable(),
  /** Null while the van is not on its way. */
  doorsBefore: z.int().nullable(),
  failReason: FailReason.nullable(),
  /** Nobody could serve it any more, and operations have ended it. */
  isGivenUp: z.boolean(),
  leftWith: LeftWith.nullable(),
});

const Output = Row.omit({ events: true, parts: true }).extend({
  timeline: z.array(TimelineStep),
  /** Where to collect it; null unless it is picked up. */
  pickupPlace: Place.nullable(),
  /** By their windows; most orders have one. */
  parts: z.array(Part),
  /** The van that comes next, only while it is near: others live along its way. */
  van: VanView.nullable(),
});

/**
 * What whoever has the link may see of an order: how far it is, what was promised, and the van when it is near.
 * Faults: not-found.
 */
export const readOrder = shopperProcedure
  .input(Input)
  .output(Output)
  .query(async ({ ctx: { db, platform }, input: { token } }) => {
    const [found] = await db<z.input<typeof Row>[]>`
      select app.now() as now, o.number, o.region_id as "regionId", o.service, o.state, r.time_zone as "timeZone", r.currency,
        o.promise_starts_at as "promiseStartsAt", o.promise_ends_at as "promiseEndsAt",
        o.agreed_starts_at as "agreedStartsAt", o.agreed_ends_at as "agreedEndsAt", o.address, o.lng, o.lat,
        o.goods_cents as "goodsCents", o.agreed_price_cents as "priceCents", o.customer_note as "customerNote",
        (select jsonb_build_object('safePlace', d.safe_place, 'neighbourAllowed', d.neighbour_allowed, 'gateCode', d.gate_code)
         from app.order_doors d where d.order_id = o.id) as door,
        o.service = 'delivery' and o.finished_at is null and not exists (
          select from public.fulfilments f join public.stops s on s.hold_id = f.hold_id join public.shifts h on h.id = s.shift_id
          where f.order_id = o.id and h.state <> 'planned') as "isDoorOpen",
        app.is_parked(o.id) as "isParked",
        not app.is_parked(o.id) and not exists (
          select from public.fulfilments f
          where f.order_id = o.id and f.replaced_by is null and f.state not in ('to_pick', 'rejected')) as "isMovable",
        (select coalesce(jsonb_agg(jsonb_build_object('number', r.number, 'at', r.at, 'actor', r.actor, 'reason', r.reason,
            'oldStartsAt', r.old_starts_at, 'oldEndsAt', r.old_ends_at, 'startsAt', r.starts_at, 'endsAt', r.ends_at,
            'oldPriceCents', r.old_price_cents, 'priceCents', r.price_cents) order by r.number), '[]')
         from public.repromises r where r.order_id = o.id) as repromises,
        array(select c.repromise from app.certificates c where c.order_id = o.id order by c.repromise) as certificates,
        (select jsonb_agg(jsonb_build_object('skuId', l.sku_id, 'name', k.name, 'category', k.category, 'units', l.units,
            'priceCents', l.price_cents) order by k.name, k.id)
         from public.order_lines l join public.skus k on k.id = l.sku_id where l.order_id = o.id) as lines,
        (select jsonb_agg(jsonb_build_object('kind', e.kind, 'at', e.at) order by e.id)
         from public.events e where e.order_id = o.id) as events,
        coalesce((select jsonb_agg(jsonb_build_object('name', k.name, 'units', u.value::integer) order by k.name)
         from public.events e cross join jsonb_each_text(e.data -> 'units') u join public.skus k on k.id = u.key
         where e.kind = 'goods_left_out'
           and e.hold_id in (select f.hold_id from public.fulfilments f where f.order_id = o.id)), '[]') as "leftOut",
        (select jsonb_agg(jsonb_build_object('state', part.state, 'service', t.service,
            'isGivenUp', f.state = 'failed' and f.reject_reason is not null,
            'windowStartsAt', t.window_starts_at, 'windowEndsAt', t.window_ends_at,
            'visitStartsAt', t.visit_starts_at, 'visitEndsAt', t.visit_ends_at, 'floor', t.floor, 'hasLift', t.has_lift,
            'lines', (select jsonb_agg(jsonb_build_object('skuId', l.sku_id, 'name', k.name, 'category', k.category, 'units', l.units)
                order by k.name, k.id) from public.hold_lines l join public.skus k on k.id = l.sku_id where l.hold_id = t.id),
            'carrier', (select r.name from app.open_claims(array[t.id]) c join public.carriers r on r.id = c.carrier_id where c.kind = 'parcel'),
            'transfer', (select jsonb_build_object('leavesAt', r.leaves_at, 'readyAt', r.ready_at,
                'step', case when f.state in ('to_pick', 'ready') then 'waiting' when f.state = 'handed_over' then 'on_the_way' else 'received' end)
              from public.lane_runs r where (r.lane_id, r.day) = (t.lane_id, t.lane_day)),
            'pickupNode', (select jsonb_build_object('name', p.name, 'address', p.address, 'lng', p.lng, 'lat', p.lat)
              from public.nodes p where p.id = t.pickup_node_id),
            'node', jsonb_build_object('name', n.name, 'address', n.address, 'lng', n.lng, 'lat', n.lat),
            'stop', case when s.id is not null then jsonb_build_object('stopId', s.id, 'shiftId', s.shift_id, 'state', s.state,
              'startAt', s.start_at, 'etaAt', s.eta_at, 'failReason', s.fail_reason, 'leftWith', s.left_with, 'underWay', h.state = 'under_way',
              'doorsBefore', (select count(*) from public.stops b
                where b.shift_id = s.shift_id and b.position < s.position and b.finished_at is null)) end)
            order by t.window_starts_at, t.window_ends_at, f.id)
         from public.fulfilments f
         join public.holds t on t.id = f.hold_id
         join public.nodes n on n.id = f.node_id
         left join public.stops s on s.hold_id = f.hold_id
         left join public.shifts h on h.id = s.shift_id
         cross join lateral (select app.part_state(f, case when t.lane_id is null then t.service else 'transfer' end, s.state, h.state) as state) part
         where f.order_id = o.id and part.state is not null) as parts
      from public.orders o
      join public.regions r on r.id = o.region_id
      where o.token = ${token}`;
    if (!found) throw new Fault("not-found");
    const { events, parts, ...order } = Row.parse(found);

    const coming = parts
      .flatMap(({ stop }) => (stop?.underWay && (stop.state === "planned" || stop.state === "arrived") ? [stop] : []))
      .sort((a, b) => a.doorsBefore - b.doorsBefore);
    const vans = await Promise.all(coming.map((stop) => nearVan(db, platform.travel(), order.timeZone, stop)));
    return {
      ...order,
      timeline: orderTimeline(order.service, order.state, events),
      pickupPlace: parts.find((part) => part.state !== "unplaced" && !part.isGivenUp)?.pickupNode ?? null,
      parts: parts.map(({ node, pickupNode: _, stop, ...part }) => {
        const isComing = stop?.underWay && stop.state === "planned";
        return {
          ...part,
          nodeName: part.state === "unplaced" || part.isGivenUp ? null : node.name,
          etaAt: isComing ? atDoor(stop.etaAt ?? stop.startAt, part.visitStartsAt) : null,
          doorsBefore: isComing ? stop.doorsBefore : null,
          failReason: stop?.failReason ?? null,
          leftWith: stop?.leftWith ?? null,
        };
      }),
      van: vans.find((van) => van !== null) ?? null,
    };
  });

/** A van that is early waits: nobody is asked to open before the time they asked for. */
function atDoor(arriveAt: string, visitStartsAt: string): string {
  return arriveAt < visitStartsAt ? visitStartsAt : arriveAt;
}
