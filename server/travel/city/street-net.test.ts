import fc from "fast-check";
import { expect, test } from "vitest";
import { findBlocks } from "./blocks.ts";
import { areaOf, type Line } from "./plane.ts";
import { type Street, StreetNet } from "./street-net.ts";

const STREET: Street = {
  roadClass: "residential",
  role: { kind: "close" },
  oneway: false,
  limitKph: 30,
  surface: "paved",
  closed: false,
};

function drawn(...courses: readonly Line[]): StreetNet {
  const net = new StreetNet(() => false);
  for (const course of courses) net.draw(course, net.addStreet(STREET));
  return net;
}

function edges(net: StreetNet): number[] {
  return net.alive.flatMap((alive, edge) => (alive ? [edge] : []));
}

test("a street that crosses another is knotted to it", () => {
  const net = drawn(
    [
      { x: -100, y: 0 },
      { x: 100, y: 0 },
    ],
    [
      { x: 0, y: -100 },
      { x: 0, y: 100 },
    ],
  );
  expect(edges(net)).toHaveLength(4);
  expect(net.at.filter((list) => list.length === 4)).toHaveLength(1);
});

test("a crossing next to a junction becomes that junction", () => {
  const net = drawn(
    [
      { x: -100, y: 0 },
      { x: 100, y: 0 },
    ],
    [
      { x: 0, y: 0 },
      { x: 0, y: 100 },
    ],
    [
      { x: 5, y: 0 },
      { x: 5, y: -100 },
    ],
  );
  expect(net.at.filter((list) => list.length === 4)).toHaveLength(1);
});

test("a motorway is passed over and stays whole", () => {
  const net = new StreetNet(() => false);
  const motorway = net.addStreet({ ...STREET, roadClass: "motorway", closed: true });
  net.addEdge(net.addNode({ x: -100, y: 0 }), net.addNode({ x: 100, y: 0 }), motorway);
  net.draw(
    [
      { x: 0, y: -50 },
      { x: 0, y: 50 },
    ],
    net.addStreet(STREET),
  );
  expect(edges(net)).toHaveLength(2);
});

test("streets seldom cross without a node", () => {
  const coordinate = fc.integer({ min: -300, max: 300 });
  const course = fc.array(fc.record({ x: coordinate, y: coordinate }), { minLength: 2, maxLength: 2 });
  const drawings = fc.sample(fc.array(course, { minLength: 1, maxLength: 12 }), { numRuns: 300, seed: 1 });
  let count = 0;
  let loose = 0;
  for (const courses of drawings) {
    const net = drawn(...courses);
    // By the sides on which ends lie, with a hair's breadth for ends that touch.
    const side = (a: number, b: number, c: number) =>
      (net.x[b]! - net.x[a]!) * (net.y[c]! - net.y[a]!) - (net.y[b]! - net.y[a]!) * (net.x[c]! - net.x[a]!);
    const apart = (u: number, v: number) => (u > 1e-3 && v < -1e-3) || (u < -1e-3 && v > 1e-3);
    const live = edges(net);
    count += live.length;
    loose += live.filter((e) =>
      live.some((f) => {
        const [a, b, c, d] = [net.from[e]!, net.to[e]!, net.from[f]!, net.to[f]!];
        if (new Set([a, b, c, d]).size < 4) return false;
        return apart(side(a, b, c), side(a, b, d)) && apart(side(c, d, a), side(c, d, b));
      }),
    ).length;
  }
  // A crossing that is moved on to a junction near by may cut a corner with it: a matter of luck, so of many drawings.
  expect(loose).toBeLessThan(0.002 * count);
});

test("the blocks of a grid are its squares", () => {
  const at = (k: number) => 100 * k;
  const courses: Line[] = [];
  for (let k = 0; k <= 3; k++) {
    courses.push([
      { x: at(0), y: at(k) },
      { x: at(3), y: at(k) },
    ]);
    courses.push([
      { x: at(k), y: at(0) },
      { x: at(k), y: at(3) },
    ]);
  }
  const blocks = findBlocks(drawn(...courses));
  expect(blocks.map((block) => Math.round(areaOf(block)))).toEqual(Array(9).fill(10_000));
});
