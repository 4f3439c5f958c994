import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isInRing } from "#server/core/geo/area.ts";
import { signedArea } from "./rings.ts";
import { seaAreas } from "./sea.ts";

const box = [0, 0, 10, 10] as const;
const line = (...points: [number, number][]) => Float64Array.from(points.flat());

function sizeOf(areas: readonly Float64Array[][]): number {
  const size = (ring: Float64Array) => Math.abs(signedArea(ring)) / 2;
  return areas.reduce(
    (sum, [outside, ...holes]) => sum + size(outside!) - holes.reduce((s, hole) => s + size(hole), 0),
    0,
  );
}

function isSea(areas: readonly Float64Array[][], x: number, y: number): boolean {
  return areas.some(([outside, ...holes]) => isInRing(outside!, x, y) && !holes.some((hole) => isInRing(hole, x, y)));
}

describe("the sea", () => {
  test("is nowhere without a coast", () => {
    expect(seaAreas([], [], box)).toEqual([]);
  });

  test("is everything but the islands when all coasts are islands", () => {
    const island = line([2, 2], [4, 2], [4, 4], [2, 4], [2, 2]);
    const areas = seaAreas([island], [], box);
    expect(sizeOf(areas)).toBe(96);
    expect(isSea(areas, 3, 3)).toBe(false);
  });

  test("lies on the right of a coast that crosses the box", () => {
    const northward = seaAreas([], [line([4, -5], [4, 15])], box);
    expect(sizeOf(northward)).toBe(60);
    expect(isSea(northward, 5, 5)).toBe(true);
    const southward = seaAreas([], [line([4, 15], [4, -5])], box);
    expect(sizeOf(southward)).toBe(40);
    expect(isSea(southward, 5, 5)).toBe(false);
  });

  test("is cut in two by a peninsula across the box, and keeps its island", () => {
    const areas = seaAreas(
      [line([8, 8], [9, 8], [9, 9], [8, 9], [8, 8])],
      [line([12, 7], [-2, 7]), line([-2, 3], [12, 3])],
      box,
    );
    expect(areas).toHaveLength(2);
    expect(sizeOf(areas)).toBeCloseTo(30 + 30 - 1, 9);
    expect(isSea(areas, 5, 5)).toBe(false);
  });

  test("goes on to the border where the extract breaks a coast off", () => {
    const areas = seaAreas([], [line([4, 0.5], [4, 9.5])], box);
    expect(sizeOf(areas)).toBeCloseTo(60, 9);
  });

  test("comes in from an island that reaches beyond the box", () => {
    const island = line([5, -5], [15, -5], [15, 5], [5, 5], [5, -5]);
    const areas = seaAreas([island], [], box);
    expect(sizeOf(areas)).toBeCloseTo(75, 9);
  });

  test("is on the right of random headlands, point by point", () => {
    // A coast from west to east with land to the north, its points at rising x: the sea is what lies below it.
    const heights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(
        heights,
        fc.double({ min: 0.1, max: 9.9, noNaN: true }),
        fc.double({ min: 0.1, max: 9.9, noNaN: true }),
        (ys, x, y) => {
          const step = 12 / (ys.length - 1);
          const areas = seaAreas([], [line(...ys.map((height, i): [number, number] => [-1 + i * step, height]))], box);
          const at = (x + 1) / step;
          const i = Math.min(Math.floor(at), ys.length - 2);
          const coast = ys[i]! + (at - i) * (ys[i + 1]! - ys[i]!);
          fc.pre(Math.abs(y - coast) > 1e-6);
          expect(isSea(areas, x, y)).toBe(y < coast);
        },
      ),
      { numRuns: 500 },
    );
  });
});
