import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { PROJECT_DIR } from "#bin/project-dir.ts";
import { writeVrplib } from "./vrplib-text.ts";

const dir = mkdtempSync(join(tmpdir(), "kept-routing-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const run = promisify(execFile);
const SCRIPT = join(PROJECT_DIR, "bench", "routing", "run-routing.ts");

/** Once around three doors is 4; against the direction each street is 10. One van can do it. */
const ring = {
  depot: 0,
  vehicleCount: 3,
  capacity: 3,
  travel: Int32Array.of(0, 1, 10, 10, 10, 0, 1, 10, 10, 10, 0, 1, 1, 10, 10, 0),
  demand: Int32Array.of(0, 1, 1, 1),
  service: Int32Array.of(0, 5, 5, 5),
  ready: Int32Array.of(0, 0, 0, 0),
  due: Int32Array.of(100, 50, 50, 50),
};

test("each budget of each instance is searched, checked and written down", async () => {
  writeFileSync(join(dir, "ring.vrp"), writeVrplib("ring", "a test", ring));
  // Nobody can be at the second door, 10 away or 1 + 5 + 1 by way of the first, by second 1.
  const hurried = { ...ring, due: ring.due.with(2, 1) };
  writeFileSync(join(dir, "hurried.vrp"), writeVrplib("hurried", "a test", hurried));
  writeFileSync(join(dir, "best-known.json"), JSON.stringify({ _: "by hand", ring: 2, hurried: 4 }));
  const json = join(dir, "out.json");
  const args = [SCRIPT, "--instances", dir, "--seconds", "0.02,0.03", "--seed", "5", "--json", json];
  const { stdout } = await run(process.execPath, args);

  const found = { seed: 5, iterations: expect.any(Number) };
  const ringFound = { ...found, instance: "ring", routes: 1, cost: 4, gapPercent: 100, feasible: true };
  const notFound = { cost: null, gapPercent: null, feasible: false, firstFeasibleMs: null };
  const hurriedFound = { ...found, instance: "hurried", routes: expect.any(Number), ...notFound };
  expect(JSON.parse(readFileSync(json, "utf8"))).toEqual([
    { ...hurriedFound, seconds: 0.02 },
    { ...ringFound, seconds: 0.02, firstFeasibleMs: expect.any(Number) },
    { ...hurriedFound, seconds: 0.03 },
    { ...ringFound, seconds: 0.03, firstFeasibleMs: expect.any(Number) },
  ]);
  expect(stdout).toContain("0.03 s: mean gap 100.00 % over 1 of 2 instances");
  expect(stdout).toMatch(/^hurried .* 1 of 3 left out$/m);
  expect(stdout).toMatch(/^ring .* ok$/m);
});

test.each<[string, readonly string[], string]>([
  ["no instance", [], "bench:routing: --instances PATH... is missing.\n"],
  ["a path to nowhere", ["--instances", "/nowhere"], "bench:routing: /nowhere: there is no such file or folder.\n"],
])("%s is refused in one sentence and exit code 2", async (_, args, sentence) => {
  await expect(run(process.execPath, [SCRIPT, ...args])).rejects.toMatchObject({
    code: 2,
    stderr: sentence,
    stdout: "",
  });
});
