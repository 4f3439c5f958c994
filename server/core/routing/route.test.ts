import fc from "fast-check";
import { expect, test } from "vitest";
import { findRouteFlaw } from "./check-route.ts";
import { createRoute, insertVisit, isOnTime, type Route, timelineOf, type Visit } from "./route.ts";

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

test("with a visit at any place a route is on time exactly when the clock says so, and starts as its timeline says", () => {
  fc.assert(
    fc.property(scene, (s) => {
      const { route, visit, sec, m } = s;
      const stops = Array.from({ length: route.length }, (_, p) => p + 1);
      const v = route.length + 1;
      for (let place = 0; place <= route.length; place++) {
        const after = place === route.length ? 0 : place + 1;
        const grown = insertVisit(
          route,
          visit,
          place,
          { sec: sec[place]![v]!, m: m[place]![v]! },
          { sec: sec[v]![after]!, m: m[v]![after]! },
        );
        const timeline = timelineOf(grown);
        const driven = drive(s, stops.toSpliced(place, 0, v));
        expect(isOnTime(grown, timeline)).toBe(driven !== null);
        if (!driven) continue;
        expect(findRouteFlaw(grown, timeline.earliestSec)).toBeNull();
        // The latest starts are a plan too: every stop may wait that long at once.
        expect(findRouteFlaw(grown, timeline.latestSec)).toBeNull();
        expect(grown.legM.reduce((sum, leg) => sum + leg, grown.homeLegM)).toBe(driven.m);
      }
    }),
    { numRuns: 1000 },
  );
});
