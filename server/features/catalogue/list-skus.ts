import { z } from "zod";
import { RegionId, SkuId } from "#server/domain/id.ts";
import { words } from "#server/domain/words.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { SkuView, skuColumns } from "./sku-view.ts";

const Input = z.strictObject({
  regionId: RegionId,
  category: words(1, 60).optional(),
  /** Every word must occur in the name or the category. */
  search: words(0, 80).optional(),
  /** The last SKU of the page before. */
  cursor: SkuId.nullish(),
  /** Sent along by the client's paging; there is one way to go. */
  direction: z.literal("forward").optional(),
  limit: z.int().min(1).max(60).default(24),
});

const Output = z.object({
  items: z.array(SkuView),
  /** Null on the last page. */
  nextCursor: SkuId.nullable(),
});

/**
 * A page of the catalogue: in the order of names, or the whole of it in a fixed mixture, so that the first page shows
 * what kinds of things there are. A cursor that names no SKU starts at the beginning.
 */
export const listSkus = shopperProcedure
  .input(Input)
  .output(Output)
  .query(async ({ ctx: { db }, input: { regionId, category, search, cursor, limit } }) => {
    const words = (search ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const isEverything = category === undefined && words.length === 0;
    const rank = (sku: string) => (isEverything ? db`md5(${db(sku)}.id)` : db`${db(sku)}.name`);
    const rows = await db<z.input<typeof SkuView>[]>`
      select ${skuColumns(db, regionId)}
      from public.skus k
      where ${category ? db`k.category = ${category}` : db`true`}
        and not exists (select from unnest(${words}::text[]) word where position(word in lower(k.name || ' ' || k.category)) = 0)
        and not exists (select from public.skus c where c.id = ${cursor ?? null} and (${rank("k")}, k.id) <= (${rank("c")}, c.id))
      order by ${rank("k")}, k.id
      limit ${limit + 1}`;
    const items = SkuView.array().parse(rows.slice(0, limit));
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.skuId ?? null) : null };
  });
