import { createMinHeap, popMin, pushMin } from "#server/core/collections/min-heap.ts";
import type { Random } from "#server/core/random.ts";
import { HEART, type Land, REACH } from "./land.ts";
import { makeNoise } from "./noise.ts";
import { curveThrough, distance, type Line, type Point, simplify } from "./plane.ts";

const CELL_M = 110;
const COLUMNS = Math.ceil((2 * REACH.x) / CELL_M);
const ROWS = Math.ceil((2 * REACH.y) / CELL_M);
const FORBIDDEN = 0;

/** Knight's moves included, so that courses do not show the grid's eight directions. */
const MOVES = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
  [2, 1],
  [2, -1],
  [-2, 1],
  [-2, -1],
  [1, 2],
  [1, -2],
  [-1, 2],
  [-1, -2],
] as const;

/** A place where the river may be crossed, given by its two ends on dry land. */
export interface Crossing {
  readonly ends: readonly [Point, Point];
}

/** Finds courses for main roads as surveyors did: cheapest over the land, round water, by the bridges there are. */
export interface Surveyor {
  /**
   * The course from a to b in pieces on dry land; between two pieces lies the bridge whose ends they touch.
   * Null when there is no way.
   */
  course(from: Point, to: Point): { readonly pieces: Line[]; readonly bridges: number[] } | null;
  /** Makes the ground along a new road dearer, so that the next road keeps its distance; where roads gather, they may meet. */
  keepDistance(line: Line, withinM: number, factor: number): void;
}

export function makeSurveyor(land: Land, crossings: readonly Crossing[], random: Random): Surveyor {
  const hills = makeNoise(random.below(1 << 30), 2_300);
  const knolls = makeNoise(random.below(1 << 30), 700);
  const cost = new Float64Array(COLUMNS * ROWS);
  const gathers = new Uint8Array(COLUMNS * ROWS);
  const settlements = [...land.towns, ...land.villages];
  for (let cell = 0; cell < cost.length; cell++) {
    const p = centreOf(cell);
    const blocked =
      land.isWater(p, 95) || land.greens.some((green) => distance(p, green.centre) < green.radiusM * 1.25 + 60);
    cost[cell] = blocked
      ? FORBIDDEN
      : 1.9 + hills(p.x, p.y) + 0.7 * knolls(p.x, p.y) + (distance(p, HEART) < 900 ? 8 : 0);
    if (settlements.some(({ centre, radiusM }) => distance(p, centre) < radiusM + 500)) gathers[cell] = 1;
  }
  // Bridgeheads stand on the bank, which the margin above forbids: clear the ground beside them.
  const bridgeAt = new Map<number, { bridge: number; other: number }>();
  for (const [bridge, { ends }] of crossings.entries()) {
    const [a, b] = [cellOf(ends[0]), cellOf(ends[1])];
    bridgeAt.set(a, { bridge, other: b });
    bridgeAt.set(b, { bridge, other: a });
    for (const p of ends)
      for (const [dx, dy] of [[0, 0], ...MOVES] as const) {
        const cell = cellOf({ x: p.x + dx * CELL_M, y: p.y + dy * CELL_M });
        if (cost[cell] === FORBIDDEN && !land.isWater(centreOf(cell), 25)) cost[cell] = 1.6;
      }
    cost[a] = cost[b] = 1.2;
  }

  return {
    course(from, to) {
      const cells = cheapest(cost, bridgeAt, cellOf(from), cellOf(to));
      if (cells === null) return null;
      const pieces: Line[] = [];
      const bridges: number[] = [];
      let piece: Point[] = [from];
      for (let i = 1; i < cells.length; i++) {
        const link = bridgeAt.get(cells[i - 1]!);
        if (link !== undefined && link.other === cells[i]) {
          const { ends } = crossings[link.bridge]!;
          const [near, far] = cellOf(ends[0]) === cells[i - 1] ? ends : [ends[1], ends[0]];
          piece[piece.length - (piece.length > 1 ? 1 : 0)] = near;
          pieces.push(soften(piece));
          bridges.push(link.bridge);
          piece = [far];
        } else piece.push(centreOf(cells[i]!));
      }
      if (piece.length > 1) piece.pop();
      pieces.push(soften([...piece, to]));
      return { pieces, bridges };
    },
    keepDistance(line, withinM, factor) {
      const touched = new Set<number>();
      const reach = Math.ceil(withinM / CELL_M);
      for (const p of line)
        for (let dx = -reach; dx <= reach; dx++)
          for (let dy = -reach; dy <= reach; dy++)
            if (dx * dx + dy * dy <= reach * reach) touched.add(cellOf({ x: p.x + dx * CELL_M, y: p.y + dy * CELL_M }));
      for (const cell of touched) if (!gathers[cell]) cost[cell] = cost[cell]! * factor;
    },
  };
}

/** Gives a course of cells the curves of a road: few control points, none so near to the next that it would kink. */
function soften(points: readonly Point[]): Line {
  const controls: Point[] = [points[0]!];
  const end = points.at(-1)!;
  for (const p of simplify(points, 70).slice(1, -1))
    if (distance(p, controls.at(-1)!) > 330 && distance(p, end) > 330) controls.push(p);
  return curveThrough([...controls, end]);
}

function centreOf(cell: number): Point {
  return {
    x: ((cell % COLUMNS) + 0.5) * CELL_M - REACH.x,
    y: (Math.floor(cell / COLUMNS) + 0.5) * CELL_M - REACH.y,
  };
}

function cellOf(p: Point): number {
  const column = Math.min(COLUMNS - 1, Math.max(0, Math.floor((p.x + REACH.x) / CELL_M)));
  const row = Math.min(ROWS - 1, Math.max(0, Math.floor((p.y + REACH.y) / CELL_M)));
  return row * COLUMNS + column;
}

/** Dijkstra over the cells. */
function cheapest(
  cost: Float64Array,
  bridgeAt: ReadonlyMap<number, { other: number }>,
  start: number,
  goal: number,
): number[] | null {
  const total = new Float64Array(cost.length).fill(Number.POSITIVE_INFINITY);
  const before = new Int32Array(cost.length).fill(-1);
  const heap = createMinHeap();
  total[start] = 0;
  pushMin(heap, 0, start);
  while (heap.size > 0) {
    const key = heap.keys[0]!;
    const cell = heap.values[0]!;
    popMin(heap);
    if (key > total[cell]!) continue;
    if (cell === goal) break;
    const reach = (next: number, price: number) => {
      if (key + price >= total[next]!) return;
      total[next] = key + price;
      before[next] = cell;
      pushMin(heap, key + price, next);
    };
    const column = cell % COLUMNS;
    for (const [dx, dy] of MOVES) {
      if (column + dx < 0 || column + dx >= COLUMNS) continue;
      const next = cell + dy * COLUMNS + dx;
      if (next < 0 || next >= cost.length || cost[next] === FORBIDDEN) continue;
      // A knight's move passes between two cells: over water it would leap the river.
      const half = cell + Math.trunc(dy / 2) * COLUMNS + Math.trunc(dx / 2);
      if (cost[half] === FORBIDDEN || cost[next - (half - cell)] === FORBIDDEN) continue;
      reach(next, ((cost[cell]! + cost[next]!) / 2) * Math.sqrt(dx * dx + dy * dy));
    }
    const link = bridgeAt.get(cell);
    if (link !== undefined) reach(link.other, 6);
  }
  if (before[goal] === -1) return null;
  const path = [goal];
  for (let cell = goal; cell !== start; ) {
    cell = before[cell]!;
    path.push(cell);
  }
  return path.reverse();
}
