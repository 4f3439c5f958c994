import { expect, test } from "vitest";
import { addTotals, playwrightTotals, vitestTotals } from "./test-totals.ts";

const vitest = (passed: number, failed: number, pending = 0, todo = 0) =>
  JSON.stringify({
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: pending,
    numTodoTests: todo,
    more: 1,
  });
const playwright = (expected: number, unexpected: number, flaky = 0, skipped = 0) =>
  JSON.stringify({ config: {}, stats: { expected, unexpected, flaky, skipped, duration: 1 } });

test("totals are those of the reports", () => {
  expect(vitestTotals(vitest(7, 2, 1, 1), 1)).toEqual({ passed: 7, failed: 2, skipped: 2 });
  expect(playwrightTotals(playwright(5, 1, 1, 3), 1)).toEqual({ passed: 5, failed: 2, skipped: 3 });
  const sum = addTotals(vitestTotals(vitest(7, 0), 0), playwrightTotals(playwright(5, 0, 0, 1), 0));
  expect(sum).toEqual({ passed: 12, failed: 0, skipped: 1 });
});

test("a runner that fails without a failed test, or without a report, has failed once", () => {
  expect(vitestTotals(vitest(7, 0), 1)).toEqual({ passed: 7, failed: 1, skipped: 0 });
  expect(vitestTotals(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(vitestTotals(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(playwrightTotals(playwright(0, 0), 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});
