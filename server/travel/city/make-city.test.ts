import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type MapSource, ROAD_CLASSES, type SourceWay } from "../map-source.ts";
import { makeCity } from "./make-city.ts";

/** Metres in a degree at the city's latitude, near enough for every check here. */
const METRES = { lng: 84_500, lat: 111_040 };

interface Stretch {
  readonly way: SourceWay;
  readonly from: number;
  readonly to: number;
}

function stretchesOf(city: MapSource): Stretch[] {
  return city.ways.flatMap((way) => Array.from(way.points.slice(1), (to, i) => ({ way, from: way.points[i]!, to })));
}

function lengthM(city: MapSource, { from, to }: Stretch): number {
  return Math.hypot((city.lng[to]! - city.lng[from]!) * METRES.lng, (city.lat[to]! - city.lat[from]!) * METRES.lat);
}

function hashOf(city: MapSource): string {
  const hash = createHash("sha256").update(city.name).update(city.lng).update(city.lat);
  for (const { points, ...rest } of city.ways) hash.update(points).update(JSON.stringify(rest));
  for (const { rings, ...rest } of city.areas) {
    hash.update(JSON.stringify(rest));
    for (const ring of rings) hash.update(ring);
  }
  return hash.update(JSON.stringify(city.places)).digest("hex");
}

/** Whether the segments ab and cd cross, by the sides on which their ends lie. */
function cross(
  city: MapSource,
  a: number,
  b: number,
  c: readonly [number, number],
  d: readonly [number, number],
): boolean {
  const p: [number, number] = [city.lng[a]!, city.lat[a]!];
  const q: [number, number] = [city.lng[b]!, city.lat[b]!];
  const side = (u: readonly number[], v: readonly number[], w: readonly number[]) =>
    Math.sign((v[0]! - u[0]!) * (w[1]! - u[1]!) - (v[1]! - u[1]!) * (w[0]! - u[0]!));
  return side(p, q, c) * side(p, q, d) < 0 && side(c, d, p) * side(c, d, q) < 0;
}

/** All points that one can reach from one of them, along the ways or against them. */
function reach(city: MapSource, from: number, against: boolean): Set<number> {
  const next = new Map<number, number[]>();
  const link = (a: number, b: number) => {
    const list = next.get(a);
    if (list === undefined) next.set(a, [b]);
    else list.push(b);
  };
  for (const { way, from: a, to: b } of stretchesOf(city)) {
    if (way.oneway === 0 || against) link(b, a);
    if (way.oneway === 0 || !against) link(a, b);
  }
  const reached = new Set([from]);
  const queue = [from];
  for (let point = queue.pop(); point !== undefined; point = queue.pop())
    for (const neighbour of next.get(point) ?? [])
      if (!reached.has(neighbour)) {
        reached.add(neighbour);
        queue.push(neighbour);
      }
  return reached;
}

function firstAtOrAfter(sorted: readonly { readonly west: number }[], west: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.west < west) low = middle + 1;
    else high = middle;
  }
  return low;
}

const cities = [1, 4].map((seed) => makeCity({ seed }));

test("a seed makes the same city on every machine", () => {
  // Changes with every change of the generator, on purpose; it must not change with the machine.
  expect(hashOf(cities[0]!)).toBe("ee5fdbccb75b3f7192266cf35691b90b3af71d4efa6924afe07cc2cca8a784ac");
});

test("another seed makes another city", () => {
  expect(hashOf(cities[0]!)).not.toBe(hashOf(cities[1]!));
});

describe.each(cities)("the city of $name", (city) => {
  const stretches = stretchesOf(city);

  test("lets a van reach nearly every place and come back", () => {
    const used = new Set(stretches.flatMap(({ from, to }) => [from, to]));
    const start = city.ways.find((way) => way.roadClass === "tertiary")!.points[0]!;
    const [out, back] = [reach(city, start, false), reach(city, start, true)];
    const both = [...used].filter((point) => out.has(point) && back.has(point));
    expect(both.length / used.size).toBeGreaterThan(0.97);
  });

  test("has as many junctions as a city", () => {
    const degree = new Int32Array(city.lng.length);
    for (const { from, to } of stretches) {
      degree[from]!++;
      degree[to]!++;
    }
    const junctions = degree.filter((count) => count > 2).length;
    expect(junctions).toBeGreaterThan(15_000);
    expect(junctions).toBeLessThan(25_000);
  });

  test("has roads of every class", () => {
    expect(new Set(city.ways.map((way) => way.roadClass))).toEqual(new Set(ROAD_CLASSES));
  });

  test("is crossed by a river that only bridges cross", () => {
    const banks = city.areas.find((area) => area.kind === "water" && area.name.startsWith("River"))!.rings[0]!;
    // Bank by bank: the few stretches near each are all that could cross it.
    const byLng = stretches
      .map((stretch) => ({ ...stretch, west: Math.min(city.lng[stretch.from]!, city.lng[stretch.to]!) }))
      .sort((s, t) => s.west - t.west);
    const widest = byLng.reduce((most, { from, to }) => Math.max(most, Math.abs(city.lng[from]! - city.lng[to]!)), 0);
    const crossings: Stretch[] = [];
    for (let i = 2; i < banks.length; i += 2) {
      const a = [banks[i - 2]!, banks[i - 1]!] as const;
      const b = [banks[i]!, banks[i + 1]!] as const;
      let first = firstAtOrAfter(byLng, Math.min(a[0], b[0]) - widest);
      for (; first < byLng.length && byLng[first]!.west <= Math.max(a[0], b[0]); first++)
        if (cross(city, byLng[first]!.from, byLng[first]!.to, a, b)) crossings.push(byLng[first]!);
    }
    expect(crossings.filter(({ way }) => !way.bridge)).toEqual([]);
    const bridges = new Set(crossings.map(({ way }) => way));
    // Each is crossed on two banks: about five in the city, the ring's carriageways, and out in the country.
    expect(bridges.size).toBeGreaterThanOrEqual(6);
    expect(bridges.size).toBeLessThan(30);
  });

  test("has no stretch of absurd length", () => {
    const lengths = stretches.map((stretch) => lengthM(city, stretch));
    expect(lengths.filter((length) => length > 1_600)).toEqual([]);
    expect(lengths.filter((length) => length < 1).length / lengths.length).toBeLessThan(0.002);
  });

  test("names its streets, differently, and without numbers", () => {
    const named = new Set(city.ways.map((way) => way.name).filter((name) => name !== ""));
    expect(named.size).toBeGreaterThan(5_000);
    expect([...named].filter((name) => !/^[A-Z][A-Za-z' ]+$/.test(name))).toEqual([]);
  });

  test("has towns and villages around it, each on the road network", () => {
    const kinds = city.places.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "city")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "town").length).toBeGreaterThanOrEqual(4);
    for (const { name, lng, lat, kind } of city.places) {
      const nearest = Math.min(
        ...stretches
          .filter(({ from }) => Math.abs(city.lng[from]! - lng) < 0.01)
          .map(({ from }) => Math.hypot((city.lng[from]! - lng) * METRES.lng, (city.lat[from]! - lat) * METRES.lat)),
      );
      expect(nearest, `${kind} ${name}`).toBeLessThan(400);
    }
  });
});
