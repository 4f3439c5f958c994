import * as z from "zod";

export interface TestTotals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const VitestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
});

const PlaywrightReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
});

/**
 * What a run of vitest came to. `report` is its JSON report, undefined when it wrote none.
 *
 * A runner can fail without a failed test: a file that does not load, an error outside any test, a crash. Its exit code
 * says so, and then at least one failure is counted.
 */
export function vitestTotals(report: string | undefined, exitCode: number): TestTotals {
  return honest(report, exitCode, (json) => {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = VitestReport.parse(json);
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  });
}

/** What a run of Playwright came to, likewise. A test that passed only at the second try has failed. */
export function playwrightTotals(report: string | undefined, exitCode: number): TestTotals {
  return honest(report, exitCode, (json) => {
    const { expected, unexpected, flaky, skipped } = PlaywrightReport.parse(json).stats;
    return { passed: expected, failed: unexpected + flaky, skipped };
  });
}

function honest(report: string | undefined, exitCode: number, read: (json: unknown) => TestTotals): TestTotals {
  const totals = report === undefined ? { passed: 0, failed: 1, skipped: 0 } : read(JSON.parse(report));
  return exitCode === 0 ? totals : { ...totals, failed: Math.max(1, totals.failed) };
}

export function addTotals(a: TestTotals, b: TestTotals): TestTotals {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}
