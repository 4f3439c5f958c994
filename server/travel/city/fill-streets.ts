import type { Random } from "#server/core/random.ts";
import type { DirectionField, Family } from "./direction-field.ts";
import { distance, dot, type Line, left, lengthOf, type Point, step } from "./plane.ts";
import type { Fabric, FabricAt } from "./quarters.ts";
import type { Street, StreetNet } from "./street-net.ts";

const STEP_M = 14;

/** What one pass over the land lays: main streets first and far apart, then the streets between them. */
export interface Layer {
  /** Spacing of parallel streets here, or 0 for none. */
  spacingM(fabric: Fabric, family: Family): number;
  /** The street to lay where it begins, and how long it may grow. */
  street(fabric: Fabric, lengthM: number): Street;
  readonly longestM: number;
  readonly shortestM: number;
  endAtMeeting(fabric: Fabric): number;
  keepDeadEnd(fabric: Fabric): number;
}

/** What growing streets look at. */
export interface Ground {
  readonly net: StreetNet;
  readonly field: DirectionField;
  readonly fabricAt: FabricAt;
}

interface Seed {
  readonly p: Point;
  readonly family: Family;
}

/**
 * Fills the land with streets that follow the field and keep their distance (evenly spaced streamlines: Jobard and
 * Lefer 1997). New streets are sown beside and across those that stand, so fabric grows outward from the main roads.
 */
export function fillStreets(ground: Ground, layer: Layer, random: Random): void {
  const { net, fabricAt } = ground;
  const seeds: Seed[] = [];
  for (let edge = 0; edge < net.from.length; edge++) {
    if (!net.alive[edge] || net.isBridge[edge] || edge % 5 !== 0) continue;
    sow(seeds, ground, layer, net.point(net.from[edge]!), net.headingOf(edge));
  }
  for (let next = 0; next < seeds.length; next++) {
    const seed = seeds[next]!;
    const course = grow(ground, layer, seed, random);
    if (course === null) continue;
    const fabric = fabricAt(seed.p)!;
    net.draw(course, net.addStreet(layer.street(fabric, lengthOf(course))));
    let untilSown = 0;
    for (let i = 1; i < course.length; i++) {
      untilSown -= distance(course[i - 1]!, course[i]!);
      if (untilSown > 0) continue;
      untilSown = 70;
      const direction = { x: course[i]!.x - course[i - 1]!.x, y: course[i]!.y - course[i - 1]!.y };
      sow(seeds, ground, layer, course[i]!, direction);
    }
  }
}

/** Places to try from a point of a standing street: across it, and beside it on both sides. */
function sow(seeds: Seed[], { field, fabricAt }: Ground, layer: Layer, p: Point, direction: Point): void {
  const fabric = fabricAt(p);
  if (fabric === null) return;
  for (const family of [0, 1] as const) {
    const way = field.direction(p, family);
    const aligned = Math.abs(dot(way, direction)) > 0.7 * Math.sqrt(dot(direction, direction));
    if (!aligned) seeds.push({ p, family });
    else
      for (const side of [1, -1])
        seeds.push({ p: step(p, left(way), side * 1.02 * layer.spacingM(fabric, family)), family });
  }
}

function grow(ground: Ground, layer: Layer, seed: Seed, random: Random): Line | null {
  const { net, field, fabricAt } = ground;
  const fabric = fabricAt(seed.p);
  if (fabric === null) return null;
  const spacingM = layer.spacingM(fabric, seed.family);
  if (spacingM === 0) return null;
  const start = field.direction(seed.p, seed.family);
  if (net.runsBeside(seed.p, start, spacingM * 0.92)) return null;
  const longestM = layer.longestM * random.between(0.5, 1);
  const ahead = follow(ground, layer, seed, start, longestM / 2, random);
  const back = follow(ground, layer, seed, { x: -start.x, y: -start.y }, longestM / 2, random);
  if (ahead === null || back === null) return null;
  const course = [...back.slice(1).reverse(), ...ahead];
  return course.length > 1 && lengthOf(course) >= layer.shortestM ? course : null;
}

/** One half of a street, from its seed to where it ends well; null when it can only end badly. */
function follow(
  ground: Ground,
  layer: Layer,
  seed: Seed,
  start: Point,
  longestM: number,
  random: Random,
): Point[] | null {
  const { net, field, fabricAt } = ground;
  const course = [seed.p];
  let direction = start;
  /** Up to the last street that was met: trimming back to there leaves no loose end. */
  let trimmed: Point[] | null = net.nearestEdge(seed.p, 1.5, () => true) === null ? null : [seed.p];
  for (let lengthM = 0; ; lengthM += STEP_M) {
    const here = course.at(-1)!;
    direction = aimed(field, here, seed.family, direction);
    const middle = step(here, direction, STEP_M / 2);
    direction = aimed(field, middle, seed.family, direction);
    if (dot(direction, start) < -0.35) return trimmed;
    const next = step(here, direction, STEP_M);
    const fabric = fabricAt(next);
    const spacingM = fabric === null ? 0 : layer.spacingM(fabric, seed.family);
    const obstacle = net.firstObstacle(step(here, direction, 0.8), next);
    if (obstacle !== null) {
      if (!mayMeet(net, obstacle.edge, direction)) return trimmed;
      trimmed = [...course, step(here, direction, obstacle.distanceM + 0.8)];
      if (fabric === null || random.chance(layer.endAtMeeting(fabric))) return trimmed;
    }
    const crowded = spacingM === 0 || net.runsBeside(next, direction, spacingM * 0.62);
    if (obstacle === null && (crowded || lengthM > longestM)) {
      const reachM = 1.1 * (spacingM === 0 ? 60 : spacingM);
      const meeting = reachOut(ground, here, direction, reachM);
      if (meeting !== null) return [...course, meeting];
      const looseM = STEP_M * (course.length - (trimmed?.length ?? 0));
      if (fabric !== null && looseM > 65 && random.chance(layer.keepDeadEnd(fabric))) return course;
      return trimmed;
    }
    if (crowded) return trimmed;
    course.push(next);
  }
}

function aimed(field: DirectionField, p: Point, family: Family, along: Point): Point {
  const direction = field.direction(p, family);
  return dot(direction, along) < 0 ? { x: -direction.x, y: -direction.y } : direction;
}

/** Streets meet squarely enough to turn, and never on a bridge, a ramp or a motorway. */
function mayMeet(net: StreetNet, edge: number, direction: Point): boolean {
  const street = net.streets[net.streetOf[edge]!]!;
  if (street.closed || net.isBridge[edge] || street.role.kind === "ramp") return false;
  return Math.abs(dot(net.headingOf(edge), direction)) < 0.83;
}

/** Looks a little farther for a street to end on: straight on, then to either side. */
function reachOut({ net, fabricAt }: Ground, from: Point, direction: Point, reachM: number): Point | null {
  const side = left(direction);
  for (const turn of [0, 0.4, -0.4]) {
    const way = { x: direction.x + turn * side.x, y: direction.y + turn * side.y };
    const size = Math.sqrt(dot(way, way));
    const unit = { x: way.x / size, y: way.y / size };
    const hit = net.firstObstacle(step(from, unit, 0.8), step(from, unit, reachM));
    if (hit === null || !mayMeet(net, hit.edge, unit)) continue;
    const end = step(from, unit, hit.distanceM + 0.8);
    let isDry = true;
    for (let doneM = 20; doneM < hit.distanceM && isDry; doneM += 40)
      isDry = fabricAt(step(from, unit, doneM)) !== null;
    if (isDry) return end;
  }
  return null;
}
