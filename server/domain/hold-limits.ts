import * as z from "zod";

/** How much may be held and not confirmed in a region, so that nobody keeps windows from others that they do not buy. */
export const HoldLimits = z.strictObject({
  /** Holds at one time. */
  perCheckout: z.int().min(1).max(100),
  perAddress: z.int().min(1).max(1000),
  perNetwork: z.int().min(1).max(100_000),
  /** Of a window's places at a node, of a carrier's day, of a van's time in a window. */
  unconfirmedPercent: z.int().min(1).max(100),
});
export type HoldLimits = z.infer<typeof HoldLimits>;
