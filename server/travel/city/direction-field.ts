import type { Random } from "#server/core/random.ts";
import { HEART, type Land, REACH } from "./land.ts";
import { makeNoise } from "./noise.ts";
import { distance, heading, type Line, type Point } from "./plane.ts";
import type { StreetNet } from "./street-net.ts";

const CELL_M = 60;
const COLUMNS = Math.ceil((2 * REACH.x) / CELL_M) + 2;
const ROWS = Math.ceil((2 * REACH.y) / CELL_M) + 2;

/** Which of the field's two perpendicular directions. */
export type Family = 0 | 1;

/**
 * Where streets want to go: at each place two directions at right angles. Kept as the doubled angle (a, b) =
 * (cos 2θ, sin 2θ) times a weight, because doubled angles of opposite and equal directions add up instead of
 * cancelling (tensor fields: Chen et al., Interactive Procedural Street Modeling, 2008).
 */
export interface DirectionField {
  direction(p: Point, family: Family): Point;
}

export function makeDirectionField(land: Land, net: StreetNet, boulevard: Line, random: Random): DirectionField {
  const a = new Float64Array(COLUMNS * ROWS);
  const b = new Float64Array(COLUMNS * ROWS);
  const noises = [4_200, 4_200, 620, 620, 240, 240].map((wavelengthM) => makeNoise(random.below(1 << 30), wavelengthM));
  const [broadA, broadB, curlA, curlB, crookA, crookB] = noises as [
    (typeof noises)[0],
    (typeof noises)[0],
    (typeof noises)[0],
    (typeof noises)[0],
    (typeof noises)[0],
    (typeof noises)[0],
  ];
  const quarters = makeQuarters(random);

  for (let row = 0; row < ROWS; row++)
    for (let column = 0; column < COLUMNS; column++) {
      const cell = row * COLUMNS + column;
      const p = { x: column * CELL_M - REACH.x, y: row * CELL_M - REACH.y };
      const fromHeartM = distance(p, HEART);
      const planned = quarters.reduce((sum, q) => sum + q.weight(p), 0);
      // Where nobody drew a plan, streets follow the land: curlier the farther out.
      const curl = (fromHeartM < 2_300 ? 0.12 : 0.55) / (1 + 2.5 * planned);
      a[cell] = 0.5 * broadA(p.x, p.y) + curl * curlA(p.x, p.y);
      b[cell] = 0.5 * broadB(p.x, p.y) + curl * curlB(p.x, p.y);
      for (const quarter of quarters) {
        const weight = 1.3 * quarter.weight(p);
        a[cell]! += weight * quarter.a;
        b[cell]! += weight * quarter.b;
      }
      // Streets round the heart ring it and run towards it.
      const round = 1.4 * falloff(fromHeartM, 750);
      const square = Math.max(1, fromHeartM * fromHeartM);
      a[cell]! += (round * (p.x * p.x - p.y * p.y)) / square;
      b[cell]! += (round * 2 * p.x * p.y) / square;
      const crook = 0.9 * falloff(fromHeartM, 620);
      a[cell]! += crook * crookA(p.x, p.y);
      b[cell]! += crook * crookB(p.x, p.y);
    }

  // Main roads, banks and shores comb the streets beside them.
  for (let edge = 0; edge < net.from.length; edge++) {
    if (!net.alive[edge] || net.streets[net.streetOf[edge]!]!.role.kind === "ramp") continue;
    comb(a, b, net.point(net.from[edge]!), net.point(net.to[edge]!), 170, 0.35);
  }
  const outlines = [land.river.banks, land.lake, boulevard, ...land.greens.map((green) => green.outline)];
  for (const line of outlines)
    for (let i = 1; i < line.length; i++) comb(a, b, line[i - 1]!, line[i]!, 190, line === boulevard ? 0.6 : 0.5);

  return {
    direction(p, family) {
      const u = (p.x + REACH.x) / CELL_M;
      const v = (p.y + REACH.y) / CELL_M;
      const column = Math.min(COLUMNS - 2, Math.max(0, Math.floor(u)));
      const row = Math.min(ROWS - 2, Math.max(0, Math.floor(v)));
      const [s, t] = [u - column, v - row];
      const cell = row * COLUMNS + column;
      const blend = (values: Float64Array) =>
        (values[cell]! * (1 - s) + values[cell + 1]! * s) * (1 - t) +
        (values[cell + COLUMNS]! * (1 - s) + values[cell + COLUMNS + 1]! * s) * t;
      const main = halveAngle(blend(a), blend(b));
      return family === 0 ? main : { x: -main.y, y: main.x };
    },
  };
}

/** Adds the doubled angle of a short straight piece to the cells around it. */
function comb(a: Float64Array, b: Float64Array, from: Point, to: Point, widthM: number, strength: number): void {
  const direction = heading(from, to);
  const lengthShare = distance(from, to) / 15;
  const doubledA = direction.x * direction.x - direction.y * direction.y;
  const doubledB = 2 * direction.x * direction.y;
  const reach = Math.ceil((2.2 * widthM) / CELL_M);
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const atColumn = Math.round((middle.x + REACH.x) / CELL_M);
  const atRow = Math.round((middle.y + REACH.y) / CELL_M);
  for (let row = Math.max(0, atRow - reach); row <= Math.min(ROWS - 1, atRow + reach); row++)
    for (let column = Math.max(0, atColumn - reach); column <= Math.min(COLUMNS - 1, atColumn + reach); column++) {
      const p = { x: column * CELL_M - REACH.x, y: row * CELL_M - REACH.y };
      const weight = strength * lengthShare * 0.35 * falloff(distance(p, middle), widthM);
      a[row * COLUMNS + column]! += weight * doubledA;
      b[row * COLUMNS + column]! += weight * doubledB;
    }
}

/** 1 at zero, 1/4 at `widthM`, soon nothing. */
function falloff(distanceM: number, widthM: number): number {
  const share = distanceM / widthM;
  const half = 1 + share * share;
  return 1 / (half * half);
}

/** The unit vector of half the angle, by √ alone. */
function halveAngle(a: number, b: number): Point {
  const length = Math.sqrt(a * a + b * b);
  if (length < 1e-9) return { x: 1, y: 0 };
  const x = Math.sqrt(Math.max(0, (1 + a / length) / 2));
  const y = Math.sqrt(Math.max(0, (1 - a / length) / 2));
  return { x, y: b < 0 ? -y : y };
}

/** Quarters that were once planned in one go, each with its own grid. */
function makeQuarters(random: Random): { a: number; b: number; weight(p: Point): number }[] {
  return Array.from({ length: 12 }, () => {
    const centre = { x: random.between(-4_800, 4_800), y: random.between(-4_500, 4_500) };
    const widthM = random.between(500, 950);
    const direction = heading(HEART, { x: random.between(-1, 1), y: random.between(-1, 1) });
    return {
      a: direction.x,
      b: direction.y,
      weight: (p: Point) => (distance(centre, HEART) < 1_100 ? 0 : falloff(distance(p, centre), widthM)),
    };
  });
}
