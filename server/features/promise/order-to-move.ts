import type { Queryable } from "#server/db/database.ts";
import { Cart, type CartLine, type Destination } from "#server/domain/cart.ts";
import type { ChannelId } from "#server/domain/channel.ts";
import type { VisitWishes } from "#server/domain/delivery-wishes.ts";
import { Fault } from "#server/domain/fault.ts";
import type { RegionId } from "#server/domain/id.ts";
import type { Service } from "#server/domain/state.ts";
import { zoneClock } from "#server/travel/zone-clock.ts";

/** How an order is named: its shopper has its link, staff its id. */
export type OrderKey = { readonly token: string } | { readonly orderId: string };

/** What a confirmed order asks of another window: the same goods at the price they were bought for, to the same door. */
export interface OrderToMove {
  readonly orderId: string;
  readonly number: number;
  readonly regionId: RegionId;
  readonly channelId: ChannelId;
  readonly service: Service;
  readonly lines: readonly CartLine[];
  readonly unitCents: readonly number[];
  readonly destination: Destination;
  /** What is agreed on now, and how often that has changed. */
  readonly priceCents: number;
  readonly repromises: number;
  /** What is wished of its delivery now. */
  readonly wishes: VisitWishes;
  /** Nodes that rejected a part of it. */
  readonly refusedNodeIds: ReadonlySet<string>;
}

/** Faults: not-found, wrong-state (a node has picked a part of it, or it is over). */
export async function readOrderToMove(db: Queryable, key: OrderKey): Promise<OrderToMove> {
  const [row] = await db`
    select o.id, o.number, o.region_id, o.channel_id, o.service, o.state, o.lng, o.lat, o.address, o.agreed_price_cents, o.repromises,
      (select jsonb_agg(jsonb_build_object('skuId', l.sku_id, 'units', l.units, 'cents', l.price_cents) order by l.sku_id)
       from public.order_lines l where l.order_id = o.id) as lines,
      r.time_zone, (
        select jsonb_build_object(
          'startSec', case when h.visit_starts_at > h.window_starts_at then extract(epoch from h.visit_starts_at)::integer end,
          'endSec', case when h.visit_ends_at < h.window_ends_at then extract(epoch from h.visit_ends_at)::integer end,
          'floor', h.floor, 'hasLift', h.has_lift)
        from public.fulfilments f join public.holds h on h.id = f.hold_id
        where f.order_id = o.id and f.replaced_by is null order by h.id limit 1) as visit,
      array(select f.node_id::text from public.fulfilments f where f.order_id = o.id and f.state = 'rejected') as refused,
      exists (
        select from public.fulfilments f where f.order_id = o.id and f.replaced_by is null and f.state not in ('to_pick', 'rejected')
      ) as is_picked
    from public.orders o join public.regions r on r.id = o.region_id where ${"token" in key ? db`o.token = ${key.token}` : db`o.id = ${key.orderId}`}`;
  if (!row) throw new Fault("not-found");
  if (row.is_picked) throw new Fault("wrong-state", row.state);
  const lines: { skuId: string; units: number; cents: number }[] = row.lines;
  return {
    orderId: row.id,
    number: row.number,
    regionId: row.region_id,
    channelId: row.channel_id,
    service: row.service,
    lines: Cart.parse(lines.map(({ skuId, units }) => ({ skuId, units }))),
    unitCents: lines.map(({ cents }) => cents),
    destination: { lng: row.lng, lat: row.lat, address: row.address },
    priceCents: row.agreed_price_cents,
    repromises: row.repromises,
    wishes: wishesOf(row.visit, row.time_zone),
    refusedNodeIds: new Set<string>(row.refused),
  };
}

interface AskedVisit {
  /** Null where the window itself is the limit. Epoch seconds. */
  readonly startSec: number | null;
  readonly endSec: number | null;
  readonly floor: number | null;
  readonly hasLift: boolean | null;
}

function wishesOf({ startSec, endSec, floor, hasLift }: AskedVisit, timeZone: string): VisitWishes {
  const clock = zoneClock(timeZone);
  const wallTime = (sec: number) => {
    const { minuteOfDay } = clock.read(sec);
    const two = (part: number) => String(part).padStart(2, "0");
    return `${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
  };
  return {
    ...(startSec !== null && { notBefore: wallTime(startSec) }),
    ...(endSec !== null && { notAfter: wallTime(endSec) }),
    ...(floor !== null && { floor }),
    ...(hasLift !== null && { hasLift }),
  };
}
