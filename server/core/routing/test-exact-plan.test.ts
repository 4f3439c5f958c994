import fc from "fast-check";
import { expect, test } from "vitest";
import { checkPlan } from "./check-plan.ts";
import type { Plan, RoutingProblem } from "./problem.ts";
import { exactPlan } from "./test-exact-plan.ts";
import { lineMatrix, problemOf } from "./test-problems.ts";
import { smallProblem } from "./test-small-problems.ts";
import { validateProblem } from "./validate-problem.ts";

// The depot at 0, then 100, 200 and 300; a metre takes a second and costs 1.
const LINE = { placeCount: 4, durationSec: [lineMatrix([0, 100, 200, 300])] };
const FAR = { place: 3 };
const MIDDLE = { place: 2 };
const NEAR = { place: 1 };

test("on a line the best is out and back", () => {
  const best = exactPlan(problemOf({ ...LINE, visits: [NEAR, FAR, MIDDLE], vehicles: [{}] }))!;
  // 600 unless it turns back midway; of equals the first that is tried stays.
  expect(best).toEqual({ plan: { routes: [[0, 1, 2]], leftOut: [] }, cost: 600, unservedCount: 0 });
});

test("on one-way streets the best is once around", () => {
  // From each place to the next 1, 10 to any other; 0 → 1 → 2 → 0 is 3, the other way round 30.
  const durationSec = [[0, 1, 10, 10, 0, 1, 1, 10, 0]];
  const best = exactPlan(problemOf({ placeCount: 3, durationSec, visits: [MIDDLE, NEAR], vehicles: [{}] }))!;
  expect(best).toEqual({ plan: { routes: [[1, 0]], leftOut: [] }, cost: 3, unservedCount: 0 });
});

test("windows force a detour", () => {
  const visits = [
    { ...FAR, windows: [[0, 301]] as const },
    { ...NEAR, windows: [[450, 550]] as const },
    { ...MIDDLE, windows: [[600, 900]] as const },
  ];
  // Straight out to be there at 300, back to near by 500, out again to the middle by 600, home: 300 + 200 + 100 + 200.
  const best = exactPlan(problemOf({ ...LINE, visits, vehicles: [{}] }))!;
  expect(best).toEqual({ plan: { routes: [[0, 1, 2]], leftOut: [] }, cost: 800, unservedCount: 0 });
});

test("a second van drives when one cannot hold all, and the cheaper one is taken first", () => {
  const visits = [NEAR, FAR, MIDDLE].map((visit) => ({ ...visit, delivery: [1] }));
  const vehicles = [
    { capacity: [1], fixedCost: 5 },
    { capacity: [2], fixedCost: 50 },
  ];
  // Near alone (200 + 5), the others together (600 + 50): 855. Far alone: 605 + 450 = 1055.
  const best = exactPlan(problemOf({ ...LINE, loadCount: 1, visits, vehicles }))!;
  expect(best).toEqual({ plan: { routes: [[0], [1, 2]], leftOut: [] }, cost: 855, unservedCount: 0 });
});

test("a visit is served once, though both vans would like to come by", () => {
  // From place 1 or 2 home is 100, or 2 by way of place 3. One van goes that way: 10 + 1 + 1, the other 10 + 100.
  const durationSec = [[0, 10, 10, 1, 100, 0, 99, 1, 100, 99, 0, 1, 1, 99, 99, 0]];
  const visits = [{ ...NEAR, onlyVehicle: 0 }, { ...MIDDLE, onlyVehicle: 1 }, FAR];
  expect(exactPlan(problemOf({ placeCount: 4, durationSec, visits, vehicles: [{}, {}] }))!.cost).toBe(122);
});

test("a visit is left out where its price is less than the way to it", () => {
  const visits = [
    { ...FAR, prize: 500 },
    { ...MIDDLE, prize: 350 },
  ];
  // Both: 600. Middle alone: 400 + 500. None: 850.
  expect(exactPlan(problemOf({ ...LINE, visits, vehicles: [{}] }))!.cost).toBe(600);
  // Far alone: 600, none: 500.
  const none = exactPlan(problemOf({ ...LINE, visits: visits.slice(0, 1), vehicles: [{}] }))!;
  expect(none).toEqual({ plan: { routes: [[]], leftOut: [0] }, cost: 500, unservedCount: 0 });
});

test("as few as can be are left out of those that have no price, whatever it costs", () => {
  const visits = [FAR, { ...NEAR, needs: 1 }];
  const best = exactPlan(problemOf({ ...LINE, visits, vehicles: [{ fixedCost: 1_000_000 }] }))!;
  expect(best).toEqual({ plan: { routes: [[0]], leftOut: [1] }, cost: 1_000_600, unservedCount: 1 });
});

test("locked visits come first, though it is farther", () => {
  // One-way streets as above, but 2 is locked before 1: 0 → 2 → 1 → 0.
  const durationSec = [[0, 1, 10, 10, 0, 1, 1, 10, 0]];
  const sketch = { placeCount: 3, durationSec, visits: [MIDDLE, NEAR] };
  expect(exactPlan(problemOf({ ...sketch, vehicles: [{ locked: [0] }] }))!.cost).toBe(30);
  // And where the locked visits alone cannot be driven there is no plan.
  expect(exactPlan(problemOf({ ...sketch, vehicles: [{ locked: [0], endSec: 5 }] }))).toBeNull();
});

test("nothing that is tried one by one is better, and the checker agrees on the cost", () => {
  fc.assert(
    fc.property(smallProblem({ maxVisits: 3, maxVehicles: 2 }), (problem) => {
      const best = exactPlan(problem)!;
      const judged = checkPlan(problem, best.plan);
      expect(judged.flaws).toEqual([]);
      expect([judged.unservedCount, judged.cost.total]).toEqual([best.unservedCount, best.cost]);
      for (const plan of allPlans(problem)) {
        const { flaws, unservedCount, cost } = checkPlan(problem, plan);
        if (flaws.length > 0) continue;
        expect(unservedCount).toBeGreaterThanOrEqual(best.unservedCount);
        if (unservedCount === best.unservedCount) expect(cost.total).toBeGreaterThanOrEqual(best.cost);
      }
    }),
    { numRuns: 300 },
  );
});

test("drawn problems are sound, most can be served, and every feature is among them", () => {
  const problems = fc.sample(smallProblem(), { numRuns: 400, seed: 1 });
  for (const problem of problems) validateProblem(problem);
  const share = (has: (problem: RoutingProblem) => boolean) => problems.filter(has).length / problems.length;
  const some = (array: ArrayLike<number>, is: (value: number) => boolean) => Array.from(array).some(is);
  const features: Record<string, (problem: RoutingProblem) => boolean> = {
    "travel periods": ({ travel }) => travel.startSec.length > 1,
    "two loads": ({ loadCount }) => loadCount === 2,
    pickups: ({ visits }) => some(visits.pickup, (load) => load > 0),
    "several windows": ({ visits }) => visits.windowStartSec.length > visits.count,
    "soft windows": ({ visits }) => some(visits.lateCost, Number.isFinite),
    releases: ({ visits }) => some(visits.releaseSec, (sec) => sec > 0),
    prizes: ({ visits }) => some(visits.prize, Number.isFinite),
    needs: ({ visits }) => some(visits.needs, (bits) => bits !== 0),
    "goods on board": ({ visits }) => some(visits.onlyVehicle, (vehicle) => vehicle >= 0),
    breaks: ({ vehicles }) => vehicles.some((vehicle) => vehicle.breaks.length > 0),
    overtime: ({ vehicles }) => vehicles.some((vehicle) => vehicle.overtimeSec > 0),
    "locked beginnings": ({ vehicles }) => vehicles.some((vehicle) => vehicle.locked.length > 0),
    "two depots": ({ vehicles }) => new Set(vehicles.map((vehicle) => vehicle.startPlace)).size > 1,
    "identical vehicles": ({ vehicles }) =>
      vehicles.length > 1 && new Set(vehicles.map((vehicle) => JSON.stringify(vehicle))).size === 1,
    "a visit that nobody can serve": (problem) => exactPlan(problem)!.unservedCount > 0,
    "all served in two routes": (problem) => {
      const { routes, leftOut } = exactPlan(problem)!.plan;
      return leftOut.length === 0 && routes.filter((route) => route.length > 0).length > 1;
    },
  };
  for (const [name, has] of Object.entries(features)) expect(share(has), name).toBeGreaterThan(0.05);
});

/** Each visit after the other goes to every position of every route, or is left out. */
function allPlans({ visits, vehicles }: RoutingProblem): Plan[] {
  let plans: Plan[] = [{ routes: vehicles.map(() => []), leftOut: [] }];
  for (let visit = 0; visit < visits.count; visit++) {
    plans = plans.flatMap(({ routes, leftOut }) => [
      { routes, leftOut: [...leftOut, visit] },
      ...routes.flatMap((route, v) =>
        Array.from({ length: route.length + 1 }, (_, position) => ({
          routes: routes.with(v, route.toSpliced(position, 0, visit)),
          leftOut,
        })),
      ),
    ]);
  }
  return plans;
}
