import fc from "fast-check";
import type { ParcelProblem } from "./parcel-problem.ts";
import { cart, HOUR, NODES, nodesWith, nowSec, policy } from "./test-small-town.ts";

// For tests: a few carriers that come to the nodes of the small town.

export const DAYS = 2;

export const parcelProblems: fc.Arbitrary<ParcelProblem> = cart.chain((groups) =>
  fc.record({
    nowSec,
    cart: fc.constant(groups),
    nodes: nodesWith(groups.count),
    dayCount: fc.constant(DAYS),
    runs: fc.array(
      fc.record({
        node: fc.nat(NODES - 1),
        day: fc.nat(DAYS - 1),
        leavesSec: fc.constantFrom(9 * HOUR, 11 * HOUR, 13 * HOUR),
        baseCents: fc.constantFrom(0, 200, 450),
        kgCents: fc.constantFrom(0, 20, 55),
        limitG: fc.constantFrom(12_000, 30_000, 100_000),
        has: fc.constantFrom(0, 1, 3, 3),
        free: fc.constantFrom(0, 1, 5, 5),
      }),
      { maxLength: 9 },
    ),
    policy,
  }),
);
