import { isInRing } from "#server/core/geo/area.ts";
import { signedArea } from "./rings.ts";

type Bbox = readonly [west: number, south: number, east: number, north: number];

/** A stretch of coast within the box: it starts and ends on the border. */
interface Stretch {
  readonly points: readonly number[];
  /** Position along the border, clockwise from the south-west corner, 0 … 4 with a side per unit. */
  readonly start: number;
  readonly end: number;
}

/**
 * The sea within a box, as areas of rings (outside first, islands as holes, flattened [lng, lat] pairs), from coastlines
 * that have land on their left and water on their right, as OpenStreetMap draws them.
 *
 * Open coasts are cut to the box; from where one leaves it, the sea's border follows the box clockwise to where the next
 * one enters. A coast that breaks off inside the box, because the extract was cut to another shape, is led to the
 * nearest border, which is wrong by at most the sea beyond the cut. Without any coast there is no sea.
 */
export function seaAreas(
  closedCoasts: readonly Float64Array[],
  openCoasts: readonly Float64Array[],
  box: Bbox,
): Float64Array[][] {
  const islands: Float64Array[] = [];
  const outsides: Float64Array[] = [];
  const crossing: Float64Array[] = [...openCoasts];
  for (const ring of closedCoasts) {
    if (!leaves(ring, box)) (signedArea(ring) > 0 ? islands : outsides).push(ring);
    else if (touches(ring, box)) crossing.push(ring);
  }
  const stretches = crossing.flatMap((coast) => cutToBox(coast, box));
  if (stretches.length > 0) outsides.push(...joinAlongBorder(stretches, box));
  else if (islands.length > 0 && outsides.length === 0) outsides.push(boxRing(box));

  const areas = outsides.map((outside) => [outside]);
  for (const island of islands) {
    const home = areas.find(([outside]) => isInRing(outside!, island[0]!, island[1]!));
    home?.push(island);
  }
  return areas;
}

function leaves(line: Float64Array, box: Bbox): boolean {
  for (let i = 0; i < line.length; i += 2) if (!isWithin(line[i]!, line[i + 1]!, box)) return true;
  return false;
}

function touches(line: Float64Array, box: Bbox): boolean {
  for (let i = 0; i < line.length; i += 2) if (isWithin(line[i]!, line[i + 1]!, box)) return true;
  return false;
}

function isWithin(x: number, y: number, [west, south, east, north]: Bbox): boolean {
  return x >= west && x <= east && y >= south && y <= north;
}

function cutToBox(coast: Float64Array, box: Bbox): Stretch[] {
  const stretches: Stretch[] = [];
  const isRing = coast[0] === coast[coast.length - 2] && coast[1] === coast[coast.length - 1];
  const line = isRing ? turnedToStartOutside(coast, box) : coast;
  let points: number[] = [];
  const close = () => {
    if (points.length >= 4) {
      const start = borderPosition(points[0]!, points[1]!, box);
      const end = borderPosition(points.at(-2)!, points.at(-1)!, box);
      stretches.push({ points, start, end });
    }
    points = [];
  };
  for (let i = 0; i + 3 < line.length; i += 2) {
    const clipped = clipSegment(line[i]!, line[i + 1]!, line[i + 2]!, line[i + 3]!, box);
    if (clipped === null) {
      close();
      continue;
    }
    const [ax, ay, bx, by] = clipped;
    if (points.length === 0) {
      if (ax === line[i] && ay === line[i + 1]) points.push(...nearestOnBorder(ax, ay, box));
      points.push(ax, ay);
    }
    points.push(bx, by);
    if (bx !== line[i + 2] || by !== line[i + 3]) close();
  }
  if (points.length > 0) points.push(...nearestOnBorder(points.at(-2)!, points.at(-1)!, box));
  close();
  return stretches;
}

function turnedToStartOutside(ring: Float64Array, box: Bbox): Float64Array {
  let first = 0;
  while (isWithin(ring[first]!, ring[first + 1]!, box)) first += 2;
  const open = ring.subarray(0, ring.length - 2);
  return Float64Array.from([...open.subarray(first), ...open.subarray(0, first), ring[first]!, ring[first + 1]!]);
}

/** The part of a segment within the box (Liang, Barsky 1984), or null. */
function clipSegment(ax: number, ay: number, bx: number, by: number, [west, south, east, north]: Bbox) {
  let enter = 0;
  let exit = 1;
  const sides = [
    [ax - bx, ax - west],
    [bx - ax, east - ax],
    [ay - by, ay - south],
    [by - ay, north - ay],
  ] as const;
  for (const [slope, room] of sides) {
    if (slope === 0) {
      if (room < 0) return null;
    } else if (slope < 0) enter = Math.max(enter, room / slope);
    else exit = Math.min(exit, room / slope);
  }
  if (enter >= exit) return null;
  const at = (t: number): [number, number] =>
    t === 0 ? [ax, ay] : t === 1 ? [bx, by] : [ax + t * (bx - ax), ay + t * (by - ay)];
  return [...at(enter), ...at(exit)] as const;
}

function nearestOnBorder(x: number, y: number, [west, south, east, north]: Bbox): [number, number] {
  const gaps = [x - west, north - y, east - x, y - south];
  const side = gaps.indexOf(Math.min(...gaps));
  return side === 0 ? [west, y] : side === 1 ? [x, north] : side === 2 ? [east, y] : [x, south];
}

/** Clockwise from the south-west corner: west side 0–1, north 1–2, east 2–3, south 3–4. */
function borderPosition(x: number, y: number, [west, south, east, north]: Bbox): number {
  const gaps = [Math.abs(x - west), Math.abs(north - y), Math.abs(east - x), Math.abs(y - south)];
  const side = gaps.indexOf(Math.min(...gaps));
  const along = [
    (y - south) / (north - south),
    (x - west) / (east - west),
    (north - y) / (north - south),
    (east - x) / (east - west),
  ];
  return side + Math.min(Math.max(along[side]!, 0), 1);
}

function joinAlongBorder(stretches: readonly Stretch[], box: Bbox): Float64Array[] {
  const [west, south, east, north] = box;
  // At the end of side k stands corner k.
  const corners = [
    [west, north],
    [east, north],
    [east, south],
    [west, south],
  ] as const;
  const rings: Float64Array[] = [];
  const used = new Set<Stretch>();
  for (const first of stretches) {
    if (used.has(first)) continue;
    const ring: number[] = [];
    let stretch = first;
    do {
      used.add(stretch);
      ring.push(...stretch.points);
      const from = stretch.end;
      const ahead = (position: number) => (position - from + 4) % 4;
      const next = stretches.reduce((best, one) => (ahead(one.start) < ahead(best.start) ? one : best));
      const distance = ahead(next.start);
      for (let corner = Math.floor(from) + 1; corner - from < distance; corner++)
        ring.push(...corners[(corner - 1) % 4]!);
      stretch = next;
    } while (!used.has(stretch));
    ring.push(ring[0]!, ring[1]!);
    rings.push(Float64Array.from(ring));
  }
  return rings;
}

function boxRing([west, south, east, north]: Bbox): Float64Array {
  return Float64Array.of(west, south, west, north, east, north, east, south, west, south);
}
