import { areaOf, isInside, type Line, type Point, simplify } from "./city/plane.ts";

const CELL_M = 90;
/** Free cells around the points: blurring reaches two, and a contour must not touch the edge. */
const MARGIN = 4;

interface Grid {
  readonly west: number;
  readonly south: number;
  readonly columns: number;
  readonly rows: number;
}

/**
 * The outlines of where many points lie: each an outer ring that turns left, then its holes, which turn right. Points
 * are counted in cells, blurred, and the contour of `threshold` points in a cell is walked (marching squares).
 */
export function outlinesOf(points: readonly Point[], threshold: number, smallestM2: number): Line[][] {
  if (points.length === 0) return [];
  const grid = gridAround(points);
  let density = new Float64Array(grid.columns * grid.rows);
  for (const p of points)
    density[Math.floor((p.y - grid.south) / CELL_M) * grid.columns + Math.floor((p.x - grid.west) / CELL_M)]! += 1;
  for (let round = 0; round < 2; round++) density = blur(density, grid);
  const rings = contours(density, grid, threshold)
    .filter((ring) => Math.abs(areaOf(ring)) >= smallestM2)
    .map((ring) => simplify(ring, 14));
  const outlines = rings.filter((ring) => areaOf(ring) > 0).map((outer) => [outer]);
  for (const hole of rings.filter((ring) => areaOf(ring) < 0))
    outlines.find(([outer]) => isInside(hole[0]!, outer!))?.push(hole);
  return outlines;
}

function gridAround(points: readonly Point[]): Grid {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    west = Math.min(west, x);
    east = Math.max(east, x);
    south = Math.min(south, y);
    north = Math.max(north, y);
  }
  return {
    west: west - MARGIN * CELL_M,
    south: south - MARGIN * CELL_M,
    columns: Math.ceil((east - west) / CELL_M) + 2 * MARGIN + 1,
    rows: Math.ceil((north - south) / CELL_M) + 2 * MARGIN + 1,
  };
}

function blur(values: Float64Array, { columns, rows }: Grid): Float64Array<ArrayBuffer> {
  const out = new Float64Array(values.length);
  for (let row = 1; row < rows - 1; row++)
    for (let column = 1; column < columns - 1; column++) {
      let sum = 0;
      for (let dy = -1; dy <= 1; dy++)
        for (let dx = -1; dx <= 1; dx++)
          sum += values[(row + dy) * columns + column + dx]! * (dx === 0 ? 2 : 1) * (dy === 0 ? 2 : 1);
      out[row * columns + column] = sum / 16;
    }
  return out;
}

/** Rings with the dense side on their left. */
function contours(
  values: Float64Array,
  { west: originX, south: originY, columns, rows }: Grid,
  threshold: number,
): Line[] {
  // A crossing lies on the grid line between two neighbouring cells; it is keyed by that pair.
  const next = new Map<number, number>();
  const place = new Map<number, Point>();
  const crossingKey = (cell: number, isVertical: boolean) => cell * 2 + (isVertical ? 1 : 0);
  const mark = (cell: number, other: number, isVertical: boolean): number => {
    const key = crossingKey(cell, isVertical);
    const share = (threshold - values[cell]!) / (values[other]! - values[cell]!);
    const column = (cell % columns) + (isVertical ? 0 : share);
    const row = Math.floor(cell / columns) + (isVertical ? share : 0);
    place.set(key, { x: (column + 0.5) * CELL_M + originX, y: (row + 0.5) * CELL_M + originY });
    return key;
  };
  for (let row = 0; row < rows - 1; row++)
    for (let column = 0; column < columns - 1; column++) {
      const sw = row * columns + column;
      const [se, nw, ne] = [sw + 1, sw + columns, sw + columns + 1];
      const inside = [sw, se, ne, nw].map((cell) => values[cell]! > threshold);
      const kind = (inside[0] ? 1 : 0) + (inside[1] ? 2 : 0) + (inside[2] ? 4 : 0) + (inside[3] ? 8 : 0);
      if (kind === 0 || kind === 15) continue;
      const south = () => mark(sw, se, false);
      const north = () => mark(nw, ne, false);
      const west = () => mark(sw, nw, true);
      const east = () => mark(se, ne, true);
      const join = (from: number, to: number) => next.set(from, to);
      switch (kind) {
        case 1:
          join(south(), west());
          break;
        case 2:
          join(east(), south());
          break;
        case 3:
          join(east(), west());
          break;
        case 4:
          join(north(), east());
          break;
        case 5:
          join(south(), west());
          join(north(), east());
          break;
        case 6:
          join(north(), south());
          break;
        case 7:
          join(north(), west());
          break;
        case 8:
          join(west(), north());
          break;
        case 9:
          join(south(), north());
          break;
        case 10:
          join(east(), south());
          join(west(), north());
          break;
        case 11:
          join(east(), north());
          break;
        case 12:
          join(west(), east());
          break;
        case 13:
          join(south(), east());
          break;
        case 14:
          join(west(), south());
          break;
      }
    }
  const rings: Line[] = [];
  for (const start of [...next.keys()]) {
    if (!next.has(start)) continue;
    const ring: Point[] = [];
    for (let key: number | undefined = start; key !== undefined; ) {
      ring.push(place.get(key)!);
      const following: number | undefined = next.get(key);
      next.delete(key);
      key = following;
    }
    if (ring.length > 3) rings.push(ring);
  }
  return rings;
}
