import fc from "fast-check";
import { expect, test } from "vitest";
import { type RelocationProblem, relocate } from "./relocate.ts";

/** Points on a plane, vans from one home; distances rounded up, so they keep the triangle inequality. */
const scene = fc
  .record({
    visits: fc.array(
      fc.record({
        x: fc.integer({ min: -2000, max: 2000 }),
        y: fc.integer({ min: -2000, max: 2000 }),
        window: fc.integer({ min: 0, max: 2 }),
        weightG: fc.integer({ min: 1, max: 400 }),
        frozen: fc.boolean(),
        pinned: fc.boolean(),
      }),
      { minLength: 1, maxLength: 7 },
    ),
    shiftCount: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ visits, shiftCount }) => {
    const places = [...visits, ...Array.from({ length: shiftCount }, () => ({ x: 0, y: 0 }))];
    const distances = Int32Array.from(
      places.flatMap((a) => places.map((b) => Math.ceil(Math.hypot(a.x - b.x, a.y - b.y)))),
    );
    // All visits start on the first van that can take them, which is feasible for any order within these wide windows.
    const problem: RelocationProblem = {
      windowStartSec: Int32Array.from(visits, (v) => v.window * 30_000),
      windowEndSec: Int32Array.from(visits, (v) => (v.window + 1) * 30_000),
      serviceSec: Int32Array.from(visits, () => 100),
      weightG: Int32Array.from(visits, (v) => v.weightG),
      volumeMl: Int32Array.from(visits, () => 1),
      pinnedTo: Int32Array.from(visits, (v) => (v.pinned ? 0 : -1)),
      needsChilled: new Uint8Array(visits.length),
      needsFrozen: Uint8Array.from(visits, (v) => (v.frozen ? 1 : 0)),
      shifts: Array.from({ length: shiftCount }, (_, s) => ({
        startSec: 0,
        endSec: 120_000,
        limitG: 3000,
        limitMl: 100,
        carriesChilled: true,
        carriesFrozen: s !== 1,
        rates: { centsPerM: 0.05, centsPerSec: 0.5 },
      })),
      durationSec: distances,
      distanceM: distances,
    };
    const byWindow = visits.map((_, i) => i).sort((a, b) => visits[a]!.window - visits[b]!.window);
    return { problem, routes: [byWindow, ...Array.from({ length: shiftCount - 1 }, () => [])] as number[][] };
  });

/** Walks the clock and adds the loads; null when something is broken. Shares nothing with the search. */
function costOf(problem: RelocationProblem, routes: readonly (readonly number[])[]): number | null {
  const n = problem.serviceSec.length;
  const size = n + problem.shifts.length;
  const seen = routes.flat().sort((a, b) => a - b);
  if (seen.length !== n || seen.some((visit, i) => visit !== i)) return null;
  let cents = 0;
  for (const [s, visits] of routes.entries()) {
    const shift = problem.shifts[s]!;
    let clock = shift.startSec;
    let at = n + s;
    let grams = 0;
    for (const visit of visits) {
      if (problem.pinnedTo[visit]! >= 0 && problem.pinnedTo[visit] !== s) return null;
      if (problem.needsFrozen[visit] && !shift.carriesFrozen) return null;
      clock = Math.max(problem.windowStartSec[visit]!, clock + problem.durationSec[at * size + visit]!);
      if (clock >= problem.windowEndSec[visit]!) return null;
      clock += problem.serviceSec[visit]!;
      grams += problem.weightG[visit]!;
      cents +=
        problem.distanceM[at * size + visit]! * 0.05 +
        (problem.durationSec[at * size + visit]! + problem.serviceSec[visit]!) * 0.5;
      at = visit;
    }
    if (visits.length > 0) {
      clock += problem.durationSec[at * size + n + s]!;
      cents += problem.distanceM[at * size + n + s]! * 0.05 + problem.durationSec[at * size + n + s]! * 0.5;
    }
    if (grams > shift.limitG || clock > shift.endSec) return null;
  }
  return cents;
}

test("relocate keeps every visit, breaks nothing, and saves what it says", () => {
  fc.assert(
    fc.property(scene, ({ problem, routes }) => {
      const before = costOf(problem, routes);
      fc.pre(before !== null);
      const result = relocate(problem, routes, 1000);
      const after = costOf(problem, result.routes);
      expect(after).not.toBeNull();
      expect(before! - after!).toBeCloseTo(result.savedCents, 4);
      expect(result.savedCents).toBeGreaterThanOrEqual(0);
      // It stopped because no single move is left, not because it tired: a second run finds nothing.
      expect(relocate(problem, result.routes, 1000).moves).toBe(0);
      expect(relocate(problem, routes, 1).moves).toBeLessThanOrEqual(1);
    }),
    { numRuns: 400 },
  );
});

test("a visit that is driven out of order moves to where it costs least", () => {
  // On a line from home at 0: 3000, 1000, 2000 and home is 3000 + 2000 + 1000 + 2000 = 8000; out and back is 6000.
  const at = [1000, 2000, 3000, 0];
  const line = Int32Array.from(at.flatMap((a) => at.map((b) => Math.abs(a - b))));
  const same = (value: number) => Int32Array.of(value, value, value);
  const result = relocate(
    {
      windowStartSec: same(0),
      windowEndSec: same(100_000),
      serviceSec: same(0),
      weightG: same(1),
      volumeMl: same(1),
      pinnedTo: same(-1),
      needsChilled: new Uint8Array(3),
      needsFrozen: new Uint8Array(3),
      shifts: [
        {
          startSec: 0,
          endSec: 100_000,
          limitG: 9,
          limitMl: 9,
          carriesChilled: true,
          carriesFrozen: true,
          rates: { centsPerM: 1, centsPerSec: 0 },
        },
      ],
      durationSec: line,
      distanceM: line,
    },
    [[2, 0, 1]],
    10,
  );
  expect(result.savedCents).toBe(2000);
  expect(result.moves).toBe(1);
});
