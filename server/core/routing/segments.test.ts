import fc from "fast-check";
import { expect, test } from "vitest";
import { placeCost } from "./place-cost.ts";
import { prepare } from "./prepare.ts";
import { admits, createRoutes, insertAfter, retime } from "./routes.ts";
import { takeOver } from "./take-over.ts";
import { placesFault } from "./test-places-by-check.ts";
import { smallProblem } from "./test-small-problems.ts";
import { beginStep, createUndo, remember, restore } from "./undo.ts";

const engine = {
  prepare,
  createRoutes,
  takeOver,
  admits,
  placeCost,
  insertAfter,
  retime,
  createUndo,
  beginStep,
  remember,
  restore,
};

test("a visit costs at every place what the checker says, while routes are filled and emptied again", () => {
  fc.assert(
    fc.property(smallProblem({ maxVisits: 8, maxVehicles: 2 }), fc.integer(), (problem, seed) => {
      expect(placesFault(engine, problem, seed)).toBeNull();
    }),
    { numRuns: 1500 },
  );
}, 60_000);
