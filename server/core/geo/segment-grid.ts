/**
 * Segments of lines in the cells of a grid, to find the nearest to a point. Segment p leads from point p to point
 * p + 1 of (x, y), in any plane unit; each cell of side `cellSize` lists every segment whose bounding box touches it.
 *
 * Roads are spread evenly enough for a grid, which is built in one pass and asked in about a microsecond; a tree would
 * pay off for segments of very different lengths.
 */
export interface SegmentGrid {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly cellSize: number;
  readonly minX: number;
  readonly minY: number;
  readonly columns: number;
  readonly rows: number;
  readonly cellStart: Int32Array;
  readonly cellSegments: Int32Array;
}

export interface NearestSegment {
  /** −1 when none is within reach. */
  segment: number;
  /** 0 at the segment's start, 1 at its end. */
  along: number;
  distance: number;
}

/** `segments` lists those that shall be found. */
export function buildSegmentGrid(
  x: Float64Array,
  y: Float64Array,
  segments: Int32Array,
  cellSize: number,
): SegmentGrid {
  let minX = Infinity;
  let minY = Infinity;
  let maxX = -Infinity;
  let maxY = -Infinity;
  for (const p of segments) {
    minX = Math.min(minX, x[p]!, x[p + 1]!);
    maxX = Math.max(maxX, x[p]!, x[p + 1]!);
    minY = Math.min(minY, y[p]!, y[p + 1]!);
    maxY = Math.max(maxY, y[p]!, y[p + 1]!);
  }
  const columns = segments.length === 0 ? 1 : Math.floor((maxX - minX) / cellSize) + 1;
  const rows = segments.length === 0 ? 1 : Math.floor((maxY - minY) / cellSize) + 1;
  const cellStart = new Int32Array(columns * rows + 1);
  const next = new Int32Array(columns * rows);
  let cellSegments = new Int32Array(0);
  // Twice over the same cells: to count what each will hold, then to fill it. Maps are opened at start-up, when code
  // runs cold, so this stays one plain loop.
  for (const isFilling of [false, true]) {
    for (const p of segments) {
      const left = Math.floor((Math.min(x[p]!, x[p + 1]!) - minX) / cellSize);
      const right = Math.floor((Math.max(x[p]!, x[p + 1]!) - minX) / cellSize);
      const bottom = Math.floor((Math.min(y[p]!, y[p + 1]!) - minY) / cellSize);
      const top = Math.floor((Math.max(y[p]!, y[p + 1]!) - minY) / cellSize);
      for (let row = bottom; row <= top; row++)
        for (let cell = row * columns + left; cell <= row * columns + right; cell++)
          if (isFilling) cellSegments[next[cell]!++] = p;
          else cellStart[cell + 1]!++;
    }
    if (isFilling) break;
    for (let cell = 0; cell < columns * rows; cell++) cellStart[cell + 1]! += cellStart[cell]!;
    next.set(cellStart.subarray(0, columns * rows));
    cellSegments = new Int32Array(cellStart[columns * rows]!);
  }
  return { x, y, cellSize, minX, minY, columns, rows, cellStart, cellSegments };
}

/**
 * Nearest segment to (x, y) within `maxDistance`; the first listed of equally near ones.
 * Cells are searched in rings around the point until no unsearched cell can hold anything nearer.
 */
export function nearestSegment(
  grid: SegmentGrid,
  x: number,
  y: number,
  maxDistance: number,
  out: NearestSegment,
): void {
  const { cellSize, columns, rows } = grid;
  const column = Math.floor((x - grid.minX) / cellSize);
  const row = Math.floor((y - grid.minY) / cellSize);
  // How near the point lies to the border of its own cell: ring r is farther away than r cells less that.
  const inset = Math.min(
    x - grid.minX - column * cellSize,
    (column + 1) * cellSize - (x - grid.minX),
    y - grid.minY - row * cellSize,
    (row + 1) * cellSize - (y - grid.minY),
  );
  out.segment = -1;
  out.along = 0;
  out.distance = maxDistance;
  for (let ring = 0; ring === 0 || (ring - 1) * cellSize + inset <= out.distance; ring++) {
    const bottom = row - ring;
    const top = row + ring;
    for (let r = Math.max(bottom, 0); r <= Math.min(top, rows - 1); r++) {
      const isEdgeRow = r === bottom || r === top;
      const step = isEdgeRow || ring === 0 ? 1 : 2 * ring;
      for (let c = column - ring; c <= column + ring; c += step) {
        if (c < 0 || c >= columns) continue;
        searchCell(grid, r * columns + c, x, y, out);
      }
    }
  }
}

function searchCell(grid: SegmentGrid, cell: number, x: number, y: number, out: NearestSegment): void {
  const { cellStart, cellSegments } = grid;
  for (let i = cellStart[cell]!; i < cellStart[cell + 1]!; i++) {
    const p = cellSegments[i]!;
    const startX = grid.x[p]!;
    const startY = grid.y[p]!;
    const dx = grid.x[p + 1]! - startX;
    const dy = grid.y[p + 1]! - startY;
    const square = dx * dx + dy * dy;
    const projected = square === 0 ? 0 : ((x - startX) * dx + (y - startY) * dy) / square;
    const along = Math.min(Math.max(projected, 0), 1);
    const offX = x - startX - along * dx;
    const offY = y - startY - along * dy;
    const distance = Math.sqrt(offX * offX + offY * offY);
    if (distance < out.distance || (distance === out.distance && (out.segment < 0 || p < out.segment))) {
      out.segment = p;
      out.along = along;
      out.distance = distance;
    }
  }
}
