import { writeFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { UsageError } from "#bin/verb.ts";
import { validateProblem } from "#server/core/routing/validate-problem.ts";
import { bestKnownCost } from "./best-known.ts";
import { InstanceError, toProblem } from "./instance.ts";
import { instanceName, type Measurement, type SearchRun, type SearchTask } from "./measure-search.ts";
import { findInstances, readInstance } from "./read-instance.ts";
import { readRoutingArguments, USAGE } from "./routing-arguments.ts";

/** Exit code 0; 1 when a plan is not what the search says of it; 2 for arguments or files that cannot be used. */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(`Measures the routing search on benchmark instances.\n\nUsage: ${USAGE}`);
    return 0;
  }
  try {
    const { instances, seconds, seed, json } = readRoutingArguments(args);
    const files = findInstances(instances);
    // A damaged file is told before anything has run, not after an hour.
    for (const file of files) {
      validateProblem(toProblem(readInstance(file)));
      bestKnownCost(file, instanceName(file));
    }
    if (json) writeJson(json, []);

    const tasks = seconds.flatMap((budget) => files.map((file) => ({ file, seconds: budget, seed })));
    const print = tablePrinter(files.map(instanceName));
    const runs: SearchRun[] = [];
    for (const task of tasks) {
      const run = await runInThread(task);
      print(run);
      runs.push(run);
      // After each, so that an hour of runs that is broken off leaves what it has measured.
      if (json)
        writeJson(
          json,
          runs.map(({ measurement }) => measurement),
        );
    }
    console.log();
    for (const budget of seconds) console.log(meanGap(budget, runs));
    return runs.some((run) => run.isWrong) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof InstanceError)) throw error;
    console.error(`bench:routing: ${error.message.replace(/\.?$/, ".")}`);
    return 2;
  }
}

function runInThread(task: SearchTask): Promise<SearchRun> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL("./search-thread.ts", import.meta.url), { workerData: task });
    thread.once("message", resolve);
    thread.once("error", reject);
    thread.once("exit", (code) => reject(new Error(`the search of ${task.file} ended without a word (${code})`)));
  });
}

const COLUMNS = ["CPU s", "routes", "cost", "gap %", "iterations/s", "first feasible ms"] as const;

function tablePrinter(names: readonly string[]): (run: SearchRun) => void {
  const nameWidth = Math.max("instance".length, ...names.map((name) => name.length));
  const row = (name: string, cells: readonly string[], verdict: string) =>
    [name.padEnd(nameWidth), ...cells.map((cell, c) => cell.padStart(Math.max(7, COLUMNS[c]!.length))), verdict].join(
      "  ",
    );
  console.log(row("instance", COLUMNS, "verdict"));
  return ({ measurement, cpuSec, verdict }) => {
    const { instance, routes, cost, gapPercent, iterations, firstFeasibleMs } = measurement;
    const cells = [
      cpuSec.toFixed(1),
      `${routes}`,
      cost === null ? "–" : `${cost}`,
      gapPercent?.toFixed(2) ?? "–",
      (iterations / cpuSec).toFixed(0),
      firstFeasibleMs?.toFixed(0) ?? "–",
    ];
    console.log(row(instance, cells, verdict));
  };
}

function meanGap(seconds: number, runs: readonly SearchRun[]): string {
  const ofBudget = runs.map((run) => run.measurement).filter((measurement) => measurement.seconds === seconds);
  const gaps = ofBudget.flatMap(({ gapPercent }) => (gapPercent === null ? [] : [gapPercent]));
  if (gaps.length === 0) return `${seconds} s: no gap to any best known cost`;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return `${seconds} s: mean gap ${mean.toFixed(2)} % over ${gaps.length} of ${ofBudget.length} instances`;
}

function writeJson(path: string, measurements: readonly Measurement[]): void {
  try {
    writeFileSync(path, `${JSON.stringify(measurements, null, 2)}\n`);
  } catch (error) {
    throw new UsageError(`--json ${path} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}

process.exitCode = await main(process.argv.slice(2));
