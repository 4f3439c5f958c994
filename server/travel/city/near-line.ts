import { besideSegment, type Line, type Point } from "./plane.ts";

const CELL_M = 150;

/** How far a place is from a fixed course, asked often: segments are filed by the cells their surroundings touch. */
export interface NearLine {
  readonly line: Line;
  /** The distance in metres, and the index of the nearest segment's first point; null when farther than the reach. */
  nearest(p: Point): { distanceM: number; index: number } | null;
}

export function makeNearLine(line: Line, reachM: number): NearLine {
  const cells = new Map<number, number[]>();
  const key = (column: number, row: number) => column * 65_536 + row;
  for (let i = 0; i + 1 < line.length; i++) {
    const a = line[i]!;
    const b = line[i + 1]!;
    const lastColumn = Math.floor((Math.max(a.x, b.x) + reachM) / CELL_M);
    const lastRow = Math.floor((Math.max(a.y, b.y) + reachM) / CELL_M);
    for (let column = Math.floor((Math.min(a.x, b.x) - reachM) / CELL_M); column <= lastColumn; column++)
      for (let row = Math.floor((Math.min(a.y, b.y) - reachM) / CELL_M); row <= lastRow; row++) {
        const list = cells.get(key(column, row));
        if (list === undefined) cells.set(key(column, row), [i]);
        else list.push(i);
      }
  }
  return {
    line,
    nearest(p) {
      let found: { distanceM: number; index: number } | null = null;
      for (const index of cells.get(key(Math.floor(p.x / CELL_M), Math.floor(p.y / CELL_M))) ?? []) {
        const { distanceM } = besideSegment(p, line[index]!, line[index + 1]!);
        if (distanceM <= reachM && (found === null || distanceM < found.distanceM)) found = { distanceM, index };
      }
      return found;
    },
  };
}
