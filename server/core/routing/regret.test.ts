import fc from "fast-check";
import { expect, test } from "vitest";
import { checkPlan } from "./check-plan.ts";
import { prepare } from "./prepare.ts";
import type { RoutingProblem } from "./problem.ts";
import { insertByRegret } from "./regret.ts";
import { ABSENT, createRoutes } from "./routes.ts";
import { takeOver } from "./take-over.ts";
import { lineMatrix, problemOf } from "./test-problems.ts";
import { smallProblem } from "./test-small-problems.ts";
import { beginStep, createUndo } from "./undo.ts";

/** The plan that insertion by regret alone makes of what is locked. */
function planByRegret(problem: RoutingProblem, choices: number) {
  const prepared = prepare(problem);
  const routes = createRoutes(prepared);
  takeOver(prepared, routes, undefined);
  const { visitCount: n } = prepared;
  const absent = Int32Array.from({ length: n }, (_, v) => v).filter((v) => routes.routeOf[v] === ABSENT);
  const undo = createUndo(prepared);
  beginStep(undo);
  const left = insertByRegret(prepared, routes, undo, absent, absent.length, choices, () => false);
  const orderOf = (k: number): number[] => {
    const order = [];
    for (let node = routes.next[n + k]!; node < n; node = routes.next[node]!) order.push(node);
    return order;
  };
  return {
    routes: problem.vehicles.map((_, k) => orderOf(k)),
    leftOut: Array.from(absent.subarray(0, left)).sort((a, b) => a - b),
  };
}

test("whatever binds a problem, what is put back by regret can be driven, and what fits beside an empty plan is not left out", () => {
  fc.assert(
    fc.property(smallProblem(), fc.constantFrom(2, 3), (problem, choices) => {
      const plan = planByRegret(problem, choices);
      const { flaws, cost } = checkPlan(problem, plan);
      expect(flaws).toEqual([]);
      // Each visit was put where it cost less than its prize, so the plan costs no more than leaving all of them out.
      const nobody = {
        routes: problem.vehicles.map(({ locked }) => locked),
        leftOut: plan.leftOut.concat(
          plan.routes.flatMap((order, k) => order.slice(problem.vehicles[k]!.locked.length)),
        ),
      };
      const served = nobody.leftOut.filter((visit) => !plan.leftOut.includes(visit));
      const allPrized = served.every((visit) => problem.visits.prize[visit]! < Number.POSITIVE_INFINITY);
      if (allPrized) expect(cost.total).toBeLessThanOrEqual(checkPlan(problem, nobody).cost.total + 1e-2);
    }),
    { numRuns: 1000 },
  );
});

test("who has most to lose goes first, by the second route or by the third", () => {
  // Vans of one place each at 0, 10 and 100 m; a visit costs there and back. Visit 0 at 0 m: 0, 20, 200. Visit 1 at 4 m:
  // 8, 12, 192. Regret-2: 20 against 4, so visit 0 takes the first van and visit 1 the second: 0 + 12.
  // Regret-3: 20 + 200 against 4 + 184: the same.
  const at = [0, 10, 100, 0, 4];
  const three = problemOf({
    placeCount: 5,
    durationSec: [lineMatrix(at)],
    loadCount: 1,
    visits: [
      { place: 3, delivery: [1] },
      { place: 4, delivery: [1] },
    ],
    vehicles: [0, 1, 2].map((place) => ({ startPlace: place, endPlace: place, capacity: [1] })),
  });
  for (const choices of [2, 3]) expect(planByRegret(three, choices).routes).toEqual([[0], [1], []]);

  // Vans at 0, 10 and 1 m, the last one without what visit 1 needs. Visit 0: 0, 20, 2; visit 1: 8, 12. Regret-2: 2 against
  // 4, so visit 1 takes the first van and visit 0 the third. Regret-3: visit 1 lacks a third route, which comes before all.
  const barred = problemOf({
    placeCount: 5,
    durationSec: [lineMatrix([0, 10, 1, 0, 4])],
    loadCount: 1,
    visits: [
      { place: 3, delivery: [1] },
      { place: 4, delivery: [1], needs: 1 },
    ],
    vehicles: [0, 1, 2].map((place) => ({
      startPlace: place,
      endPlace: place,
      capacity: [1],
      has: place === 2 ? 0 : 1,
    })),
  });
  for (const choices of [2, 3]) expect(planByRegret(barred, choices).routes).toEqual([[1], [], [0]]);
});
