import { router } from "#server/trpc/procedure.ts";
import { confirm } from "./confirm-hold.ts";
import { explain } from "./explain-promise.ts";
import { extend } from "./extend-hold.ts";
import { hold } from "./hold-offer.ts";
import { quote } from "./quote-cart.ts";
import { pickup } from "./quote-pickup.ts";
import { soonest } from "./read-soonest.ts";
import { release } from "./release-hold.ts";

export const promiseRouter = router({ quote, pickup, soonest, explain, hold, extend, release, confirm });
