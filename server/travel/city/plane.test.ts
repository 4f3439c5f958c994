import fc from "fast-check";
import { expect, test } from "vitest";
import { makeNearLine } from "./near-line.ts";
import {
  areaOf,
  compass,
  crossing,
  curveThrough,
  distance,
  isInside,
  type Line,
  lengthOf,
  type Point,
  resample,
  simplify,
} from "./plane.ts";

const coordinate = fc.integer({ min: -300, max: 300 });
const point: fc.Arbitrary<Point> = fc.record({ x: coordinate, y: coordinate });
const line = fc.uniqueArray(point, { minLength: 2, maxLength: 12, selector: ({ x, y }) => `${x} ${y}` });

/** By walking the line in small steps; shares no code with the module. */
function walkedDistance(p: Point, course: Line): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 1; i < course.length; i++) {
    const [a, b] = [course[i - 1]!, course[i]!];
    for (let k = 0; k <= 400; k++)
      best = Math.min(best, Math.hypot(a.x + ((b.x - a.x) * k) / 400 - p.x, a.y + ((b.y - a.y) * k) / 400 - p.y));
  }
  return best;
}

test("resampling keeps both ends and spaces points evenly along the course", () => {
  fc.assert(
    fc.property(line, fc.integer({ min: 8, max: 100 }), (course, spacingM) => {
      const points = resample(course, spacingM);
      expect(points[0]).toEqual(course[0]);
      expect(points.at(-1)).toEqual(course.at(-1));
      const step = lengthOf(course) / (points.length - 1);
      // A chord is never longer than the way it cuts.
      for (let i = 1; i < points.length; i++) expect(distance(points[i - 1]!, points[i]!)).toBeLessThan(step + 1e-6);
      for (const p of points) expect(walkedDistance(p, course)).toBeLessThan(2);
    }),
    { numRuns: 30 },
  );
});

test("what simplifying drops lay within the tolerance", () => {
  fc.assert(
    fc.property(line, fc.integer({ min: 1, max: 100 }), (course, toleranceM) => {
      const kept = simplify(course, toleranceM);
      for (const p of course) expect(walkedDistance(p, kept)).toBeLessThan(toleranceM + 2);
    }),
    { numRuns: 50 },
  );
});

test("two segments cross at the same place, whichever of them is asked", () => {
  fc.assert(
    fc.property(point, point, point, point, (a, b, c, d) => {
      const [there, back] = [crossing(a, b, c, d), crossing(c, d, a, b)];
      expect(there === null).toBe(back === null);
      if (there === null || back === null) return;
      expect(there.share).toBeCloseTo(back.otherShare, 6);
      expect(a.x + (b.x - a.x) * there.share).toBeCloseTo(c.x + (d.x - c.x) * there.otherShare, 3);
    }),
  );
});

test("the nearest segment within reach is the one that trying all of them finds", () => {
  fc.assert(
    fc.property(line, point, fc.integer({ min: 20, max: 300 }), (course, p, reachM) => {
      const walked = walkedDistance(p, course);
      const found = makeNearLine(course, reachM).nearest(p);
      if (walked < reachM - 2) expect(found!.distanceM).toBeCloseTo(walked, -1);
      if (walked > reachM + 2) expect(found).toBeNull();
    }),
    { numRuns: 50 },
  );
});

test("a curve passes through its control points", () => {
  fc.assert(
    fc.property(line, (controls) => {
      const curve = curveThrough(controls);
      for (const control of controls) expect(curve.some((p) => distance(p, control) < 1e-6)).toBe(true);
    }),
  );
});

test("the compass has unit vectors at equal turns", () => {
  for (const count of [16, 32, 64] as const)
    for (const [i, { x, y }] of compass(count).entries()) {
      expect(x).toBeCloseTo(Math.cos((2 * Math.PI * i) / count), 12);
      expect(y).toBeCloseTo(Math.sin((2 * Math.PI * i) / count), 12);
    }
});

test("a ring that turns left has a positive area and holds its middle", () => {
  const ring = compass(16).map(({ x, y }) => ({ x: 10 * x, y: 10 * y }));
  // A regular polygon of n corners on radius r: n/2 · r² · sin(2π/n) = 8 · 100 · 0.382683.
  expect(areaOf(ring)).toBeCloseTo(306.147, 2);
  expect(areaOf([...ring].reverse())).toBeCloseTo(-306.147, 2);
  expect(isInside({ x: 0, y: 0 }, ring)).toBe(true);
  expect(isInside({ x: 9.9, y: 9.9 }, ring)).toBe(false);
});
