import type { Random } from "#server/core/random.ts";
import { left, type Point, step } from "./plane.ts";
import type { Fabric, FabricAt } from "./quarters.ts";
import type { Street, StreetNet } from "./street-net.ts";

/** Short dead ends into the depth of blocks: closes in suburbs, yards behind works, tracks between fields. */
export interface SpurKind {
  readonly street: Street;
  readonly lengthM: readonly [number, number];
  /** How far it stays from every other street. */
  readonly clearM: number;
  /** The share of places tried. */
  readonly density: number;
  grows(fabric: Fabric): boolean;
}

export function drawSpurs(net: StreetNet, fabricAt: FabricAt, kind: SpurKind, random: Random): void {
  const streetCount = net.streets.length;
  const edgeCount = net.from.length;
  for (let edge = 0; edge < edgeCount; edge++) {
    if (!net.alive[edge] || net.isBridge[edge] || !random.chance(kind.density)) continue;
    const street = net.streets[net.streetOf[edge]!]!;
    if (net.streetOf[edge]! >= streetCount || street.closed || street.role.kind === "ramp") continue;
    if (street.roadClass === "trunk" || street.roadClass === "primary") continue;
    const start = net.point(net.from[edge]!);
    const fabric = fabricAt(start);
    if (fabric === null || !kind.grows(fabric)) continue;
    const course = spurCourse(net, fabricAt, start, net.headingOf(edge), kind, random);
    if (course !== null) net.draw(course, net.addStreet(kind.street));
  }
}

function spurCourse(
  net: StreetNet,
  fabricAt: FabricAt,
  start: Point,
  heading: Point,
  kind: SpurKind,
  random: Random,
): Point[] | null {
  const side = random.chance(0.5) ? 1 : -1;
  const bend = random.between(-0.035, 0.035);
  const lengthM = random.between(...kind.lengthM);
  let direction = { x: side * left(heading).x, y: side * left(heading).y };
  const course = [start];
  for (let doneM = 0; doneM < lengthM; doneM += 14) {
    const next = step(course.at(-1)!, direction, 14);
    if (fabricAt(next) === null) break;
    if (net.firstObstacle(step(course.at(-1)!, direction, 0.8), step(next, direction, kind.clearM)) !== null) break;
    // Near its mouth it has its own street at hand; farther in it must be alone.
    if (doneM > kind.clearM && net.nearestEdge(next, kind.clearM, () => true) !== null) break;
    if (net.runsBeside(next, direction, kind.clearM * 1.5)) break;
    course.push(next);
    const turn = left(direction);
    direction = { x: direction.x + bend * turn.x, y: direction.y + bend * turn.y };
    const size = Math.sqrt(direction.x * direction.x + direction.y * direction.y);
    direction = { x: direction.x / size, y: direction.y / size };
  }
  return course.length * 14 >= kind.lengthM[0] ? course : null;
}
