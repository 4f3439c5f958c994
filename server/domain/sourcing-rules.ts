import * as z from "zod";

const Percent = z.int().min(1).max(1000);

/** What a cent of each term of the cost counts when nodes, vans and carriers are chosen; 100: a cent. */
export const TermPercents = z.strictObject({
  handling: Percent,
  picking: Percent,
  busy: Percent,
  route: Percent,
  carrier: Percent,
  split: Percent,
  /** Certificates from before there were transfers have none. */
  transfer: Percent.default(100),
});
export type TermPercents = z.infer<typeof TermPercents>;

/** When a cart of a region may come from several nodes, and what makes one choice dearer than another. See public.sourcing_rules. */
export const SourcingRules = z.strictObject({
  /** From at most so many nodes comes one cart; 1: it is never split. */
  mostNodes: z.int().min(1).max(4),
  /** A part worth less is not sent on its own. */
  leastPartCents: z.int().min(0).max(10_000_000),
  /** What every part after the first costs besides. */
  splitCents: z.int().min(0).max(1_000_000),
  /** From this share of an hour's picking on a further second is dear, up to the rate in a full hour. */
  busyPercent: z.int().min(0).max(100),
  busyHourCents: z.int().min(0).max(1_000_000),
  weights: TermPercents,
});
export type SourcingRules = z.infer<typeof SourcingRules>;
