import { expect, test } from "vitest";
import { outlinesOf } from "./outlines.ts";
import { areaOf, isInside, type Point } from "./plane.ts";

function* field(centre: Point, halfM: number, except: (p: Point) => boolean = () => false): Iterable<Point> {
  for (let x = -halfM; x <= halfM; x += 20)
    for (let y = -halfM; y <= halfM; y += 20) {
      const p = { x: centre.x + x, y: centre.y + y };
      if (!except(p)) yield p;
    }
}

test("the outline of a field of points turns left and holds about its area", () => {
  const [ring, ...others] = outlinesOf(field({ x: 500, y: 500 }, 1_000), 5, 1);
  expect(others).toEqual([]);
  expect(areaOf(ring!)).toBeGreaterThan(3_800_000);
  expect(areaOf(ring!)).toBeLessThan(4_800_000);
  expect(isInside({ x: 500, y: 500 }, ring!)).toBe(true);
});

test("a gap in the field is a ring that turns right", () => {
  const gap = (p: Point) => Math.abs(p.x) < 500 && Math.abs(p.y) < 500;
  const rings = outlinesOf(field({ x: 0, y: 0 }, 1_500, gap), 5, 1);
  expect(rings.map((ring) => Math.sign(areaOf(ring))).sort()).toEqual([-1, 1]);
});

test("outlines below the smallest area are left out", () => {
  expect(outlinesOf(field({ x: 0, y: 0 }, 1_000), 5, 9_000_000)).toEqual([]);
});
