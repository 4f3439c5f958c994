import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createClimb, downSlope, upSlope } from "./climb.ts";
import {
  type Arcs,
  buildHierarchy,
  type Hierarchy,
  orderByBranch,
  orderByImportance,
} from "./contraction-hierarchy.ts";
import { distanceDmOf, durationDsOf, packCost, UNREACHED } from "./cost.ts";
import { dijkstra, groupArcs } from "./dijkstra.ts";
import { manyToMany } from "./many-to-many.ts";
import { addSeed, createSeeds, type Seeds } from "./seeds.ts";
import { shortestPath } from "./shortest-path.ts";
import { createStandingPlan, noteWanted } from "./standing-plan.ts";
import { planSweep, sweep } from "./sweep.ts";

interface RandomGraph {
  readonly vertexCount: number;
  readonly arcs: Arcs;
}

/** Directed, with one-ways, parallel arcs, loops and parts that cannot be reached; few distinct costs, so ties are common. */
const randomGraph: fc.Arbitrary<RandomGraph> = fc.integer({ min: 1, max: 24 }).chain((vertexCount) => {
  const vertex = fc.integer({ min: 0, max: vertexCount - 1 });
  const arc = fc.tuple(vertex, vertex, fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 4 }), fc.boolean());
  return fc.array(arc, { maxLength: 80 }).map((drawn) => {
    const both = drawn.flatMap(([a, b, ds, dm, twoWay]) => {
      const cost = packCost(ds, dm);
      return twoWay ? [[a, b, cost] as const, [b, a, cost + packCost(1, 0)] as const] : [[a, b, cost] as const];
    });
    const arcs = {
      tail: Int32Array.from(both, ([a]) => a),
      head: Int32Array.from(both, ([, b]) => b),
      cost: Float64Array.from(both, ([, , cost]) => cost),
    };
    return { vertexCount, arcs };
  });
});

/** The graph renumbered for its hierarchy, and the hierarchy over it; arcs are remembered by their index. */
function contractGraph({ vertexCount, arcs }: RandomGraph): { arcs: Arcs; hierarchy: Hierarchy } {
  const order = orderByImportance(vertexCount, arcs);
  const number = new Int32Array(vertexCount);
  orderByBranch(vertexCount, arcs, order).forEach((vertex, i) => {
    number[vertex] = i;
  });
  const renumbered = { ...arcs, tail: arcs.tail.map((v) => number[v]!), head: arcs.head.map((v) => number[v]!) };
  const via = Int32Array.from(arcs.tail, (_, a) => a);
  const contraction = order.map((vertex) => number[vertex]!);
  return { arcs: renumbered, hierarchy: buildHierarchy(vertexCount, renumbered, via, contraction) };
}

function seedAt(vertex: number): Seeds {
  const seeds = createSeeds();
  addSeed(seeds, vertex, 0);
  return seeds;
}

function allPairs(vertexCount: number, arcs: Arcs): Float64Array[] {
  const graph = groupArcs(vertexCount, arcs.tail, arcs.head, arcs.cost);
  return Array.from({ length: vertexCount }, (_, source) => dijkstra(graph, source));
}

describe("a contraction hierarchy agrees with Dijkstra", () => {
  test("sweeping from one vertex to all, and from all to one", () => {
    fc.assert(
      fc.property(randomGraph, (graph) => {
        const { arcs, hierarchy } = contractGraph(graph);
        const expected = allPairs(graph.vertexCount, arcs);
        const [up, down] = [upSlope(hierarchy), downSlope(hierarchy)];
        const every = Int32Array.from({ length: graph.vertexCount }, (_, v) => v);
        const positionOf = new Int32Array(graph.vertexCount);
        const climb = createClimb(graph.vertexCount);
        const costs = new Float64Array(graph.vertexCount);
        for (let v = 0; v < graph.vertexCount; v++) {
          sweep(planSweep(down, every, positionOf), climb, seedAt(v), up, down, costs);
          expect(costs).toEqual(expected[v]);
          sweep(planSweep(up, every, positionOf), climb, seedAt(v), down, up, costs);
          expect(costs).toEqual(Float64Array.from(expected, (row) => row[v]!));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("sweeping over no more than some wanted vertices need", () => {
    fc.assert(
      fc.property(randomGraph, fc.array(fc.nat(), { maxLength: 5 }), (graph, picks) => {
        const { arcs, hierarchy } = contractGraph(graph);
        const expected = allPairs(graph.vertexCount, arcs);
        const wanted = Int32Array.from(picks, (n) => n % graph.vertexCount);
        const [up, down] = [upSlope(hierarchy), downSlope(hierarchy)];
        const positionOf = new Int32Array(graph.vertexCount);
        const plan = planSweep(down, wanted, positionOf);
        const climb = createClimb(graph.vertexCount);
        const costs = new Float64Array(plan.vertex.length);
        for (let v = 0; v < graph.vertexCount; v++) {
          sweep(plan, climb, seedAt(v), up, down, costs);
          for (const w of wanted) expect(costs[positionOf[w]!]).toBe(expected[v]![w]);
        }
        if (wanted.length === 0) expect(plan.vertex.length).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test("sweeping over a plan that follows what is wanted, query after query", () => {
    fc.assert(
      fc.property(randomGraph, fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 150 }), (graph, queries) => {
        const { arcs, hierarchy } = contractGraph(graph);
        const expected = allPairs(graph.vertexCount, arcs);
        const [up, down] = [upSlope(hierarchy), downSlope(hierarchy)];
        const standing = createStandingPlan(down);
        const climb = createClimb(graph.vertexCount);
        const costs = new Float64Array(graph.vertexCount);
        let newcomers = 0;
        queries.forEach((picks, q) => {
          const wanted = Int32Array.from(picks, (n) => n % graph.vertexCount);
          noteWanted(standing, wanted, wanted.length);
          const source = q % graph.vertexCount;
          sweep(standing.plan, climb, seedAt(source), up, down, costs);
          for (const w of wanted) {
            const position = standing.positionOf[w]!;
            if (position >= 0) expect(costs[position]).toBe(expected[source]![w]);
            else newcomers++;
          }
        });
        // Each time 32 newcomers were met a plan was made for them, and the graph has 24 vertices at most.
        expect(newcomers).toBeLessThan(32 * 24);
      }),
      { numRuns: 100 },
    );
  });

  test("from many to many, and never raising what is known already", () => {
    const known = packCost(3, 0);
    fc.assert(
      fc.property(
        randomGraph,
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (graph, s, t) => {
          const { arcs, hierarchy } = contractGraph(graph);
          const expected = allPairs(graph.vertexCount, arcs);
          const sources = s.map((n) => n % graph.vertexCount);
          const targets = t.map((n) => n % graph.vertexCount);
          const at = (vertices: number[]) => (i: number, seeds: Seeds) => {
            seeds.count = 0;
            addSeed(seeds, vertices[i]!, 0);
          };
          const costs = new Float64Array(sources.length * targets.length).fill(known);
          manyToMany(hierarchy, sources.length, at(sources), targets.length, at(targets), createSeeds(), costs);
          const wanted = sources.flatMap((from) => targets.map((to) => Math.min(known, expected[from]![to]!)));
          expect(costs).toEqual(Float64Array.from(wanted));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("paths from two seeds to two seeds lead over real arcs whose costs add up", () => {
    fc.assert(
      fc.property(randomGraph, fc.array(fc.nat(), { minLength: 4, maxLength: 4 }), (graph, picks) => {
        const { arcs, hierarchy } = contractGraph(graph);
        const expected = allPairs(graph.vertexCount, arcs);
        const [s1, s2, t1, t2] = picks.map((n) => n % graph.vertexCount) as [number, number, number, number];
        const sources = createSeeds();
        addSeed(sources, s1, packCost(2, 1));
        addSeed(sources, s2, 0);
        const targets = createSeeds();
        addSeed(targets, t1, packCost(1, 0));
        addSeed(targets, t2, packCost(4, 0));
        const entry = new Map([[s1, packCost(2, 1)]]).set(s2, 0);
        const exit = new Map([[t2, packCost(4, 0)]]).set(t1, packCost(1, 0));
        let best = UNREACHED;
        for (const [from, toll] of entry)
          for (const [to, rest] of exit) best = Math.min(best, toll + expected[from]![to]! + rest);

        const forward = createClimb(graph.vertexCount);
        const path = shortestPath(hierarchy, sources, targets, forward, createClimb(graph.vertexCount));
        if (best === UNREACHED) {
          expect(path).toBeNull();
          return;
        }
        let at = path!.source;
        let cost = entry.get(at)!;
        for (const arc of path!.via) {
          expect(arcs.tail[arc]).toBe(at);
          at = arcs.head[arc]!;
          cost += arcs.cost[arc]!;
        }
        expect(at).toBe(path!.target);
        expect(cost + exit.get(at)!).toBe(best);
        expect(path!.cost).toBe(best);
      }),
      { numRuns: 300 },
    );
  });
});

test("every arc of a hierarchy joins a smaller number with a larger", () => {
  fc.assert(
    fc.property(randomGraph, (graph) => {
      const { hierarchy } = contractGraph(graph);
      for (let v = 0; v < graph.vertexCount; v++) {
        for (let a = hierarchy.upStart[v]!; a < hierarchy.upStart[v + 1]!; a++)
          expect(hierarchy.upHead[a]).toBeLessThan(v);
        for (let a = hierarchy.downStart[v]!; a < hierarchy.downStart[v + 1]!; a++)
          expect(hierarchy.downTail[a]).toBeLessThan(v);
      }
    }),
  );
});

test("a cost adds and compares time first, then distance, without loss", () => {
  // 38 days and 6,000 km of both, added up from a thousand parts.
  let sum = 0;
  for (let i = 0; i < 1000; i++) sum += packCost(33_000, 60_000);
  expect(durationDsOf(sum)).toBe(33_000_000);
  expect(distanceDmOf(sum)).toBe(60_000_000);
  expect(sum).toBeLessThan(UNREACHED);
  expect(packCost(5, 60_000_000)).toBeLessThan(packCost(6, 0));
  expect(packCost(5, 1)).toBeLessThan(packCost(5, 2));
});

test("a plan takes up what is wanted again and again, and forgets what nobody has wanted for long", () => {
  const arcs = { tail: Int32Array.of(0, 1, 2, 3), head: Int32Array.of(1, 0, 3, 2), cost: Float64Array.of(1, 1, 1, 1) };
  const { hierarchy } = contractGraph({ vertexCount: 4, arcs });
  const standing = createStandingPlan(downSlope(hierarchy));
  const [first, second] = [Int32Array.of(hierarchy.upHead[0]!), Int32Array.of(hierarchy.upHead[1]!)];
  noteWanted(standing, first, 1);
  expect(standing.positionOf[first[0]!]).toBe(-1);
  for (let i = 0; i < 31; i++) noteWanted(standing, first, 1);
  expect(standing.positionOf[first[0]!]).toBeGreaterThanOrEqual(0);
  for (let i = 0; i < 1024; i++) noteWanted(standing, second, 1);
  expect(standing.positionOf[second[0]!]).toBeGreaterThanOrEqual(0);
  for (let i = 0; i < 1024; i++) noteWanted(standing, second, 1);
  expect(standing.positionOf[first[0]!]).toBe(-1);
});
