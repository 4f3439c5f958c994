import { z } from "zod";
import { MAX_CART_LINES } from "#server/domain/cart.ts";
import { RegionId, SkuId } from "#server/domain/id.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { SkuView, skuColumns } from "./sku-view.ts";

const Input = z.strictObject({ regionId: RegionId, skuIds: z.array(SkuId).max(MAX_CART_LINES) });

const Output = z.array(SkuView);

/** What a cart's SKUs are and cost today. One that is no longer sold is left out of the answer. */
export const readSkus = shopperProcedure
  .input(Input)
  .output(Output)
  .query(
    ({ ctx: { db }, input: { regionId, skuIds } }) => db<z.input<typeof SkuView>[]>`
      select ${skuColumns(db, regionId)} from public.skus k where k.id = any (${skuIds as string[]}) order by k.name, k.id`,
  );
