import { expect, test } from "vitest";
import { shareDriven } from "./route-progress.ts";

// Along a meridian, so that lengths are differences of latitude: legs of 1, 3 and 4 tenths of a degree.
const legs = [
  [
    [9, 45],
    [9, 45.1],
  ],
  [
    [9, 45.1],
    [9, 45.2],
    [9, 45.4],
  ],
  [
    [9, 45.4],
    [9, 45],
  ],
] as const;

test("what is driven is a share of the length, not of the doors", () => {
  expect(shareDriven(legs, 0)).toBe(0);
  expect(shareDriven(legs, 1)).toBeCloseTo(1 / 8, 9);
  expect(shareDriven(legs, 2)).toBeCloseTo(4 / 8, 9);
});

test("a degree of longitude counts as little as it is long", () => {
  const north = [
    [9, 60],
    [9, 60.1],
  ] as const;
  const east = [
    [9, 60],
    [9.2, 60],
  ] as const;
  expect(shareDriven([north, east], 1)).toBeCloseTo(0.5, 3);
});

test("a route without any length is not driven at all", () => {
  expect(shareDriven([], 0)).toBe(0);
  expect(shareDriven([[[9, 45]]], 1)).toBe(0);
});
