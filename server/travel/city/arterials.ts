import type { Random } from "#server/core/random.ts";
import { ROAD_CLASSES } from "../map-source.ts";
import { HEART, type Land, REACH } from "./land.ts";
import { makeNearLine, type NearLine } from "./near-line.ts";
import { makeNoise } from "./noise.ts";
import {
  beside,
  compass,
  curveThrough,
  distance,
  dot,
  heading,
  isInside,
  type Line,
  left,
  type Point,
  resample,
  step,
} from "./plane.ts";
import { type Street, StreetNet, type StreetRole } from "./street-net.ts";
import { type Crossing, makeSurveyor, type Surveyor } from "./surveyor.ts";

/** Half the distance between the two carriageways' middles. */
const CARRIAGEWAY_M = 13;
/** Within this distance of the ring's middle, other roads are up on a bridge. */
const OVERPASS_M = 24;
const QUAY_M = 34;

/** The names that roads lead to; places get them before roads are drawn. */
export interface PlaceNames {
  readonly towns: readonly string[];
  readonly villages: readonly string[];
}

export interface Arterials {
  readonly net: StreetNet;
  readonly ring: NearLine;
  /** The loop round the old town. */
  readonly boulevard: Line;
}

/** The roads that a city is known by: ring, bridges, boulevard, quays, radials to the towns, roads between these. */
export function drawArterials(land: Land, places: PlaceNames, random: Random): Arterials {
  const ringLine = ringCourse(land, random.fork("ring"));
  const ring = makeNearLine(ringLine, 600);
  const net = new StreetNet((p, street) => {
    if (land.isWater(p, 8)) return true;
    if (street.closed || street.role.kind === "ramp") return false;
    return (ring.nearest(p)?.distanceM ?? OVERPASS_M) < OVERPASS_M;
  });
  drawRing(net, ringLine);

  const crossings = bridgeSites(land, ring);
  const bridges = crossings.map(({ ends }): Bridge => {
    const street = net.addStreet(road("tertiary", { kind: "bridge" }, 50));
    const nodes = net.draw(resample(ends, 14), street);
    return { ends, street, heads: [nodes[0]!, nodes.at(-1)!] };
  });
  drawQuays(net, land, crossings, random);

  const boulevard = boulevardCourse(land);
  const boulevardStreet = net.addStreet(road("secondary", { kind: "boulevard" }, 50));
  drawLoop(net, boulevard, boulevardStreet);
  drawHighStreets(net, land, boulevard, random.fork("high streets"));

  const surveyor = makeSurveyor(land, crossings, random.fork("surveyor"));
  surveyor.keepDistance(ringLine, 160, 3);
  const radials = drawRadials(net, land, places, boulevard, surveyor, bridges);
  drawInterchanges(net, ring, radials);
  drawCountryRoads(net, land, places, surveyor, bridges);
  drawGreenRims(net, land);
  return { net, ring, boulevard };
}

export function road(roadClass: Street["roadClass"], role: StreetRole, limitKph: number, oneway = false): Street {
  return { roadClass, role, limitKph, oneway, surface: "paved", closed: false };
}

/** Draws a closed course; its last point is its first. */
export function drawLoop(net: StreetNet, loop: Line, street: number): void {
  const first = net.nodeOn(loop[0]!);
  net.draw(loop, street, first, first);
}

function ringCourse(land: Land, random: Random): Line {
  const wobble = makeNoise(random.below(1 << 30), 5_200);
  const controls = compass(16).map((direction) => {
    let radius =
      4_050 * (1 + 0.16 * wobble(direction.x * 4_050, direction.y * 4_050)) * (direction.x ** 2 * 0.12 + 0.98);
    // The ring keeps out of the lake and the woods; the river it has to cross.
    const isBlocked = () =>
      [...compass(16), HEART].some((around) => {
        const p = { x: direction.x * radius + around.x * 250, y: direction.y * radius + around.y * 250 };
        return isInside(p, land.lake) || land.greens.some((green) => isInside(p, green.outline));
      });
    while (isBlocked() && radius > 3_400) radius -= 60;
    return { x: direction.x * radius, y: direction.y * radius };
  });
  return resample(curveThrough(controls, true), 18);
}

function drawRing(net: StreetNet, ringLine: Line): void {
  // Traffic keeps right, so the carriageway that turns left round the city is the outer one.
  const carriageway: Street = { ...road("motorway", { kind: "ring" }, 100, true), closed: true };
  drawClosed(net, beside(ringLine, -CARRIAGEWAY_M), carriageway);
  drawClosed(net, beside(ringLine, CARRIAGEWAY_M).reverse(), carriageway);
}

function drawClosed(net: StreetNet, loop: Line, street: Street): void {
  const id = net.addStreet(street);
  const nodes = loop.slice(0, -1).map((p) => net.addNode(p));
  for (const [i, node] of nodes.entries()) net.addEdge(node, nodes[(i + 1) % nodes.length]!, id);
}

/** Five bridges in the city, the first beside the heart, and one upstream and one downstream of it. */
function bridgeSites(land: Land, ring: NearLine): Crossing[] {
  const { course } = land.river;
  const indexAt = (x: number) => {
    let best = 0;
    for (let i = 1; i < course.length; i++) if (Math.abs(course[i]!.x - x) < Math.abs(course[best]!.x - x)) best = i;
    return best;
  };
  return [90, -1_150, 1_350, -2_450, 2_750, -9_000, 9_300].flatMap((x) => {
    const index = indexAt(x);
    const middle = course[index]!;
    if ((ring.nearest(middle)?.distanceM ?? 600) < 450) return [];
    const across = left(heading(course[index - 2]!, course[index + 2]!));
    const reach = land.river.halfWidthM(index) + QUAY_M;
    return [{ ends: [step(middle, across, reach), step(middle, across, -reach)] as const }];
  });
}

function drawQuays(net: StreetNet, land: Land, crossings: readonly Crossing[], random: Random): void {
  const { course } = land.river;
  const xs = crossings.slice(0, 5).map(({ ends }) => (ends[0].x + ends[1].x) / 2);
  const [west, east] = [Math.min(...xs) - random.between(250, 500), Math.max(...xs) + random.between(250, 500)];
  const indices: number[] = [];
  for (let i = 0; i < course.length; i++) if (course[i]!.x >= west && course[i]!.x <= east) indices.push(i);
  for (const side of ["north", "south"] as const) {
    const sign = side === "north" ? 1 : -1;
    const line = beside(course, (i) => sign * (land.river.halfWidthM(i) + QUAY_M));
    const street = net.addStreet(road("tertiary", { kind: "quay", side }, 50));
    net.draw(
      resample(
        indices.map((i) => line[i]!),
        16,
      ),
      street,
    );
  }
}

function boulevardCourse(land: Land): Line {
  const controls = compass(16).map((direction) => {
    let radius = 830;
    while (land.isWater({ x: direction.x * radius, y: direction.y * radius }, 120)) radius -= 10;
    return { x: direction.x * radius, y: direction.y * radius };
  });
  return resample(curveThrough(controls, true), 16);
}

/** Two crooked main streets that meet at the market and end on the boulevard. */
function drawHighStreets(net: StreetNet, land: Land, boulevard: Line, random: Random): void {
  const market = net.addNode({ x: random.between(-30, 30), y: random.between(0, 60) });
  for (const bearing of [0, 4, 8, 12]) {
    const direction = compass(16)[(bearing + random.below(2)) % 16]!;
    const gate = boulevard.reduce((best, p) =>
      dot(heading(HEART, p), direction) > dot(heading(HEART, best), direction) ? p : best,
    );
    const bend = random.between(-70, 70);
    const from = net.point(market);
    const side = left(heading(from, gate));
    const course = curveThrough([
      from,
      step({ x: (2 * from.x + gate.x) / 3, y: (2 * from.y + gate.y) / 3 }, side, bend),
      step({ x: (from.x + 2 * gate.x) / 3, y: (from.y + 2 * gate.y) / 3 }, side, -bend / 2),
      gate,
    ]);
    const street = net.addStreet(road("tertiary", { kind: "high-street" }, 30));
    if (!course.some((p) => land.isWater(p, 20))) net.draw(resample(course, 14), street, market);
  }
}

interface Bridge extends Crossing {
  readonly street: number;
  /** The nodes at its two ends. */
  readonly heads: readonly [number, number];
}

interface DrawnRadial {
  readonly street: number;
  readonly nodes: readonly number[];
}

function drawRadials(
  net: StreetNet,
  land: Land,
  places: PlaceNames,
  boulevard: Line,
  surveyor: Surveyor,
  bridges: readonly Bridge[],
): DrawnRadial[] {
  const drawn: DrawnRadial[] = [];
  const gates: Point[] = [];
  /** The boulevard's place that looks at the target, with room to its neighbours. */
  const gateTowards = (target: Point): Point => {
    const wish = step(HEART, heading(HEART, target), 1_000);
    const free = boulevard.filter((p) => gates.every((gate) => distance(gate, p) > 420));
    const gate = nearestPoint(free.length > 0 ? free : boulevard, wish);
    gates.push(gate);
    return gate;
  };
  for (const [i, town] of land.towns.entries()) {
    const gate = gateTowards(town.centre);
    const found = surveyor.course(gate, town.centre);
    if (found === null) continue;
    const roadClass = i % 3 === 0 ? "trunk" : "primary";
    const role: StreetRole = { kind: "radial", toward: places.towns[i]! };
    drawn.push(...drawCourse(net, found, road(roadClass, role, 70), bridges));
    for (const piece of found.pieces) surveyor.keepDistance(piece, 420, 2.2);
  }
  // Radials that leave between the towns and run out of the map.
  for (const edge of [
    { x: REACH.x - 200, y: 1_400, name: "Eastern" },
    { x: -REACH.x + 200, y: 3_900, name: "Western" },
    { x: -2_900, y: REACH.y - 200, name: "Northern" },
    { x: 4_800, y: -REACH.y + 200, name: "Southern" },
  ]) {
    const gate = gateTowards(edge);
    const found = surveyor.course(gate, edge);
    if (found === null) continue;
    const role: StreetRole = { kind: "radial", toward: edge.name };
    drawn.push(...drawCourse(net, found, road("primary", role, 70), bridges));
    for (const piece of found.pieces) surveyor.keepDistance(piece, 420, 2.2);
  }
  return drawn;
}

function drawCourse(
  net: StreetNet,
  course: { readonly pieces: readonly Line[]; readonly bridges: readonly number[] },
  street: Street,
  bridges: readonly Bridge[],
): DrawnRadial[] {
  // A bridge is as big a road as the biggest that it carries.
  for (const bridge of course.bridges) {
    const carried = net.streets[bridges[bridge]!.street]!;
    if (ROAD_CLASSES.indexOf(street.roadClass) < ROAD_CLASSES.indexOf(carried.roadClass))
      net.streets[bridges[bridge]!.street] = { ...carried, roadClass: street.roadClass };
  }
  return course.pieces.map((piece, i) => {
    const headNode = (bridge: number | undefined, p: Point) => {
      if (bridge === undefined) return undefined;
      const { ends, heads } = bridges[bridge]!;
      return heads[distance(ends[0], p) < distance(ends[1], p) ? 0 : 1];
    };
    const start = headNode(i === 0 ? undefined : course.bridges[i - 1], piece[0]!);
    const end = headNode(course.bridges[i], piece.at(-1)!);
    const id = net.addStreet(street);
    return { street: id, nodes: net.draw(resample(piece, 15), id, start, end) };
  });
}

/** Four ramps wherever a radial meets the ring, unless the next interchange is too near. */
function drawInterchanges(net: StreetNet, ring: NearLine, radials: readonly DrawnRadial[]): void {
  const built: Point[] = [];
  for (const radial of radials) {
    const middle = radial.nodes.findIndex((node) => (ring.nearest(net.point(node))?.distanceM ?? 99) < 12);
    if (middle === -1) continue;
    const place = net.point(radial.nodes[middle]!);
    if (built.some((other) => distance(other, place) < 1_100)) continue;
    built.push(place);
    for (const side of [1, -1]) {
      const foot = nodeAtDistance(net, ring, radial.nodes, middle, side, 105);
      if (foot !== null) drawRampPair(net, ring, place, foot);
    }
  }
}

/** Walks along a radial from the ring until it is `awayM` from the ring's middle. */
function nodeAtDistance(
  net: StreetNet,
  ring: NearLine,
  nodes: readonly number[],
  start: number,
  side: number,
  awayM: number,
): number | null {
  for (let i = start; i >= 0 && i < nodes.length; i += side)
    if ((ring.nearest(net.point(nodes[i]!))?.distanceM ?? 600) > awayM) return nodes[i]!;
  return null;
}

/** One ramp off the carriageway on the foot's side and one back on to it. */
function drawRampPair(net: StreetNet, ring: NearLine, place: Point, foot: number): void {
  const footPoint = net.point(foot);
  const carriageway = net.nearestEdge(footPoint, 400, (edge) => net.streets[net.streetOf[edge]!]!.closed);
  if (carriageway === null) return;
  const street = net.streetOf[carriageway.edge]!;
  const ramp = road("motorway", { kind: "ramp" }, 60, true);
  for (const isExit of [true, false]) {
    const node = nodeOnStreetAt(net, street, net.from[carriageway.edge]!, place, 330, isExit ? -1 : 1);
    const joint = net.point(node);
    const outgoing = net.at[node]!.find((edge) => net.from[edge] === node && net.streetOf[edge] === street)!;
    const ahead = net.headingOf(outgoing);
    const right = { x: ahead.y, y: -ahead.x };
    // Leave almost straight on, swing out, and arrive square to the radial.
    const sign = isExit ? 1 : -1;
    const course = curveThrough([
      joint,
      step(step(joint, ahead, sign * 90), right, 9),
      step(step(joint, ahead, sign * 205), right, 42),
      footPoint,
    ]);
    const line = resample(course, 15);
    if (line.some((p) => (ring.nearest(p)?.distanceM ?? 99) < CARRIAGEWAY_M - 2)) continue;
    const id = net.addStreet(ramp);
    if (isExit) drawRamp(net, line, id, node, foot);
    else drawRamp(net, line.reverse(), id, foot, node);
  }
}

/** Ramps join nothing on their way. */
function drawRamp(net: StreetNet, line: Line, street: number, start: number, end: number): void {
  let current = start;
  for (const p of line.slice(1, -1)) {
    const node = net.addNode(p);
    net.addEdge(current, node, street);
    current = node;
  }
  net.addEdge(current, end, street);
}

/** Follows a one-way street forwards or backwards until it is `awayM` from a place. */
function nodeOnStreetAt(
  net: StreetNet,
  street: number,
  from: number,
  place: Point,
  awayM: number,
  way: 1 | -1,
): number {
  let node = from;
  for (let i = 0; i < 200 && distance(net.point(node), place) < awayM; i++) {
    const edge = net.at[node]!.find(
      (candidate) => net.streetOf[candidate] === street && (way === 1 ? net.from : net.to)[candidate] === node,
    );
    if (edge === undefined) break;
    node = (way === 1 ? net.to : net.from)[edge]!;
  }
  return node;
}

/** Towns are joined to their neighbours round the city, villages to the two nearest places. */
function drawCountryRoads(
  net: StreetNet,
  land: Land,
  places: PlaceNames,
  surveyor: Surveyor,
  bridges: readonly Bridge[],
): void {
  const connect = (from: Point, to: Point, street: Street) => {
    const found = surveyor.course(from, to);
    if (found === null) return;
    drawCourse(net, found, street, bridges);
    for (const piece of found.pieces) surveyor.keepDistance(piece, 250, 1.5);
  };
  for (const [i, town] of land.towns.entries()) {
    const next = (i + 1) % land.towns.length;
    const role: StreetRole = { kind: "country", toward: places.towns[next]! };
    connect(town.centre, land.towns[next]!.centre, road("secondary", role, 80));
  }
  const known = land.towns.map(({ centre }, i) => ({ centre, name: places.towns[i]! }));
  for (const [i, village] of land.villages.entries()) {
    const nearest = known
      .map((place) => ({ ...place, away: distance(place.centre, village.centre) }))
      .sort((a, b) => a.away - b.away)
      .slice(0, 2);
    for (const [rank, place] of nearest.entries()) {
      const role: StreetRole = { kind: "country", toward: place.name };
      connect(village.centre, place.centre, road(rank === 0 ? "tertiary" : "unclassified", role, 80));
    }
    known.push({ centre: village.centre, name: places.villages[i]! });
  }
}

/** A road round each city park and along the city's side of the lake. */
function drawGreenRims(net: StreetNet, land: Land): void {
  for (const green of land.greens) {
    if (!green.urban) continue;
    const rim = resample(
      curveThrough(
        green.outline.slice(0, -1).filter((_, i) => i % 4 === 0),
        true,
      ),
      16,
    );
    drawLoop(net, rim, net.addStreet(road("residential", { kind: "local", quarter: "inner" }, 30)));
  }
}

function nearestPoint(line: Line, p: Point): Point {
  return line.reduce((best, candidate) => (distance(candidate, p) < distance(best, p) ? candidate : best));
}
