import fc from "fast-check";
import { expect, test } from "vitest";
import { createArea, isInArea } from "./area.ts";
import { contourParts } from "./contour.ts";

test("every point of the grid lies in a part exactly when its value is within the limit", () => {
  const seen = { holes: 0, several: 0 };
  const grids = fc
    .record({ columns: fc.integer({ min: 1, max: 9 }), rows: fc.integer({ min: 1, max: 9 }) })
    .chain((size) =>
      fc.record({
        columns: fc.constant(size.columns),
        rows: fc.constant(size.rows),
        values: fc.array(fc.constantFrom(0, 3, 9, 10, 11, 40, Number.POSITIVE_INFINITY), {
          minLength: size.columns * size.rows,
          maxLength: size.columns * size.rows,
        }),
      }),
    );
  fc.assert(
    fc.property(grids, (grid) => {
      const parts = contourParts(grid, 10);
      if (parts.length > 1) seen.several++;
      if (parts.some((rings) => rings.length > 1)) seen.holes++;
      const area = createArea(parts);
      for (let y = 0; y < grid.rows; y++)
        for (let x = 0; x < grid.columns; x++)
          expect(isInArea(area, x, y), `${x}, ${y}`).toBe(grid.values[y * grid.columns + x]! <= 10);
      for (const ring of parts.flat()) expect([...ring.slice(-2)]).toEqual([...ring.slice(0, 2)]);
    }),
    { numRuns: 1000 },
  );
  expect(seen.several).toBeGreaterThan(100);
  expect(seen.holes).toBeGreaterThan(20);
});

test("between two points the line runs where the limit is reached", () => {
  // In from 0, out from 40: the limit of 10 is a quarter of the way; beyond the grid the line keeps to the middle.
  const [[ring]] = contourParts({ columns: 2, rows: 1, values: [0, 40] }, 10) as [[Float64Array]];
  const points = Array.from({ length: ring.length / 2 - 1 }, (_, i) => `${ring[2 * i]} ${ring[2 * i + 1]}`);
  expect(points.sort()).toEqual(["-0.5 0", "0 -0.5", "0 0.5", "0.25 0"]);
});
