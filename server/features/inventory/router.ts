import { router } from "#server/trpc/procedure.ts";
import { readLevel } from "./read-level.ts";
import { readStockAsOf } from "./read-stock-as-of.ts";
import { setFreshness } from "./set-freshness.ts";

/** Stock: what there is, what there was, and how old a count may be. */
export const inventoryRouter = router({ level: readLevel, asOf: readStockAsOf, setFreshness });
