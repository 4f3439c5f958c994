import fc from "fast-check";
import { expect, test } from "vitest";
import type { LngLat } from "#server/domain/units.ts";
import { pointAlong } from "./point-along.ts";

// North along a meridian a degree is a degree: the expected point needs no trigonometry.
const meridian: LngLat[] = [
  [9, 45],
  [9, 45.1],
  [9, 45.4],
];

test("the ends of a line are its first and its last point", () => {
  expect(pointAlong(meridian, 0)).toEqual([9, 45]);
  expect(pointAlong(meridian, 1)).toEqual([9, 45.4]);
});

test("halfway is half of the length, not half of the points", () => {
  expect(pointAlong(meridian, 0.5)[1]).toBeCloseTo(45.2, 9);
});

test("a line of one point, or of one point repeated, is that point", () => {
  expect(pointAlong([[9, 45]], 0.3)).toEqual([9, 45]);
  expect(
    pointAlong(
      [
        [9, 45],
        [9, 45],
      ],
      0.3,
    ),
  ).toEqual([9, 45]);
});

test("along a meridian, the fraction of the length is the fraction of the latitude", () => {
  const latitudes = fc.array(fc.double({ min: -60, max: 60, noNaN: true }), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(latitudes, fc.double({ min: -0.5, max: 1.5, noNaN: true }), (values, fraction) => {
      const sorted = [...values].sort((a, b) => a - b);
      const [south, north] = [sorted[0]!, sorted.at(-1)!];
      const [lng, lat] = pointAlong(
        sorted.map((each) => [9, each] as const),
        fraction,
      );
      expect(lng).toBe(9);
      expect(lat).toBeCloseTo(south + (north - south) * Math.min(1, Math.max(0, fraction)), 6);
    }),
  );
});
