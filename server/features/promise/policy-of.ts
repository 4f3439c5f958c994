import type { SourcingPolicy } from "#server/core/promise/promise-problem.ts";
import { EVEN_WEIGHTS, type TermWeights } from "#server/core/promise/weigh-terms.ts";
import type { Decision } from "#server/domain/decision.ts";
import type { TermPercents } from "#server/domain/sourcing-rules.ts";

/** A region's rules as the engine takes them; certificates from before there were weights have none. */
export function policyOf(rules: Decision["rules"]): SourcingPolicy {
  return {
    split: { mostNodes: rules.mostNodes, leastPartValue: rules.leastPartCents, splitCost: rules.splitCents },
    busy: { fromShare: rules.busyPercent / 100, hourCents: rules.busyHourCents },
    weights: rules.weights ? shares(rules.weights) : EVEN_WEIGHTS,
  };
}

function shares({ handling, picking, busy, route, carrier, split, transfer }: TermPercents): TermWeights {
  return {
    handling: handling / 100,
    picking: picking / 100,
    busy: busy / 100,
    route: route / 100,
    carrier: carrier / 100,
    split: split / 100,
    transfer: transfer / 100,
  };
}
