import { expect, test } from "vitest";
import { areaOf, isInside, type Point } from "./city/plane.ts";
import { outlinesOf } from "./outlines.ts";

function field(centre: Point, halfM: number, except: (p: Point) => boolean = () => false): Point[] {
  const points: Point[] = [];
  for (let x = -halfM; x <= halfM; x += 20)
    for (let y = -halfM; y <= halfM; y += 20) {
      const p = { x: centre.x + x, y: centre.y + y };
      if (!except(p)) points.push(p);
    }
  return points;
}

test("the outline of a field of points turns left and holds about its area", () => {
  const [[ring, ...holes] = [], ...others] = outlinesOf(field({ x: 500, y: 500 }, 1_000), 5, 1);
  expect([...holes, ...others]).toEqual([]);
  expect(areaOf(ring!)).toBeGreaterThan(3_800_000);
  expect(areaOf(ring!)).toBeLessThan(4_800_000);
  expect(isInside({ x: 500, y: 500 }, ring!)).toBe(true);
});

test("a gap in the field is a hole that turns right", () => {
  const gap = (p: Point) => Math.abs(p.x) < 500 && Math.abs(p.y) < 500;
  const outlines = outlinesOf(field({ x: 0, y: 0 }, 1_500, gap), 5, 1);
  expect(outlines.map((rings) => rings.map((ring) => Math.sign(areaOf(ring))))).toEqual([[1, -1]]);
});

test("the outline follows the field on all four sides", () => {
  const [[ring] = []] = outlinesOf(field({ x: 0, y: 0 }, 1_000), 5, 1);
  for (let i = 1; i < ring!.length; i++) {
    const middle = { x: (ring![i - 1]!.x + ring![i]!.x) / 2, y: (ring![i - 1]!.y + ring![i]!.y) / 2 };
    expect(Math.max(Math.abs(middle.x), Math.abs(middle.y))).toBeGreaterThan(900);
    expect(Math.max(Math.abs(middle.x), Math.abs(middle.y))).toBeLessThan(1_150);
  }
  expect(ring!.length).toBeGreaterThan(4);
});

test("no points have no outline", () => {
  expect(outlinesOf([], 1, 1)).toEqual([]);
});

test("outlines below the smallest area are left out", () => {
  expect(outlinesOf(field({ x: 0, y: 0 }, 1_000), 5, 9_000_000)).toEqual([]);
});
