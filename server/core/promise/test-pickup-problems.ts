import fc from "fast-check";
import type { LaneRun, PickupProblem } from "./pickup-problem.ts";
import { cart, HOUR, NODES, nodesWith, nowSec, policy } from "./test-small-town.ts";

// For tests: a counter of the small town, and a few runs that lead to it.

export const pickupProblems: fc.Arbitrary<PickupProblem> = cart
  .chain((groups) =>
    fc.record({
      nowSec,
      cart: fc.constant(groups),
      nodes: nodesWith(groups.count),
      store: fc.nat(NODES - 1),
      windowStartSec: fc.constantFrom([11 * HOUR, 13 * HOUR], [12 * HOUR], [11 * HOUR, 37 * HOUR]),
      runs: fc.array(
        fc.record({
          node: fc.nat(NODES - 1),
          leavesSec: fc.constantFrom(9 * HOUR, 10 * HOUR, 11 * HOUR, 34 * HOUR),
          wayAndHandlingSec: fc.constantFrom(HOUR, 2 * HOUR, 3 * HOUR),
          baseCents: fc.constantFrom(0, 100, 450),
          kgCents: fc.constantFrom(0, 20),
          has: fc.constantFrom(0, 1, 3, 3),
          free: fc.constantFrom(0, 1, 5),
        }),
        { maxLength: 8 },
      ),
      policy,
    }),
  )
  .map(({ runs, ...problem }) => ({
    ...problem,
    // The store brings itself nothing.
    runs: runs
      .filter(({ node }) => node !== problem.store)
      .map(({ wayAndHandlingSec, ...run }): LaneRun => ({ ...run, readySec: run.leavesSec + wayAndHandlingSec })),
  }));
