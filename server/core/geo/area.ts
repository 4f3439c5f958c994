/** A closed ring of flattened [x, y] pairs: its last point is its first. */
export type Ring = Float64Array;

/** Parts of an area, each an outline and the holes in it. */
export interface Area {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
  readonly parts: readonly (readonly Ring[])[];
}

/** Each part's outline first, then its holes. */
export function createArea(parts: readonly (readonly Ring[])[]): Area {
  const outline = parts.flatMap(([first]) => Array.from(first ?? []));
  const xs = outline.filter((_, i) => i % 2 === 0);
  const ys = outline.filter((_, i) => i % 2 === 1);
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return { west: least(xs), south: least(ys), east: most(xs), north: most(ys), parts };
}

/** Whether a point lies in some part and in none of that part's holes. Time: the points of the rings. */
export function isInArea({ west, south, east, north, parts }: Area, x: number, y: number): boolean {
  if (x < west || x > east || y < south || y > north) return false;
  return parts.some(([outline, ...holes]) => isInRing(outline!, x, y) && !holes.some((hole) => isInRing(hole, x, y)));
}

/** Whether a point lies within a closed ring: a ray from it meets the ring an odd number of times. */
export function isInRing(ring: Ring, x: number, y: number): boolean {
  let inside = false;
  for (let i = 0; i + 3 < ring.length; i += 2) {
    const y1 = ring[i + 1]!;
    const y2 = ring[i + 3]!;
    if (y1 > y !== y2 > y && x < ((ring[i + 2]! - ring[i]!) * (y - y1)) / (y2 - y1) + ring[i]!) inside = !inside;
  }
  return inside;
}
