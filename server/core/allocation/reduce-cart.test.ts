import fc from "fast-check";
import { expect, test } from "vitest";
import { reduceCart, type WantedLine } from "./reduce-cart.ts";

const LINES = 4;
const wanted = fc.array(
  fc.record({ group: fc.nat(2), units: fc.integer({ min: 1, max: 5 }), unitCents: fc.nat(400) }),
  { minLength: 1, maxLength: LINES },
);
const shelves = fc.array(fc.array(fc.integer({ min: -2, max: 6 }), { minLength: LINES, maxLength: LINES }), {
  minLength: 1,
  maxLength: 4,
});

/** Groups numbered without a gap, as they are in a cart. */
function numbered(lines: readonly WantedLine[]): WantedLine[] {
  const order = [...new Set(lines.map(({ group }) => group))];
  return lines.map((line) => ({ ...line, group: order.indexOf(line.group) }));
}

const centsOf = (lines: readonly WantedLine[], units: ArrayLike<number>) =>
  lines.reduce((sum, { unitCents }, i) => sum + units[i]! * (unitCents + 1), 0);

// The oracle gives every group to every node and keeps what at most so many nodes can do.
function bestByHand(lines: readonly WantedLine[], available: readonly number[][], mostNodes: number): number {
  const groups = [...new Set(lines.map(({ group }) => group))];
  const givings = groups.reduce<number[][]>(
    (all, _) => all.flatMap((one) => available.map((_, node) => [...one, node])),
    [[]],
  );
  const possible = givings.filter((giving) => new Set(giving).size <= mostNodes);
  return Math.max(
    ...possible.map((giving) =>
      centsOf(
        lines,
        lines.map(({ group, units }, i) =>
          Math.min(units, Math.max(0, available[giving[groups.indexOf(group)]!]![i]!)),
        ),
      ),
    ),
  );
}

test("what is proposed of one node is the most that any node has", () => {
  fc.assert(
    fc.property(wanted, shelves, (drawn, available) => {
      const lines = numbered(drawn);
      const [first] = reduceCart(lines, available, 1, 3);
      expect(first ? centsOf(lines, first) : 0).toBe(bestByHand(lines, available, 1));
    }),
  );
});

test("what is proposed of several nodes can be had of them, is never less than one has, and is in order", () => {
  fc.assert(
    fc.property(wanted, shelves, fc.integer({ min: 2, max: 4 }), (drawn, available, mostNodes) => {
      const lines = numbered(drawn);
      const carts = reduceCart(lines, available, mostNodes, 3);
      const cents = carts.map((units) => centsOf(lines, units));
      expect(cents).toEqual(cents.toSorted((a, b) => b - a));
      expect(cents[0] ?? 0).toBeGreaterThanOrEqual(bestByHand(lines, available, 1));
      for (const units of carts) {
        // Promised by hand: as many as are proposed, of no more than what was wanted.
        const asked = lines.map((line, i) => ({ ...line, units: units[i]! }));
        expect(bestByHand(asked, available, mostNodes)).toBe(centsOf(lines, units));
        for (const [i, { units: most }] of lines.entries()) expect(units[i]).toBeLessThanOrEqual(most);
      }
    }),
  );
});

test("nothing is proposed where nobody has anything, and a cart that is had whole stays whole", () => {
  const lines = [
    { group: 0, units: 2, unitCents: 100 },
    { group: 1, units: 1, unitCents: 0 },
  ];
  expect(reduceCart(lines, [[0, -3]], 2, 3)).toEqual([]);
  expect(
    reduceCart(
      lines,
      [
        [2, 0],
        [0, 4],
      ],
      2,
      1,
    ),
  ).toEqual([Int32Array.of(2, 1)]);
  expect(
    reduceCart(
      lines,
      [
        [2, 0],
        [0, 4],
      ],
      1,
      1,
    ),
  ).toEqual([Int32Array.of(2, 0)]);
});
