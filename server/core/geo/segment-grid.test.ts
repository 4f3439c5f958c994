import fc from "fast-check";
import { expect, test } from "vitest";
import { buildSegmentGrid, type NearestSegment, nearestSegment } from "./segment-grid.ts";

// The oracle looks at every segment and finds the nearest point of each by halving, not by projection.
function distanceTo(x: number, y: number, [ax, ay, bx, by]: readonly [number, number, number, number]): number {
  let low = 0;
  let high = 1;
  const at = (t: number) => Math.hypot(ax + t * (bx - ax) - x, ay + t * (by - ay) - y);
  for (let i = 0; i < 100; i++) {
    const left = low + (high - low) / 3;
    const right = high - (high - low) / 3;
    if (at(left) < at(right)) high = right;
    else low = left;
  }
  return at((low + high) / 2);
}

test("the nearest segment of the grid is the nearest of all", () => {
  const coordinate = fc.integer({ min: -50, max: 50 });
  const segment = fc.tuple(coordinate, coordinate, coordinate, coordinate);
  const wide = fc.integer({ min: -90, max: 90 });
  fc.assert(
    fc.property(
      fc.array(segment, { maxLength: 30 }),
      fc.double({ min: 1, max: 60, noNaN: true }),
      wide,
      wide,
      fc.integer({ min: 0, max: 60 }),
      (segments, cellSize, x, y, reach) => {
        const xs = Float64Array.from(segments.flatMap((s) => [s[0], s[2]]));
        const ys = Float64Array.from(segments.flatMap((s) => [s[1], s[3]]));
        const grid = buildSegmentGrid(
          xs,
          ys,
          Int32Array.from(segments, (_, i) => 2 * i),
          cellSize,
        );
        const found: NearestSegment = { segment: 0, along: 0, distance: 0 };
        nearestSegment(grid, x, y, reach, found);
        const distances = segments.map((s) => distanceTo(x, y, s));
        const nearest = Math.min(...distances);
        if (nearest > reach + 1e-6) {
          expect(found.segment).toBe(-1);
        } else if (nearest < reach - 1e-6) {
          expect(found.distance).toBeCloseTo(nearest, 5);
          const [ax, ay, bx, by] = segments[found.segment / 2]!;
          const px = ax + found.along * (bx - ax);
          const py = ay + found.along * (by - ay);
          expect(Math.hypot(px - x, py - y)).toBeCloseTo(nearest, 5);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
