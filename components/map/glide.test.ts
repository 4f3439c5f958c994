import fc from "fast-check";
import { expect, test } from "vitest";
import { bearingDeg, poseAt } from "./glide.ts";

const pose = fc.record({
  lng: fc.integer({ min: 1, max: 179_000 }).map((thousandths) => thousandths / 1_000),
  lat: fc.integer({ min: 1, max: 80_000 }).map((thousandths) => thousandths / 1_000),
  headingDeg: fc.integer({ min: 0, max: 359 }),
});

test("a van is where it was before it starts and where it is heard of after it ends", () => {
  fc.assert(
    fc.property(pose, pose, (from, to) => {
      const glide = { from, to, beganMs: 1_000, lastsMs: 500 };
      expect(poseAt(glide, 900)).toEqual(from);
      const end = poseAt(glide, 9_999);
      expect(end.lng).toBeCloseTo(to.lng, 9);
      expect(end.lat).toBeCloseTo(to.lat, 9);
      expect(end.headingDeg).toBe(to.headingDeg);
    }),
  );
});

test("a van never turns by more than half a circle", () => {
  fc.assert(
    fc.property(pose, pose, (from, to) => {
      const middle = poseAt({ from, to, beganMs: 0, lastsMs: 100 }, 50).headingDeg;
      const apart = Math.abs(((middle - from.headingDeg + 540) % 360) - 180);
      expect(apart).toBeLessThanOrEqual(90);
    }),
  );
});

test("a glide that takes no time is at its end", () => {
  const [from, to] = [
    { lng: 0, lat: 0, headingDeg: 0 },
    { lng: 1, lat: 1, headingDeg: 90 },
  ];
  expect(poseAt({ from, to, beganMs: 0, lastsMs: 0 }, 0)).toEqual(to);
});

test.each([
  [0.01, 0, 90],
  [-0.01, 0, 270],
  [0, 0.01, 0],
  [0, -0.01, 180],
])("from the origin, %f east and %f north is a bearing of %i degrees", (lng, lat, expected) => {
  expect(bearingDeg({ lng: 0, lat: 0, headingDeg: 12 }, { lng, lat }, 12)).toBeCloseTo(expected, 6);
});

test("a van that hardly moved keeps its heading", () => {
  expect(bearingDeg({ lng: 0, lat: 0, headingDeg: 12 }, { lng: 0.00001, lat: 0 }, 12)).toBe(12);
});
