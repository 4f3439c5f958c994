import fc from "fast-check";
import { expect, test } from "vitest";
import { findRouteFlaw } from "./check-route.ts";
import { cheapestPosition, createInsertion, insertVisit, NOWHERE, type Visit, type VisitTravel } from "./insertion.ts";
import { createRoute, isOnTime, type Route, timelineOf } from "./route.ts";

/** A route and a visit with an arbitrary asymmetric matrix between home (0), the stops (1 … n) and the visit (n + 1). */
interface Scene {
  route: Route;
  visit: Visit;
  sec: number[][];
  m: number[][];
}

const scene: fc.Arbitrary<Scene> = fc
  .record({
    n: fc.integer({ min: 0, max: 6 }),
    draws: fc.array(fc.integer({ min: 0, max: 1200 }), { minLength: 200, maxLength: 200 }),
    horizon: fc.integer({ min: 1000, max: 12_000 }),
  })
  .map(({ n, draws, horizon }) => {
    let drawn = 0;
    const next = (): number => draws[drawn++ % draws.length]!;
    const matrix = () => Array.from({ length: n + 2 }, () => Array.from({ length: n + 2 }, next));
    const sec = matrix();
    const m = matrix();
    const window = () => {
      const start = (next() * 5) % horizon;
      return { windowStartSec: start, windowEndSec: start + 300 + next() * 4, serviceSec: next() % 400 };
    };
    const stops = Array.from({ length: n }, window);
    const route = createRoute(
      0,
      horizon,
      {
        windowStartSec: stops.map((s) => s.windowStartSec),
        windowEndSec: stops.map((s) => s.windowEndSec),
        serviceSec: stops.map((s) => s.serviceSec),
        legSec: stops.map((_, p) => sec[p]![p + 1]!),
        legM: stops.map((_, p) => m[p]![p + 1]!),
      },
      n ? sec[n]![0]! : 0,
      n ? m[n]![0]! : 0,
    );
    return { route, visit: window(), sec, m };
  })
  .filter(({ route }) => isOnTime(route, timelineOf(route)));

function travelOf({ route, sec, m }: Scene): VisitTravel {
  const v = route.length + 1;
  const column = (matrix: number[][]) => Int32Array.from({ length: route.length }, (_, p) => matrix[p + 1]![v]!);
  const row = (matrix: number[][]) => Int32Array.from({ length: route.length }, (_, p) => matrix[v]![p + 1]!);
  return {
    toSec: column(sec),
    toM: column(m),
    fromSec: row(sec),
    fromM: row(m),
    homeToSec: Int32Array.of(sec[0]![v]!),
    homeToM: Int32Array.of(m[0]![v]!),
    homeFromSec: Int32Array.of(sec[v]![0]!),
    homeFromM: Int32Array.of(m[v]![0]!),
  };
}

/** Walks the clock along a sequence of matrix indices; null when someone would be served late or the van home late. */
function drive({ route, visit, sec, m }: Scene, sequence: number[]): { m: number; sec: number } | null {
  let clock = route.startSec;
  let at = 0;
  const sum = { m: 0, sec: 0 };
  for (const to of sequence) {
    const isVisit = to === route.length + 1;
    const opens = isVisit ? visit.windowStartSec : route.windowStartSec[to - 1]!;
    const closes = isVisit ? visit.windowEndSec : route.windowEndSec[to - 1]!;
    const service = isVisit ? visit.serviceSec : route.serviceSec[to - 1]!;
    clock = Math.max(opens, clock + sec[at]![to]!);
    if (clock >= closes) return null;
    clock += service;
    sum.m += m[at]![to]!;
    sum.sec += sec[at]![to]! + service;
    at = to;
  }
  if (sequence.length > 0) {
    clock += sec[at]![0]!;
    sum.m += m[at]![0]!;
    sum.sec += sec[at]![0]!;
  }
  return clock > route.endSec ? null : sum;
}

const RATES = { centsPerM: 0.03, centsPerSec: 0.6 };

// The kernel reasons with slack; the oracle just walks the clock. They share no code.
test("cheapestPosition agrees with trying every position and walking the clock", () => {
  fc.assert(
    fc.property(scene, (s) => {
      const stops = Array.from({ length: s.route.length }, (_, p) => p + 1);
      const before = drive(s, stops)!;
      let position = NOWHERE;
      let cost = Number.POSITIVE_INFINITY;
      for (let p = 0; p <= stops.length; p++) {
        const after = drive(s, [...stops.slice(0, p), s.route.length + 1, ...stops.slice(p)]);
        if (!after) continue;
        const extra = (after.m - before.m) * RATES.centsPerM + (after.sec - before.sec) * RATES.centsPerSec;
        if (extra < cost - 1e-9) [position, cost] = [p, extra];
      }
      const found = cheapestPosition(
        s.route,
        timelineOf(s.route),
        s.visit,
        travelOf(s),
        0,
        0,
        RATES,
        createInsertion(),
      );
      expect(found.position).toBe(position);
      if (position !== NOWHERE) expect(found.costCents).toBeCloseTo(cost, 6);
    }),
    { numRuns: 3000 },
  );
});

test("a route with the visit put in where the kernel says has no flaw, and starts as its timeline says", () => {
  fc.assert(
    fc.property(scene, (s) => {
      const travel = travelOf(s);
      const { position } = cheapestPosition(
        s.route,
        timelineOf(s.route),
        s.visit,
        travel,
        0,
        0,
        RATES,
        createInsertion(),
      );
      if (position === NOWHERE) return;
      const v = s.route.length + 1;
      const before = position;
      const after = position === s.route.length ? 0 : position + 1;
      const grown = insertVisit(
        s.route,
        s.visit,
        position,
        { sec: s.sec[before]![v]!, m: s.m[before]![v]! },
        { sec: s.sec[v]![after]!, m: s.m[v]![after]! },
      );
      const timeline = timelineOf(grown);
      expect(isOnTime(grown, timeline)).toBe(true);
      expect(findRouteFlaw(grown, timeline.earliestSec)).toBeNull();
      // The latest starts are a plan too: every stop may wait that long at once.
      expect(findRouteFlaw(grown, timeline.latestSec)).toBeNull();
    }),
    { numRuns: 1000 },
  );
});

test("an empty route takes a visit when the van can be there in the window and home in time", () => {
  // Leaves at 0, 600 s out, waits for the window at 1000, serves 300 s, 700 s home: back at 2000.
  const route = (endSec: number) =>
    createRoute(0, endSec, { windowStartSec: [], windowEndSec: [], serviceSec: [], legSec: [], legM: [] }, 0, 0);
  const travel: VisitTravel = {
    toSec: new Int32Array(),
    toM: new Int32Array(),
    fromSec: new Int32Array(),
    fromM: new Int32Array(),
    homeToSec: Int32Array.of(600),
    homeToM: Int32Array.of(5000),
    homeFromSec: Int32Array.of(700),
    homeFromM: Int32Array.of(6000),
  };
  const visit: Visit = { windowStartSec: 1000, windowEndSec: 2000, serviceSec: 300 };
  const at = (endSec: number) =>
    cheapestPosition(route(endSec), timelineOf(route(endSec)), visit, travel, 0, 0, RATES, createInsertion());
  expect(at(2000)).toMatchObject({ position: 0, extraM: 11_000, extraSec: 1600 });
  expect(at(1999).position).toBe(NOWHERE);
});

test("the last second of a window still counts and the first one after it does not", () => {
  const travelOf600 = (windowEndSec: number) => {
    const empty = createRoute(
      0,
      9999,
      { windowStartSec: [], windowEndSec: [], serviceSec: [], legSec: [], legM: [] },
      0,
      0,
    );
    const travel = Object.fromEntries(
      ["toSec", "toM", "fromSec", "fromM", "homeToSec", "homeToM", "homeFromSec", "homeFromM"].map((k) => [
        k,
        Int32Array.of(600),
      ]),
    ) as unknown as VisitTravel;
    return cheapestPosition(
      empty,
      timelineOf(empty),
      { windowStartSec: 0, windowEndSec, serviceSec: 0 },
      travel,
      0,
      0,
      RATES,
      createInsertion(),
    );
  };
  expect(travelOf600(601).position).toBe(0);
  expect(travelOf600(600).position).toBe(NOWHERE);
});
