import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { drawExam, type Exam } from "./test-exam.ts";
import { MUTANTS, type Mutant } from "./test-mutants.ts";

// The judge that finds no fault in the engine must find one in each copy of it that is broken in one place.

/** A judge that takes longer, on a machine that others use too, has met an engine that does not come to an end: a fault too. */
const MOST_MS = 60_000;
vi.setConfig({ testTimeout: MOST_MS + 5000 });

let exam: Exam;
let thread: Worker | undefined;
beforeAll(() => {
  exam = drawExam();
});
afterAll(() => thread?.terminate());

test("the engine as it is has no fault", async () => {
  expect(await judge(null)).toBeNull();
});

test.each(MUTANTS)("$file: $name", async (mutant) => {
  const source = await readFile(new URL(mutant.file, import.meta.url), "utf8");
  const count = source.split(mutant.find).length - 1;
  if (count !== 1) throw new Error(`test-mutants.ts: ${mutant.file} has ${count} times, not once, ${mutant.find}`);
  expect(await judge(mutant), "the judge has not noticed").not.toBeNull();
});

/** Rejects when the mutant cannot even be loaded: that proves nothing. */
async function judge(mutant: Mutant | null): Promise<string | null> {
  thread ??= new Worker(new URL("./test-judge-thread.ts", import.meta.url), { workerData: exam });
  const asked = thread;
  const timeIsUp = AbortSignal.timeout(MOST_MS);
  try {
    asked.postMessage(mutant);
    const [fault] = await once(asked, "message", { signal: timeIsUp });
    return fault;
  } catch (error) {
    thread = undefined;
    await asked.terminate();
    if (timeIsUp.aborted) return "it does not come to an end";
    throw error;
  }
}
