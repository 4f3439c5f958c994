import { router } from "#server/trpc/procedure.ts";
import { confirm } from "./confirm-hold.ts";
import { hold } from "./hold-offer.ts";
import { quote } from "./quote-cart.ts";
import { pickup } from "./quote-pickup.ts";
import { release } from "./release-hold.ts";

export const promiseRouter = router({ quote, pickup, hold, release, confirm });
