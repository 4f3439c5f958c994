import type { SourcingPolicy } from "#server/core/promise/promise-problem.ts";
import type { SourcingRules } from "./queries.ts";

/** A region's rules as the engine takes them. */
export function policyOf(rules: SourcingRules): SourcingPolicy {
  return {
    split: { mostNodes: rules.mostNodes, leastPartValue: rules.leastPartCents, splitCost: rules.splitCents },
    busy: { fromShare: rules.busyPercent / 100, hourCents: rules.busyHourCents },
  };
}
