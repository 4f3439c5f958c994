import { router } from "#server/trpc/procedure.ts";
import { listSamples } from "./list-samples.ts";
import { searchStreets } from "./search-streets.ts";
import { snapPoint } from "./snap-point.ts";

export const addressesRouter = router({ samples: listSamples, streets: searchStreets, snap: snapPoint });
