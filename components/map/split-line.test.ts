import fc from "fast-check";
import { expect, test } from "vitest";
import { type Position, splitLine } from "./split-line.ts";

test("half of a straight line is half of it", () => {
  const { done, ahead } = splitLine(
    [
      [0, 0],
      [0, 1],
      [0, 4],
    ],
    0.5,
  );
  expect(done).toEqual([
    [0, 0],
    [0, 1],
    [0, 2],
  ]);
  expect(ahead).toEqual([
    [0, 2],
    [0, 4],
  ]);
});

test("nothing done, or all of it, leaves the line whole", () => {
  const line: Position[] = [
    [1, 1],
    [2, 2],
  ];
  expect(splitLine(line, 0)).toEqual({ done: [], ahead: line });
  expect(splitLine(line, 1)).toEqual({ done: line, ahead: [] });
});

test("both parts meet at the cut, keep every corner, and share the length as asked", () => {
  const corner = fc.tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -500, max: 500 }));
  // Near the equator, in hundred-thousandths of a degree, so that the plain length is the true one.
  const line = fc
    .array(corner, { minLength: 2, maxLength: 10 })
    .map((corners) => corners.map(([x, y]): Position => [x / 1e5, y / 1e5]));
  const length = (part: readonly Position[]) =>
    part.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - part[i]![0], y - part[i]![1]), 0);
  fc.assert(
    fc.property(line, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (whole, share) => {
      fc.pre(length(whole) > 0);
      const { done, ahead } = splitLine(whole, share);
      expect(done.at(-1)).toEqual(ahead[0]);
      expect([...done.slice(0, -1), ...ahead.slice(1)]).toEqual(whole);
      expect(length(done)).toBeCloseTo(share * length(whole), 6);
    }),
  );
});
