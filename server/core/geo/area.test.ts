import fc from "fast-check";
import { expect, test } from "vitest";
import { createArea, isInArea, type Ring } from "./area.ts";

const ring = (...points: readonly (readonly [number, number])[]): Ring =>
  Float64Array.from([...points, points[0]!].flat());
const square = (x: number, y: number, size: number) => ring([x, y], [x + size, y], [x + size, y + size], [x, y + size]);

test("a hole is not in the area, an island in it is when it is a part of its own", () => {
  const area = createArea([[square(0, 0, 10), square(3, 3, 4)], [square(4, 4, 2)], [square(20, 0, 5)]]);
  expect([1, 4, 3.5, 5, 12, 22].map((at) => isInArea(area, at, at === 22 ? 2 : at))).toEqual([
    true,
    true,
    false,
    true,
    false,
    true,
  ]);
});

test("nothing is in an area without parts", () => {
  expect(isInArea(createArea([]), 0, 0)).toBe(false);
});

// The oracle adds up the angles under which a point sees the sides of a ring: once around where it lies within, nothing where not.
function turnsAround(points: Ring, x: number, y: number): number {
  let angle = 0;
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [ax, ay, bx, by] = [points[i]! - x, points[i + 1]! - y, points[i + 2]! - x, points[i + 3]! - y];
    angle += Math.atan2(ax * by - ay * bx, ax * bx + ay * by);
  }
  return Math.round(angle / (2 * Math.PI));
}

/** Squared distance to the nearest side: on a side the two may differ. */
function nearestSide(points: Ring, x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [ax, ay, bx, by] = [points[i]!, points[i + 1]!, points[i + 2]!, points[i + 3]!];
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
    nearest = Math.min(nearest, (x - ax - along * (bx - ax)) ** 2 + (y - ay - along * (by - ay)) ** 2);
  }
  return nearest;
}

/** A star around a centre: it never crosses itself, and is as dented as its radii are drawn. */
const star = fc
  .record({
    x: fc.double({ min: -5, max: 5, noNaN: true }),
    y: fc.double({ min: -5, max: 5, noNaN: true }),
    radii: fc.array(fc.double({ min: 0.2, max: 4, noNaN: true }), { minLength: 3, maxLength: 12 }),
    isClockwise: fc.boolean(),
  })
  .map(({ x, y, radii, isClockwise }) => {
    const points = radii.map((radius, i): [number, number] => {
      const angle = (2 * Math.PI * i) / radii.length;
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    });
    return ring(...(isClockwise ? points.toReversed() : points));
  });

test("a point is in an area as often as the angles say, whichever way round its rings are drawn", () => {
  const drawn = fc.record({
    parts: fc.array(fc.array(star, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    x: fc.double({ min: -8, max: 8, noNaN: true }),
    y: fc.double({ min: -8, max: 8, noNaN: true }),
  });
  let inside = 0;
  fc.assert(
    fc.property(drawn, ({ parts, x, y }) => {
      fc.pre(parts.flat().every((one) => nearestSide(one, x, y) > 1e-9));
      const expected = parts.some(
        ([outline, ...holes]) =>
          turnsAround(outline!, x, y) !== 0 && holes.every((hole) => turnsAround(hole, x, y) === 0),
      );
      if (expected) inside++;
      expect(isInArea(createArea(parts), x, y)).toBe(expected);
    }),
    { numRuns: 3000 },
  );
  expect(inside).toBeGreaterThan(200);
});
