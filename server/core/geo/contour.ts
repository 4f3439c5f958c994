import { isInRing, type Ring } from "./area.ts";

/** Values at the points of a grid, row by row; x is a point's column and y its row. */
export interface ValueGrid {
  readonly columns: number;
  readonly rows: number;
  readonly values: ArrayLike<number>;
}

/** So far from a point of the grid the line stays at the least, in steps of the grid: a point is never on it. */
const LEAST_FROM_POINT = 0.05;

/**
 * The parts of a grid in which the values are at most `limit`, each an outline with its holes: every point of the grid lies in a part
 * exactly when its value does. Between two points the line runs where the limit would be reached if the value rose evenly; beyond
 * the grid nothing is in. Marching squares (Lorensen and Cline 1987, in the plane), where two opposite corners alone are in they stay
 * apart. Time: the points, and the rings by each other.
 */
export function contourParts({ columns, rows, values }: ValueGrid, limit: number): Ring[][] {
  // A margin of one point that is out closes every ring.
  const width = columns + 2;
  const height = rows + 2;
  const at = (x: number, y: number) =>
    x < 1 || y < 1 || x > columns || y > rows ? Number.POSITIVE_INFINITY : values[(y - 1) * columns + (x - 1)]!;
  const isIn = (x: number, y: number) => at(x, y) <= limit;

  // The edge to the right of a point is 2 p, that below it 2 p + 1. Walking around a square with the clock, a line leaves it where the
  // walk steps out of what is in, and has come in where the walk had stepped in.
  const next = new Int32Array(2 * width * height).fill(-1);
  for (let y = 0; y + 1 < height; y++) {
    for (let x = 0; x + 1 < width; x++) {
      const p = y * width + x;
      const corners = [isIn(x, y), isIn(x + 1, y), isIn(x + 1, y + 1), isIn(x, y + 1)];
      const edges = [2 * p, 2 * (p + 1) + 1, 2 * (p + width), 2 * p + 1];
      for (let c = 0; c < 4; c++) {
        if (!corners[c] || corners[(c + 1) % 4]) continue;
        let back = c;
        while (corners[(back + 3) % 4]) back = (back + 3) % 4;
        next[edges[c]!] = edges[(back + 3) % 4]!;
      }
    }
  }

  const rings: Ring[] = [];
  for (let first = 0; first < next.length; first++) {
    if (next[first]! < 0) continue;
    const points: number[] = [];
    for (let edge = first; next[edge]! >= 0; ) {
      points.push(...crossing(edge));
      const to = next[edge]!;
      next[edge] = -1;
      edge = to;
    }
    points.push(points[0]!, points[1]!);
    rings.push(Float64Array.from(points));
  }
  return partsOfRings(rings);

  /** In columns and rows of the grid without its margin. */
  function crossing(edge: number): [number, number] {
    const p = edge >> 1;
    const x = p % width;
    const y = (p - x) / width;
    const isDown = (edge & 1) === 1;
    const a = at(x, y);
    const b = isDown ? at(x, y + 1) : at(x + 1, y);
    const share = (limit - a) / (b - a);
    // From a value to none the line keeps to the middle.
    const along = Number.isFinite(a) && Number.isFinite(b) ? share : 0.5;
    const kept = Math.min(1 - LEAST_FROM_POINT, Math.max(LEAST_FROM_POINT, along));
    return isDown ? [x - 1, y - 1 + kept] : [x - 1 + kept, y - 1];
  }
}

/** Rings that do not cross: those within an even number of others are outlines, the rest holes of the smallest around them. */
function partsOfRings(rings: readonly Ring[]): Ring[][] {
  const around = rings.map((ring) => rings.filter((other) => other !== ring && isInRing(other, ring[0]!, ring[1]!)));
  const outlines = rings.filter((_, i) => around[i]!.length % 2 === 0);
  const parts = new Map(outlines.map((outline) => [outline, [outline]]));
  for (const [i, ring] of rings.entries()) {
    if (around[i]!.length % 2 === 0) continue;
    const outline = around[i]!.filter((other) => parts.has(other)).sort((a, b) => areaOf(a) - areaOf(b))[0]!;
    parts.get(outline)!.push(ring);
  }
  return [...parts.values()];
}

function areaOf(ring: Ring): number {
  let twice = 0;
  for (let i = 0; i + 3 < ring.length; i += 2) twice += ring[i]! * ring[i + 3]! - ring[i + 2]! * ring[i + 1]!;
  return Math.abs(twice) / 2;
}
