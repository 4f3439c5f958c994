import { REACH } from "./land.ts";
import { areaOf, type Line, type Point, simplify } from "./plane.ts";

const CELL_M = 90;
const COLUMNS = Math.ceil((2 * REACH.x) / CELL_M);
const ROWS = Math.ceil((2 * REACH.y) / CELL_M);

/**
 * The outlines of where many points lie, each as an outer ring that turns left and its holes that turn right:
 * points are counted in cells, blurred, and the contour is walked (marching squares).
 */
export function outlinesOf(points: Iterable<Point>, threshold: number, smallestM2: number): Line[] {
  let density = new Float64Array(COLUMNS * ROWS);
  for (const p of points) {
    const column = Math.floor((p.x + REACH.x) / CELL_M);
    const row = Math.floor((p.y + REACH.y) / CELL_M);
    if (column > 2 && row > 2 && column < COLUMNS - 3 && row < ROWS - 3) density[row * COLUMNS + column]! += 1;
  }
  for (let round = 0; round < 2; round++) density = blur(density);
  return contours(density, threshold)
    .filter((ring) => Math.abs(areaOf(ring)) >= smallestM2)
    .map((ring) => simplify(ring, 14));
}

function blur(values: Float64Array): Float64Array<ArrayBuffer> {
  const out = new Float64Array(values.length);
  for (let row = 1; row < ROWS - 1; row++)
    for (let column = 1; column < COLUMNS - 1; column++) {
      let sum = 0;
      for (let dy = -1; dy <= 1; dy++)
        for (let dx = -1; dx <= 1; dx++)
          sum += values[(row + dy) * COLUMNS + column + dx]! * (dx === 0 ? 2 : 1) * (dy === 0 ? 2 : 1);
      out[row * COLUMNS + column] = sum / 16;
    }
  return out;
}

/** Rings with the dense side on their left. */
function contours(values: Float64Array, threshold: number): Line[] {
  // A crossing lies on the grid line between two neighbouring cells; it is keyed by that pair.
  const next = new Map<number, number>();
  const place = new Map<number, Point>();
  const crossingKey = (cell: number, isVertical: boolean) => cell * 2 + (isVertical ? 1 : 0);
  const mark = (cell: number, other: number, isVertical: boolean): number => {
    const key = crossingKey(cell, isVertical);
    const share = (threshold - values[cell]!) / (values[other]! - values[cell]!);
    const column = (cell % COLUMNS) + (isVertical ? 0 : share);
    const row = Math.floor(cell / COLUMNS) + (isVertical ? share : 0);
    place.set(key, { x: (column + 0.5) * CELL_M - REACH.x, y: (row + 0.5) * CELL_M - REACH.y });
    return key;
  };
  for (let row = 0; row < ROWS - 1; row++)
    for (let column = 0; column < COLUMNS - 1; column++) {
      const sw = row * COLUMNS + column;
      const [se, nw, ne] = [sw + 1, sw + COLUMNS, sw + COLUMNS + 1];
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
