import { z } from "zod";
import { shopperProcedure } from "#server/trpc/procedure.ts";

const Category = z.object({ name: z.string(), skuCount: z.int() });

const Output = z.array(Category);

/** The categories that hold something, by name. */
export const listCategories = shopperProcedure.output(Output).query(
  ({ ctx }) => ctx.db<z.input<typeof Category>[]>`
    select category as name, count(*)::integer as "skuCount" from public.skus group by category order by category`,
);
