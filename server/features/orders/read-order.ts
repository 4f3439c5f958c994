import { z } from "zod";
import { EventKind } from "#server/domain/event.ts";
import { Fault } from "#server/domain/fault.ts";
import { OrderToken, ShiftId, SkuId } from "#server/domain/id.ts";
import { Instant } from "#server/domain/instant.ts";
import { FailReason, OrderState, Service, StopState } from "#server/domain/state.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { type NearVan, nearVan, VanView } from "./near-van.ts";
import { orderTimeline, TimelineStep } from "./order-timeline.ts";

const Input = z.strictObject({ token: OrderToken });

const Place = z.object({ name: z.string(), address: z.string(), lng: z.number(), lat: z.number() });

const Line = z.object({ skuId: SkuId, name: z.string(), category: z.string(), units: z.int(), priceCents: z.int() });

const Row = z.object({
  now: Instant,
  number: z.int(),
  service: Service,
  state: OrderState,
  timeZone: z.string(),
  currency: z.string(),
  promiseStartsAt: Instant,
  promiseEndsAt: Instant,
  address: z.string(),
  lng: z.number(),
  lat: z.number(),
  goodsCents: z.int(),
  priceCents: z.int(),
  lines: z.array(Line),
  /** Who serves it; null while no node does. */
  node: Place.nullable(),
  events: z.array(z.object({ kind: EventKind, at: z.coerce.date() })),
  stop: z
    .object({
      stopId: z.uuid(),
      shiftId: ShiftId,
      state: StopState,
      startAt: Instant,
      etaAt: Instant.nullable(),
      failReason: FailReason.nullable(),
      /** Doors that the van still serves before this one. */
      doorsBefore: z.int(),
      underWay: z.boolean(),
    })
    .nullable(),
});

const Output = Row.omit({ events: true, node: true, stop: true }).extend({
  timeline: z.array(TimelineStep),
  /** Where to collect it; null unless it is picked up. */
  pickupPlace: Place.nullable(),
  /** When the van should be at the door; null while it is not on its way. Until then the window is what counts. */
  etaAt: Instant.nullable(),
  /** Null while the van is not on its way. */
  doorsBefore: z.int().nullable(),
  failReason: FailReason.nullable(),
  /** Only while it is near: others live along its way. */
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
      select app.now() as now, o.number, o.service, o.state, r.time_zone as "timeZone", r.currency,
        o.promise_starts_at as "promiseStartsAt", o.promise_ends_at as "promiseEndsAt", o.address, o.lng, o.lat,
        o.goods_cents as "goodsCents", o.price_cents as "priceCents",
        (select jsonb_agg(jsonb_build_object('skuId', l.sku_id, 'name', k.name, 'category', k.category, 'units', l.units,
            'priceCents', l.price_cents) order by k.name, k.id)
         from public.order_lines l join public.skus k on k.id = l.sku_id where l.order_id = o.id) as lines,
        case when n.id is not null then
          jsonb_build_object('name', n.name, 'address', n.address, 'lng', n.lng, 'lat', n.lat) end as node,
        (select jsonb_agg(jsonb_build_object('kind', e.kind, 'at', e.at) order by e.id)
         from public.events e where e.order_id = o.id) as events,
        case when s.id is not null then jsonb_build_object('stopId', s.id, 'shiftId', s.shift_id, 'state', s.state,
          'startAt', s.start_at, 'etaAt', s.eta_at, 'failReason', s.fail_reason, 'underWay', h.state = 'under_way',
          'doorsBefore', (select count(*) from public.stops b
            where b.shift_id = s.shift_id and b.position < s.position and b.finished_at is null)) end as stop
      from public.orders o
      join public.regions r on r.id = o.region_id
      left join public.fulfilments f on f.order_id = o.id and f.state <> 'rejected'
      left join public.nodes n on n.id = f.node_id
      left join public.stops s on s.hold_id = f.hold_id
      left join public.shifts h on h.id = s.shift_id
      where o.token = ${token}`;
    if (!found) throw new Fault("not-found");
    const { events, node, stop, ...order } = Row.parse(found);

    const coming = stop?.underWay && (stop.state === "planned" || stop.state === "arrived");
    const van: NearVan | null = coming ? await nearVan(db, platform.travel(), order.timeZone, stop) : null;
    return {
      ...order,
      timeline: orderTimeline(order.service, order.state, events),
      pickupPlace: order.service === "pickup" ? node : null,
      etaAt: coming && stop.state === "planned" ? atDoor(stop.etaAt ?? stop.startAt, order.promiseStartsAt) : null,
      doorsBefore: coming && stop.state === "planned" ? stop.doorsBefore : null,
      failReason: stop?.failReason ?? null,
      van,
    };
  });

/** A van that is early waits: nobody is asked to open before the window begins. */
function atDoor(arriveAt: string, windowStartsAt: string): string {
  return arriveAt < windowStartsAt ? windowStartsAt : arriveAt;
}
