import { router } from "#server/trpc/procedure.ts";
import { listCategories } from "./list-categories.ts";
import { listRegions } from "./list-regions.ts";
import { listSkus } from "./list-skus.ts";
import { readSkus } from "./read-skus.ts";

export const catalogueRouter = router({
  regions: listRegions,
  categories: listCategories,
  skus: listSkus,
  skusById: readSkus,
});
