import { makeRandom, type Random } from "#server/core/random.ts";
import type { MapSource, SourceArea, SourcePlace, SourceWay } from "../map-source.ts";
import { outlinesOf } from "../outlines.ts";
import { drawArterials, road } from "./arterials.ts";
import { findBlocks } from "./blocks.ts";
import { makeDirectionField } from "./direction-field.ts";
import { fillStreets, type Layer } from "./fill-streets.ts";
import { HEART, type Land, makeLand } from "./land.ts";
import { makeNames, type Names } from "./names.ts";
import { makeNoise } from "./noise.ts";
import { areaOf, distance, type Line, lengthOf, type Point, simplifiedIndices } from "./plane.ts";
import { type Fabric, type FabricAt, makeFabric } from "./quarters.ts";
import { drawSpurs } from "./spurs.ts";
import type { Quarter, Street, StreetNet } from "./street-net.ts";
import { keepReachable } from "./traffic-rules.ts";

/** The city stands in the open Atlantic off Portugal, where no real street can be mistaken for one of its own. */
export const CITY_LNG = -11.4;
export const CITY_LAT = 40.7;
/** The zone that fits the place. */
export const CITY_TIME_ZONE = "Europe/Lisbon";
/** Metres in a degree at that latitude, as constants: a cosine may differ in its last bit between machines. */
const METRES_PER_LNG = 84_500;
const METRES_PER_LAT = 111_040;

export interface CityPlan {
  /** Any integer; the same seed gives the same bytes on every machine. */
  readonly seed: number;
}

/**
 * Draws a city of about 20,000 junctions from a seed: land and water first, then main roads, then the streets between.
 *
 * Nothing in this folder may call Math.random, a clock, or a transcendental function of Math, whose last bits the language
 * leaves open.
 */
export function makeCity({ seed }: CityPlan): MapSource {
  const random = makeRandom(seed);
  const land = makeLand(random.fork("land"));
  const names = makeNames(random.fork("names"), { towns: land.towns.length, villages: land.villages.length });
  const { net, ring, boulevard } = drawArterials(land, names, random.fork("arterials"));
  const field = makeDirectionField(land, net, boulevard, random.fork("field"));

  const fabricAt = makeFabric(land, ring.line, random.fork("fabric").below(1 << 30));
  for (const [label, layer] of Object.entries(LAYERS)) fillStreets({ net, field, fabricAt }, layer, random.fork(label));
  const spurs = random.fork("spurs");
  for (const kind of SPURS) drawSpurs(net, fabricAt, kind, spurs);

  const isOneway = chooseOneways(net, fabricAt, random.fork("oneways"));
  keepReachable(net, isOneway);
  return toSource(net, land, fabricAt, names, isOneway, random.fork("source"));
}

const COLLECTOR_M: Record<Quarter, number> = { old: 0, inner: 430, suburb: 500, town: 560, industry: 0, country: 0 };

const LAYERS: Record<string, Layer> = {
  collectors: {
    spacingM: (fabric) => COLLECTOR_M[fabric.quarter],
    street: ({ quarter }) => road("tertiary", { kind: "collector", quarter }, 50),
    longestM: 5_000,
    shortestM: 320,
    endAtMeeting: () => 0.06,
    // A loose end is met by the local streets that follow.
    keepDeadEnd: () => 1,
  },
  locals: {
    spacingM: (fabric, family) => (fabric.quarter === "country" ? 0 : fabric.spacingM[family]),
    street: localStreet,
    longestM: 2_200,
    shortestM: 48,
    endAtMeeting: (fabric) => fabric.endAtMeeting,
    keepDeadEnd: (fabric) => fabric.keepDeadEnd,
  },
  lanes: {
    spacingM: (fabric, family) => (fabric.quarter === "country" ? fabric.spacingM[family] : 0),
    street: () => road("unclassified", { kind: "local", quarter: "country" }, 70),
    longestM: 6_000,
    shortestM: 450,
    endAtMeeting: (fabric) => fabric.endAtMeeting,
    keepDeadEnd: (fabric) => fabric.keepDeadEnd,
  },
};

function localStreet({ quarter }: Fabric, lengthM: number): Street {
  if (quarter === "industry") return road("unclassified", { kind: "local", quarter }, 50);
  if (quarter === "old" && lengthM < 190) return road("living_street", { kind: "local", quarter }, 20);
  return road("residential", { kind: "local", quarter }, 30);
}

const SPURS = [
  {
    street: road("residential", { kind: "close" }, 30),
    lengthM: [60, 130] as const,
    clearM: 33,
    density: 0.2,
    grows: ({ quarter }: Fabric) => quarter === "suburb" || quarter === "town",
  },
  {
    street: road("living_street", { kind: "close" }, 20),
    lengthM: [46, 90] as const,
    clearM: 26,
    density: 0.025,
    grows: ({ quarter }: Fabric) => quarter === "suburb" || quarter === "inner",
  },
  {
    street: road("service", { kind: "yard" }, 0),
    lengthM: [42, 150] as const,
    clearM: 30,
    density: 0.4,
    grows: ({ quarter }: Fabric) => quarter === "industry",
  },
  {
    street: { ...road("track", { kind: "track" }, 0), surface: "unpaved" as const },
    lengthM: [160, 620] as const,
    clearM: 110,
    density: 0.05,
    grows: ({ quarter }: Fabric) => quarter === "country",
  },
];

/** Narrow streets of the centre carry traffic one way; which ones, chance decides, then {@link keepReachable} mends. */
function chooseOneways(net: StreetNet, fabricAt: FabricAt, random: Random): boolean[] {
  const oneway = net.streets.map((street) => street.oneway);
  const decided = new Set<number>();
  for (let edge = 0; edge < net.from.length; edge++) {
    const street = net.streetOf[edge]!;
    if (!net.alive[edge] || decided.has(street)) continue;
    decided.add(street);
    const { kind } = net.streets[street]!.role;
    const share = fabricAt(net.point(net.from[edge]!))?.oneway ?? 0;
    if (kind === "local" && random.chance(share)) oneway[street] = true;
  }
  return oneway;
}

function toSource(
  net: StreetNet,
  land: Land,
  fabricAt: FabricAt,
  names: Names,
  isOneway: readonly boolean[],
  random: Random,
): MapSource {
  const points = new PointTable(net);
  const ways: SourceWay[] = [];
  const edgesOf: number[][] = net.streets.map(() => []);
  for (let edge = 0; edge < net.from.length; edge++) if (net.alive[edge]) edgesOf[net.streetOf[edge]!]!.push(edge);
  for (const [street, edges] of edgesOf.entries()) {
    if (edges.length === 0) continue;
    const { role, roadClass, limitKph, surface } = net.streets[street]!;
    const name = names.street(role);
    for (const { nodes, bridge } of chains(net, edges))
      ways.push({
        points: points.take(nodes),
        roadClass,
        oneway: isOneway[street] ? 1 : 0,
        limitKph,
        surface,
        bridge,
        tunnel: false,
        name,
      });
  }
  const { lng, lat } = points.coordinates();
  return {
    name: names.city,
    attribution: "Generated map",
    lng,
    lat,
    ways,
    areas: makeAreas(net, land, fabricAt, names, random),
    places: makePlaces(land, fabricAt, names, random),
  };
}

/** Splits a street's edges into runs that a van drives in one go: where a bridge begins or the street is torn, a new run. */
function chains(net: StreetNet, edges: readonly number[]): { nodes: number[]; bridge: boolean }[] {
  const leaving = new Map<number, number>();
  const entered = new Set<number>();
  for (const edge of edges) {
    leaving.set(net.from[edge]!, edge);
    entered.add(net.to[edge]!);
  }
  const runs: { nodes: number[]; bridge: boolean }[] = [];
  const done = new Set<number>();
  const starts = [...edges.filter((edge) => !entered.has(net.from[edge]!)), ...edges];
  for (const start of starts) {
    for (let edge: number | undefined = start; edge !== undefined && !done.has(edge); ) {
      const run: { nodes: number[]; bridge: boolean } = { nodes: [net.from[edge]!], bridge: net.isBridge[edge]! };
      while (edge !== undefined && !done.has(edge) && net.isBridge[edge] === run.bridge) {
        done.add(edge);
        run.nodes.push(net.to[edge]!);
        edge = leaving.get(net.to[edge]!);
      }
      runs.push(run);
    }
  }
  return runs;
}

/** Numbers the points that ways use; bends that the eye cannot see are left out, junctions never. */
class PointTable {
  private readonly net: StreetNet;
  private readonly index: Int32Array;
  private readonly nodes: number[] = [];

  constructor(net: StreetNet) {
    this.net = net;
    this.index = new Int32Array(net.x.length).fill(-1);
  }

  take(nodes: readonly number[]): Int32Array {
    const kept: number[] = [];
    let first = 0;
    for (let i = 1; i < nodes.length; i++) {
      if (i < nodes.length - 1 && !this.net.isJunction(nodes[i]!)) continue;
      const piece = nodes.slice(first, i + 1);
      const indices = simplifiedIndices(
        piece.map((node) => this.net.point(node)),
        0.8,
      );
      for (const index of first === 0 ? indices : indices.slice(1)) kept.push(this.number(piece[index]!));
      first = i;
    }
    return Int32Array.from(kept);
  }

  private number(node: number): number {
    if (this.index[node] === -1) this.index[node] = this.nodes.push(node) - 1;
    return this.index[node]!;
  }

  coordinates(): { lng: Float64Array; lat: Float64Array } {
    const places = this.nodes.map((node) => toDegrees(this.net.point(node)));
    return { lng: Float64Array.from(places, ([lng]) => lng), lat: Float64Array.from(places, ([, lat]) => lat) };
  }
}

/** Rounded to seven decimals, about a centimetre, as OpenStreetMap does. */
function toDegrees({ x, y }: Point): [lng: number, lat: number] {
  const round = (degrees: number) => Math.round(degrees * 1e7) / 1e7;
  return [round(CITY_LNG + x / METRES_PER_LNG), round(CITY_LAT + y / METRES_PER_LAT)];
}

function toRing(line: Line): Float64Array {
  return Float64Array.from(line.flatMap(toDegrees));
}

function makeAreas(net: StreetNet, land: Land, fabricAt: FabricAt, names: Names, random: Random): SourceArea[] {
  const built = builtUp(net);
  return [
    ...built.map((rings) => ({ kind: "built" as const, name: "", rings: rings.map(toRing) })),
    ...land.greens.map((green) => ({
      kind: "park" as const,
      name: names.park(!green.urban),
      rings: [toRing(green.outline)],
    })),
    ...pocketParks(net, fabricAt, random).map((block) => ({
      kind: "park" as const,
      name: names.park(false),
      rings: [toRing(block)],
    })),
    { kind: "water", name: names.river, rings: [toRing(land.river.banks)] },
    { kind: "water", name: names.lake, rings: [toRing(land.lake)] },
  ];
}

/** Outer rings with their holes. */
function builtUp(net: StreetNet): Line[][] {
  const doorsteps: Point[] = [];
  for (let edge = 0; edge < net.from.length; edge++) {
    if (!net.alive[edge]) continue;
    const { role } = net.streets[net.streetOf[edge]!]!;
    const isTown = role.kind === "close" || role.kind === "yard" || ("quarter" in role && role.quarter !== "country");
    if (isTown) doorsteps.push(net.point(net.from[edge]!));
  }
  return outlinesOf(doorsteps, 1.6, 40_000);
}

/** Some blocks were never built on. */
function pocketParks(net: StreetNet, fabricAt: FabricAt, random: Random): Line[] {
  const fashion = makeNoise(random.below(1 << 30), 900);
  return findBlocks(net).filter((block) => {
    const areaM2 = areaOf(block);
    if (areaM2 < 4_000 || areaM2 > 70_000 || lengthOf(block) ** 2 > 30 * areaM2) return false;
    const fabric = fabricAt(block[0]!);
    if (fabric === null || fabric.quarter === "country" || fabric.quarter === "industry") return false;
    return random.chance(0.045 + 0.05 * fashion(block[0]!.x, block[0]!.y));
  });
}

function makePlaces(land: Land, fabricAt: FabricAt, names: Names, random: Random): SourcePlace[] {
  const place = (kind: SourcePlace["kind"], name: string, p: Point): SourcePlace => {
    const [lng, lat] = toDegrees(p);
    return { kind, name, lng, lat };
  };
  const suburbs: Point[] = [];
  for (let attempt = 0; attempt < 2_000 && suburbs.length < names.suburbs.length; attempt++) {
    const p = { x: random.between(-6_500, 6_500), y: random.between(-6_000, 6_000) };
    const quarter = fabricAt(p)?.quarter;
    if (quarter !== "suburb" && quarter !== "inner") continue;
    if (distance(p, HEART) < 1_500 || suburbs.some((other) => distance(other, p) < 1_500)) continue;
    suburbs.push(p);
  }
  return [
    place("city", names.city, HEART),
    ...land.towns.map((town, i) => place("town", names.towns[i]!, town.centre)),
    ...suburbs.map((p, i) => place("suburb", names.suburbs[i]!, p)),
    ...land.villages.map((village, i) => place("village", names.villages[i]!, village.centre)),
  ];
}
