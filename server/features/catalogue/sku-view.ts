import { z } from "zod";
import type { Queryable } from "#server/db/database.ts";
import { OWN_SHOP } from "#server/domain/channel.ts";
import { SkuId } from "#server/domain/id.ts";
import { Temperature } from "#server/domain/state.ts";

/** More than this is "plenty": a shopper needs to know of scarcity, not of the stock book. */
export const PLENTY_UNITS = 99;

export const SkuView = z.object({
  skuId: SkuId,
  name: z.string(),
  category: z.string(),
  priceCents: z.int(),
  weightG: z.int(),
  temperature: Temperature,
  /** The most that any one open node of the region could promise now, at most PLENTY_UNITS. Advisory: the quote decides. */
  availableUnits: z.int(),
});
export type SkuView = z.output<typeof SkuView>;

/** The columns of a SkuView for the region, of the SKU that the query calls `k`. */
export function skuColumns(db: Queryable, regionId: string) {
  return db`
    k.id as "skuId", k.name, k.category, k.price_cents as "priceCents", k.weight_g as "weightG", k.temperature,
    coalesce((
      select least(max(greatest(l.available - coalesce(s.units, 0), 0)), ${PLENTY_UNITS})
      from app.available_stock l join public.nodes n on n.id = l.node_id
      left join public.channel_safety s on (s.region_id, s.channel_id, s.sku_id, s.node_id) = (n.region_id, ${OWN_SHOP}, l.sku_id, l.node_id)
      where l.sku_id = k.id and n.region_id = ${regionId} and n.paused_at is null
    ), 0)::integer as "availableUnits"`;
}
