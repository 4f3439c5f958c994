import { findPlans } from "#server/core/promise/find-plans.ts";
import type { QuoteRequest } from "#server/domain/quote.ts";
import { readFacts } from "#server/features/promise/quote-facts.ts";
import { groupCart, sourcesOf, toPromiseProblem } from "#server/features/promise/to-problem.ts";
import type { BenchRegion } from "./bench-region.ts";

/** How far from the best the plans of a large network may be. */
export interface SplitGap {
  /** Windows of all carts that are served. */
  readonly served: number;
  /** Of these by several nodes. */
  readonly split: number;
  /** Of these where the search for a cheaper split was cut short. */
  readonly cutShort: number;
  /** Of a plan's cost, how much a better split could still save at the most; over the windows cut short. Shares. */
  readonly meanGap: number;
  readonly worstGap: number;
}

/** Plans every window for each of the carts as a quote does, from at most `mostNodes` nodes. */
export async function measureSplitGap(
  { db, services, regionId }: BenchRegion,
  requests: readonly QuoteRequest[],
  mostNodes: number,
): Promise<SplitGap> {
  let served = 0;
  let split = 0;
  const gaps: number[] = [];
  for (const { lines, destination } of requests) {
    const facts = await readFacts(db, services.mirrorOf(regionId), regionId, lines);
    const { region, nodes, skus } = facts;
    const fleet = services.fleetOf(region);
    const cart = groupCart(lines, skus);
    const planned = fleet.prepare(nodes, await fleet.load(db, facts.shifts.id, facts.shifts.version));
    const door = fleet.travel.snap(destination.lng, destination.lat);
    if (!door) throw new Error("a door without a road was drawn");
    const windows = facts.windows.startSec.map((startSec, w) => ({ startSec, endSec: facts.windows.endSec[w]! }));
    const reaches = new Uint8Array(nodes.length).fill(1);
    const sources = sourcesOf(facts, nodes, cart, fleet.originSec);
    const problem = toPromiseProblem(fleet, facts, sources, reaches, planned, cart, door, windows);
    const policy = { ...problem.policy, split: { ...problem.policy.split, mostNodes } };
    for (const answer of findPlans({ ...problem, policy })) {
      if (!("parts" in answer)) continue;
      served++;
      if (answer.parts.length > 1) split++;
      if (answer.boundCents < answer.costCents) gaps.push(1 - answer.boundCents / answer.costCents);
    }
  }
  const meanGap = gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(1, gaps.length);
  return { served, split, cutShort: gaps.length, meanGap, worstGap: Math.max(0, ...gaps) };
}
