import type { Row } from "postgres";
import type { Queryable } from "#server/db/database.ts";
import { Cart } from "#server/domain/cart.ts";
import { Fault } from "#server/domain/fault.ts";
import type { HoldId } from "#server/domain/id.ts";
import type { Wish } from "./place-wish.ts";
import { type VisitColumns, visitOfHold } from "./visit.ts";

/**
 * So long after a hold has run out, what it held is taken anew at the price that was promised: the payment was begun in
 * time and came back late. Later the price is no longer anybody's word, and the shopper chooses again.
 */
const RETAKEN_WITHIN_SEC = 1800;

/** What a hold holds or, when it has run out, has held. */
export interface HeldWish extends Wish {
  readonly insteadOf: { readonly holdId: HoldId };
  readonly isOver: boolean;
  /** What its shopper went on without, units by SKU: whatever takes its place says so again. */
  readonly leftOut: Readonly<Record<string, number>> | null;
}

/** What a hold has, to be had again: its window, visit, price and goods. Faults: hold-expired, when that is too long ago. */
export async function readHeldWish(db: Queryable, holdId: HoldId, fingerprint: string): Promise<HeldWish> {
  const [hold] = await db<(VisitColumns & Row)[]>`
    select h.region_id, h.channel_id, h.service, h.pickup_node_id, h.address, h.lng, h.lat,
      extract(epoch from h.window_starts_at)::integer as start_sec, extract(epoch from h.window_ends_at)::integer as end_sec,
      extract(epoch from h.visit_starts_at)::integer as visit_start_sec, extract(epoch from h.visit_ends_at)::integer as visit_end_sec,
      h.floor, h.has_lift, h.climb_sec,
      extract(epoch from app.now() - h.expires_at)::float8 as over_sec,
      (select sum(p.price_cents)::integer from public.holds p where p.lead_id = h.id) as price_cents,
      (select jsonb_agg(jsonb_build_object('skuId', x.sku_id, 'units', x.units, 'cents', x.cents) order by x.sku_id)
       from (
         select l.sku_id, sum(l.units) as units, max(l.price_cents) as cents
         from public.hold_lines l join public.holds p on p.id = l.hold_id where p.lead_id = h.id group by l.sku_id
       ) x) as lines,
      (select e.data -> 'units' from public.events e where e.hold_id = h.id and e.kind = 'goods_left_out') as left_out
    from public.holds h where h.id = ${holdId} and h.lead_id = h.id`;
  if (!hold || hold.over_sec > RETAKEN_WITHIN_SEC) throw new Fault("hold-expired", holdId);
  const lines: { skuId: string; units: number; cents: number }[] = hold.lines;
  return {
    regionId: hold.region_id,
    channelId: hold.channel_id,
    service: hold.service,
    ...(hold.service === "pickup" && { pickupNodeId: hold.pickup_node_id }),
    lines: Cart.parse(lines.map(({ skuId, units }) => ({ skuId, units }))),
    unitCents: lines.map(({ cents }) => cents),
    destination: { lng: hold.lng, lat: hold.lat, address: hold.address },
    windowStartSec: hold.start_sec,
    windowEndSec: hold.end_sec,
    visit: visitOfHold(hold),
    priceCents: hold.price_cents,
    fingerprint,
    insteadOf: { holdId },
    isOver: hold.over_sec > 0,
    leftOut: hold.left_out,
  };
}
