import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT_DIR } from "#bin/project-dir.ts";
import { addTotals, playwrightTotals, type TestTotals, vitestTotals } from "#bin/test-totals.ts";
import { UsageError, type Verb } from "#bin/verb.ts";
import { runChecks } from "./check.ts";
import { runJourneys } from "./e2e.ts";

export const verb: Verb = {
  summary: "Runs everything that proves this checkout: checks, tests, and the journeys in a browser.",
  usage: `

Goes on after a failure, so that one run tells all. The last line says how many tests passed and failed.`,

  async run(args) {
    if (args.length > 0) throw new UsageError('it takes no arguments; for a part of it: "npx vitest", "kept e2e".');
    const startedAt = performance.now();
    const reports = mkdtempSync(join(tmpdir(), "kept-reports-"));
    try {
      heading("checks");
      const areChecksGood = await runChecks();
      heading("unit, property and SQL tests");
      const unit = await runVitest(join(reports, "vitest.json"));
      heading("journeys");
      const journeys = await runPlaywright(join(reports, "playwright.json"));
      const { passed, failed, skipped } = addTotals(unit, journeys);
      const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
      heading(`${areChecksGood ? "checks are good" : "CHECKS FAILED"}, ${skipped} skipped, ${minutes} minutes`);
      console.log(`${passed} passed, ${failed} failed`);
      return areChecksGood && failed === 0 ? 0 : 1;
    } finally {
      rmSync(reports, { recursive: true, force: true });
    }
  },
};

function heading(words: string): void {
  console.log(`\n== ${words}`);
}

async function runVitest(report: string): Promise<TestTotals> {
  const cli = join(PROJECT_DIR, "node_modules", "vitest", "vitest.mjs");
  const args = ["run", "--slowTestThreshold=10000", "--reporter=default", "--reporter=json"];
  const child = spawn(process.execPath, [cli, ...args, `--outputFile.json=${report}`], {
    cwd: PROJECT_DIR,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
  return vitestTotals(readReport(report), code);
}

async function runPlaywright(report: string): Promise<TestTotals> {
  const code = await runJourneys([], { KEPT_E2E_REPORT: report });
  return playwrightTotals(readReport(report), code);
}

function readReport(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
