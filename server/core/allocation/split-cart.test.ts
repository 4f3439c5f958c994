import fc from "fast-check";
import { expect, test } from "vitest";
import { type SplitProblem, splitCart } from "./split-cart.ts";

interface Town {
  readonly problem: SplitProblem;
  /** By node: a part of more groups cannot be picked, and what every group after the first costs besides. */
  readonly most: readonly number[];
  readonly crowd: readonly number[];
}

const town: fc.Arbitrary<Town> = fc
  .record({ nodeCount: fc.integer({ min: 0, max: 4 }), groupCount: fc.integer({ min: 1, max: 5 }) })
  .chain(({ nodeCount, groupCount }) => {
    const byNode = (value: fc.Arbitrary<number>) => fc.array(value, { minLength: nodeCount, maxLength: nodeCount });
    const byBoth = (value: fc.Arbitrary<number>) =>
      fc.array(value, { minLength: nodeCount * groupCount, maxLength: nodeCount * groupCount });
    return fc.record({
      problem: fc.record({
        nodeCount: fc.constant(nodeCount),
        groupCount: fc.constant(groupCount),
        holds: byBoth(fc.nat(3)).map((values) => Uint8Array.from(values, (value) => (value > 0 ? 1 : 0))),
        groupValue: fc.array(fc.nat(20), { minLength: groupCount, maxLength: groupCount }),
        leastCost: byNode(
          fc.oneof(
            { weight: 8, arbitrary: fc.integer({ min: -5, max: 30 }) },
            { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
          ),
        ),
        groupCost: byBoth(fc.nat(12)),
        policy: fc.record({
          mostNodes: fc.integer({ min: 1, max: 4 }),
          leastPartValue: fc.nat(12),
          splitCost: fc.nat(10),
        }),
      }),
      most: byNode(fc.integer({ min: 0, max: 5 })),
      crowd: byNode(fc.nat(4)),
    });
  });

function costOf({ problem, most, crowd }: Town, node: number, groups: readonly number[]): number {
  if (groups.length > most[node]!) return Number.POSITIVE_INFINITY;
  const { leastCost, groupCost, groupCount } = problem;
  const goods = groups.reduce((sum, group) => sum + groupCost[node * groupCount + group]!, 0);
  return leastCost[node]! + goods + crowd[node]! * Math.max(0, groups.length - 1);
}

/** Every group to every node that holds it. */
function cheapestByTrying(one: Town): number {
  const { nodeCount, groupCount, holds, groupValue, policy } = one.problem;
  let best = Number.POSITIVE_INFINITY;
  const given: number[][] = Array.from({ length: nodeCount }, () => []);
  const give = (group: number): void => {
    if (group === groupCount) {
      const parts = [...given.entries()].filter(([, groups]) => groups.length > 0);
      if (parts.length < 2 || parts.length > policy.mostNodes) return;
      const value = (groups: readonly number[]) => groups.reduce((sum, g) => sum + groupValue[g]!, 0);
      if (parts.some(([, groups]) => value(groups) < policy.leastPartValue)) return;
      const cost = parts.reduce((sum, [node, groups]) => sum + costOf(one, node, groups), 0);
      best = Math.min(best, cost + policy.splitCost * (parts.length - 1));
      return;
    }
    for (let node = 0; node < nodeCount; node++) {
      if (!holds[node * groupCount + group]) continue;
      given[node]!.push(group);
      give(group + 1);
      given[node]!.pop();
    }
  };
  give(0);
  return best;
}

test("the split is the cheapest that trying every node for every group finds, or none is below the cost to beat", () => {
  fc.assert(
    fc.property(town, fc.oneof(fc.nat(120), fc.constant(Number.POSITIVE_INFINITY)), (one, costToBeat) => {
      const cheapest = cheapestByTrying(one);
      const split = splitCart(one.problem, (node, groups) => costOf(one, node, groups), costToBeat, 1e9);
      expect(split.cost).toBe(cheapest < costToBeat ? cheapest : Number.POSITIVE_INFINITY);
      expect(split.bound).toBe(Math.min(cheapest, costToBeat));
      if (!split.parts) return;
      expect(split.parts.flatMap(({ groups }) => groups).sort()).toEqual(
        Array.from({ length: one.problem.groupCount }, (_, group) => group),
      );
      for (const { node, groups, cost } of split.parts) expect(cost).toBe(costOf(one, node, groups));
    }),
    { numRuns: 3000 },
  );
});

test("a search that is cut short says how much better a split could still be", () => {
  fc.assert(
    fc.property(town, fc.nat(12), (one, mostCalls) => {
      let calls = 0;
      const split = splitCart(
        one.problem,
        (node, groups) => {
          calls++;
          return costOf(one, node, groups);
        },
        Number.POSITIVE_INFINITY,
        mostCalls,
      );
      expect(calls).toBeLessThanOrEqual(mostCalls);
      expect(split.cost).toBeGreaterThanOrEqual(cheapestByTrying(one));
      expect(split.bound).toBeLessThanOrEqual(cheapestByTrying(one));
    }),
    { numRuns: 1000 },
  );
});
