/** Plane geometry in metres, x east and y north. Only + − × ÷ and √, which IEEE 754 fixes to the last bit. */
export interface Point {
  readonly x: number;
  readonly y: number;
}
export type Line = readonly Point[];

export function distance(a: Point, b: Point): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  return Math.sqrt(dx * dx + dy * dy);
}

export function along(a: Point, b: Point, share: number): Point {
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}

/** The direction from a to b as a unit vector; east when they coincide. */
export function heading(a: Point, b: Point): Point {
  const length = distance(a, b);
  return length === 0 ? { x: 1, y: 0 } : { x: (b.x - a.x) / length, y: (b.y - a.y) / length };
}

export function step(from: Point, direction: Point, lengthM: number): Point {
  return { x: from.x + direction.x * lengthM, y: from.y + direction.y * lengthM };
}

/** A quarter turn to the left. */
export function left(direction: Point): Point {
  return { x: -direction.y, y: direction.x };
}

export function dot(a: Point, b: Point): number {
  return a.x * b.x + a.y * b.y;
}

export function cross(a: Point, b: Point): number {
  return a.x * b.y - a.y * b.x;
}

/** Where p lies beside the segment ab: the share along it in [0, 1] and the distance to it. */
export function besideSegment(p: Point, a: Point, b: Point): { share: number; distanceM: number } {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const square = dx * dx + dy * dy;
  const raw = square === 0 ? 0 : ((p.x - a.x) * dx + (p.y - a.y) * dy) / square;
  const share = Math.min(1, Math.max(0, raw));
  return { share, distanceM: distance(p, along(a, b, share)) };
}

/** The shares along ab and cd at which they cross, or null when they do not (parallels never do). */
export function crossing(a: Point, b: Point, c: Point, d: Point): { share: number; otherShare: number } | null {
  const rx = b.x - a.x;
  const ry = b.y - a.y;
  const sx = d.x - c.x;
  const sy = d.y - c.y;
  const area = rx * sy - ry * sx;
  if (area === 0) return null;
  const share = ((c.x - a.x) * sy - (c.y - a.y) * sx) / area;
  const otherShare = ((c.x - a.x) * ry - (c.y - a.y) * rx) / area;
  return share < 0 || share > 1 || otherShare < 0 || otherShare > 1 ? null : { share, otherShare };
}

export function lengthOf(line: Line): number {
  let total = 0;
  for (let i = 1; i < line.length; i++) total += distance(line[i - 1]!, line[i]!);
  return total;
}

/** The same course with points about `spacingM` apart; both ends stay. */
export function resample(line: Line, spacingM: number): Point[] {
  const count = Math.max(1, Math.round(lengthOf(line) / spacingM));
  const spacing = lengthOf(line) / count;
  const points = [line[0]!];
  let untilNext = spacing;
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1]!;
    const b = line[i]!;
    const length = distance(a, b);
    let done = 0;
    while (length - done >= untilNext && points.length < count) {
      done += untilNext;
      points.push(along(a, b, done / length));
      untilNext = spacing;
    }
    untilNext -= length - done;
  }
  points.push(line.at(-1)!);
  return points;
}

/** A smooth course through every control point (centripetal in spirit: uniform Catmull-Rom on even spacing). */
export function curveThrough(controls: Line, closed = false): Point[] {
  const count = controls.length;
  const at = (i: number): Point =>
    closed ? controls[(i + count) % count]! : controls[Math.min(Math.max(i, 0), count - 1)]!;
  const points: Point[] = [];
  const last = closed ? count : count - 1;
  for (let i = 0; i < last; i++) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const pieces = Math.max(2, Math.round(distance(p1, p2) / 15));
    for (let k = 0; k < pieces; k++) {
      const t = k / pieces;
      points.push({ x: spline(p0.x, p1.x, p2.x, p3.x, t), y: spline(p0.y, p1.y, p2.y, p3.y, t) });
    }
  }
  points.push(at(last));
  return points;
}

function spline(p0: number, p1: number, p2: number, p3: number, t: number): number {
  return (
    0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t + (3 * p1 - p0 - 3 * p2 + p3) * t * t * t)
  );
}

/** The course shifted sideways, to the left for positive distances; sound while bends are wider than the shift. */
export function beside(line: Line, shiftM: number | ((index: number) => number)): Point[] {
  return line.map((point, i) => {
    const direction = heading(line[Math.max(0, i - 1)]!, line[Math.min(line.length - 1, i + 1)]!);
    return step(point, left(direction), typeof shiftM === "number" ? shiftM : shiftM(i));
  });
}

export function isInside(point: Point, ring: Line): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[i]!;
    const b = ring[j]!;
    if (a.y > point.y !== b.y > point.y && point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x)
      inside = !inside;
  }
  return inside;
}

/** Positive for a ring that turns left. */
export function areaOf(ring: Line): number {
  let twice = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) twice += cross(ring[j]!, ring[i]!);
  return twice / 2;
}

/** Douglas and Peucker's simplification: no dropped point lay farther than `toleranceM` from what remains. */
export function simplify(line: Line, toleranceM: number): Point[] {
  return simplifiedIndices(line, toleranceM).map((i) => line[i]!);
}

export function simplifiedIndices(line: Line, toleranceM: number): number[] {
  const kept = new Uint8Array(line.length);
  kept[0] = kept[line.length - 1] = 1;
  const stack: [number, number][] = [[0, line.length - 1]];
  for (let range = stack.pop(); range !== undefined; range = stack.pop()) {
    const [first, last] = range;
    let farthest = -1;
    let farthestM = toleranceM;
    for (let i = first + 1; i < last; i++) {
      const { distanceM } = besideSegment(line[i]!, line[first]!, line[last]!);
      if (distanceM > farthestM) [farthest, farthestM] = [i, distanceM];
    }
    if (farthest === -1) continue;
    kept[farthest] = 1;
    stack.push([first, farthest], [farthest, last]);
  }
  const indices: number[] = [];
  for (let i = 0; i < line.length; i++) if (kept[i] === 1) indices.push(i);
  return indices;
}

/** Eight, sixteen, … directions around the compass without sines: halving the angle of a unit vector needs only √. */
export function compass(count: 16 | 32 | 64): Point[] {
  let points: Point[] = [
    { x: 1, y: 0 },
    { x: 0, y: 1 },
    { x: -1, y: 0 },
    { x: 0, y: -1 },
  ];
  while (points.length < count) {
    const finer: Point[] = [];
    for (const [i, a] of points.entries()) {
      const b = points[(i + 1) % points.length]!;
      finer.push(a, heading({ x: 0, y: 0 }, { x: a.x + b.x, y: a.y + b.y }));
    }
    points = finer;
  }
  return points;
}
