import type { HoldId } from "#server/domain/id.ts";
import { createStoredValue } from "./stored-value.ts";

/** One way from the cart to the order, in this tab. */
export interface CheckoutRun {
  /** What counts as one shopper for the limits of what may be held. */
  readonly checkoutId: string;
  /** Holds that it has, had, or asked for without hearing the answer, the last one first: the next one takes their place. */
  readonly formerIds: readonly HoldId[];
}

const MOST_FORMER = 4;

const stored = createStoredValue<CheckoutRun | null>("session", "kept-checkout", null, (kept) => {
  const run = kept as CheckoutRun | null;
  const complete = run !== null && typeof run.checkoutId === "string" && Array.isArray(run.formerIds);
  return complete ? run : null;
});

/** The run that this tab is on; a new one begins where there is none. */
export function checkoutRun(): CheckoutRun {
  const known = stored.read();
  if (known) return known;
  const begun = { checkoutId: crypto.randomUUID(), formerIds: [] };
  stored.write(begun);
  return begun;
}

/** A hold that may be there. */
export function rememberHold(holdId: HoldId): void {
  const { checkoutId, formerIds } = checkoutRun();
  const others = formerIds.filter((id) => id !== holdId);
  stored.write({ checkoutId, formerIds: [holdId, ...others].slice(0, MOST_FORMER) });
}

/** One that is not, or is an order by now. */
export function forgetHold(holdId: HoldId): void {
  const { checkoutId, formerIds } = checkoutRun();
  stored.write({ checkoutId, formerIds: formerIds.filter((id) => id !== holdId) });
}

/** The order is confirmed: what comes next is another one. */
export function endCheckoutRun(): void {
  stored.write(null);
}
