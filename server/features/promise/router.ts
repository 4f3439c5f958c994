import { router } from "#server/trpc/procedure.ts";
import { confirm } from "./confirm-hold.ts";
import { explain } from "./explain-promise.ts";
import { extend } from "./extend-hold.ts";
import { hold } from "./hold-offer.ts";
import { preview } from "./preview-sourcing.ts";
import { quote } from "./quote-cart.ts";
import { pickup } from "./quote-pickup.ts";
import { soonest } from "./read-soonest.ts";
import { readSourcingRules } from "./read-sourcing-rules.ts";
import { redirect } from "./redirect-hold.ts";
import { release } from "./release-hold.ts";
import { setSourcingRules } from "./set-sourcing-rules.ts";

export const promiseRouter = router({
  quote,
  pickup,
  soonest,
  explain,
  hold,
  redirect,
  extend,
  release,
  confirm,
  sourcingRules: readSourcingRules,
  setSourcingRules,
  previewSourcing: preview,
});
