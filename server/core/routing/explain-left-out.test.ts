import fc from "fast-check";
import { expect, test } from "vitest";
import { explainLeftOut, type LeftOutReason } from "./explain-left-out.ts";
import { improvePlan } from "./search.ts";
import { onlyLocked, reasonsFault } from "./test-judge.ts";
import { lineMatrix, type ProblemSketch, problemOf } from "./test-problems.ts";
import { smallProblem } from "./test-small-problems.ts";

// Places on a line at 0, 100 and 500 m, a second a metre; the vans live at 0.
const line = { placeCount: 3, durationSec: [lineMatrix([0, 100, 500])] };
const van = { startSec: 1000, endSec: 2000, capacity: [10] };

function reasonsOf(sketch: Partial<ProblemSketch>, routes?: number[][]): LeftOutReason[] {
  const problem = problemOf({ ...line, loadCount: 1, visits: [], vehicles: [van], ...sketch });
  const plan = routes
    ? { routes, leftOut: problem.visits.delivery.length ? [problem.visits.count - 1] : [] }
    : improvePlan(problem, undefined, { seed: 1, spent: (done) => done / 500 }).plan;
  return explainLeftOut(problem, plan);
}

test("nobody may: a skill that no vehicle has, or goods on a van that lacks it", () => {
  expect(reasonsOf({ visits: [{ place: 1, needs: 2, delivery: [1] }] })).toEqual(["no-vehicle-may"]);
  const other = { ...van, has: 2 };
  expect(
    reasonsOf({ vehicles: [van, other], visits: [{ place: 1, needs: 2, onlyVehicle: 0, delivery: [1] }] }),
  ).toEqual(["no-vehicle-may"]);
});

test("too large, even for an empty van", () => {
  expect(reasonsOf({ visits: [{ place: 1, delivery: [11] }] })).toEqual(["too-large"]);
});

test("a window before the first shift, or after the last", () => {
  // The van is at place 1 at 1100 at the earliest, but what counts is that the window ends before it leaves.
  expect(reasonsOf({ visits: [{ place: 1, windows: [[0, 900]], delivery: [1] }] })).toEqual(["outside-shifts"]);
  expect(reasonsOf({ visits: [{ place: 1, windows: [[2001, 3000]], delivery: [1] }] })).toEqual(["outside-shifts"]);
});

test("a window within the shift that the way there, or the way home, is too long for", () => {
  expect(reasonsOf({ visits: [{ place: 2, windows: [[0, 1400]], delivery: [1] }] })).toEqual(["too-far"]);
  // There at 1500, back at 2000 only without service.
  expect(reasonsOf({ visits: [{ place: 2, serviceSec: 1, delivery: [1] }] })).toEqual(["too-far"]);
});

test("a shift between two windows is outside both, unless the last may be late", () => {
  const windows = [
    [0, 900],
    [2100, 3000],
  ] as const;
  expect(reasonsOf({ visits: [{ place: 1, windows, delivery: [1] }] })).toEqual(["outside-shifts"]);
  // Late, service could start at any time of a shift behind both; but this one is shorter than the way there and back.
  const late = { place: 1, windows, lateCost: 1, delivery: [1] };
  const evening = { ...van, startSec: 4000, endSec: 4150 };
  expect(reasonsOf({ vehicles: [evening], visits: [late] })).toEqual(["too-far"]);
});

test("goods that are picked too late for the window, or for the way home", () => {
  // Picked at 1250 they are there at 1350, at 1201 by 1301; the window ends at 1301 and takes no start at that second.
  const visit = { place: 1, windows: [[0, 1301]] as const, delivery: [1] };
  expect(reasonsOf({ visits: [{ ...visit, releaseSec: 1201 }] })).toEqual(["picked-too-late"]);
  expect(reasonsOf({ visits: [{ ...visit, windows: [[0, 5000]], releaseSec: 1801 }] })).toEqual(["picked-too-late"]);
  // In time by itself, and the plan is in the way: near takes until 1700, and a start at 1201 is too late for it.
  const near = { place: 1, serviceSec: 600, windows: [[0, 1101]] as const, delivery: [1] };
  expect(reasonsOf({ visits: [near, { ...visit, releaseSec: 1200 }] }, [[0]])).toEqual(["no-time"]);
});

test("what is locked on the only van is no distance and no size", () => {
  // Locked far away the van is at place 1 by 1900; by 1300 it could be there alone.
  const locked = { ...van, locked: [0] };
  const far = { place: 2, delivery: [10] };
  const early = { place: 1, windows: [[0, 1301]] as const, delivery: [1] };
  expect(reasonsOf({ vehicles: [locked], visits: [far, early] }, [[0]])).toEqual(["no-time"]);
  expect(reasonsOf({ vehicles: [locked], visits: [far, { place: 2, delivery: [1] }] }, [[0]])).toEqual(["no-room"]);
});

test("time, but no room; room, but no time; both, but not worth its price; and nothing at all in the way", () => {
  const full = { place: 1, delivery: [10] };
  expect(reasonsOf({ visits: [full, { place: 1, delivery: [1] }] }, [[0]])).toEqual(["no-room"]);
  // 100 there, 750 of service, 100 back leave 50 s of the shift.
  const long = { place: 1, serviceSec: 750, delivery: [1] };
  expect(reasonsOf({ visits: [long, { place: 1, serviceSec: 60, delivery: [1] }] }, [[0]])).toEqual(["no-time"]);
  // Beside the long one it costs nothing, which is no less than a prize of 0.
  const short = { place: 1, serviceSec: 40, delivery: [1] };
  expect(reasonsOf({ visits: [long, { ...short, prize: 0 }] }, [[0]])).toEqual(["not-worth-it"]);
  expect(reasonsOf({ visits: [long, { ...short, prize: 1 }] }, [[0]])).toEqual(["would-fit"]);
  expect(reasonsOf({ visits: [long, short] }, [[0]])).toEqual(["would-fit"]);
});

test("the reason is the one that trying finds, of a plan that was searched and of one without all that need not be in it", () => {
  fc.assert(
    fc.property(smallProblem(), (problem) => {
      const { plan } = improvePlan(problem, undefined, { seed: 1, spent: (done) => done / 300 });
      expect(reasonsFault(explainLeftOut, problem, plan)).toBeNull();
      expect(reasonsFault(explainLeftOut, problem, onlyLocked(problem))).toBeNull();
    }),
    { numRuns: 300 },
  );
});

test("a visit that is both in a route and left out is refused", () => {
  const problem = problemOf({ placeCount: 2, durationSec: [[1, 1, 1, 1]], visits: [{ place: 1 }], vehicles: [{}] });
  expect(() => explainLeftOut(problem, { routes: [[0]], leftOut: [0] })).toThrow(
    "visit 0 is both in a route and left out",
  );
});
