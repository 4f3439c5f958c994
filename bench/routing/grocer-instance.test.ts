import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeRandom } from "#server/core/random.ts";
import { checkPlan } from "#server/core/routing/check-plan.ts";
import { validateProblem } from "#server/core/routing/validate-problem.ts";
import { compileMap } from "#server/travel/compile-map.ts";
import { openTravel } from "#server/travel/embedded-travel.ts";
import { gridTown } from "#server/travel/grid-town.ts";
import { writeMapFile } from "#server/travel/map-file.ts";
import type { Travel } from "#server/travel/travel.ts";
import { drawGrocerInstance } from "./grocer-instance.ts";
import { toProblem } from "./instance.ts";

const dir = mkdtempSync(join(tmpdir(), "kept-grocer-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

// 20 × 20 crossings, some 220 m apart.
const town = gridTown(-11, 40, 20, 20, 0.002);
const streets = Array.from(town.lng, (lng, i) => ({ lng, lat: town.lat[i]! }));
const day = { visitCount: 120, hours: 12, narrowShare: 0.5, visitsPerRoute: 20, period: 2 };
let travel: Travel;

beforeAll(async () => {
  const path = join(dir, "town.keptmap");
  const { header, sections } = compileMap(town, "a test");
  await writeMapFile(path, header, sections);
  travel = openTravel(path);
});

test("every visit of a drawn day can be served by a van of its own", () => {
  for (const narrowShare of [0, 0.5, 1]) {
    const problem = toProblem(drawGrocerInstance(travel, streets, { ...day, narrowShare }, makeRandom(7)));
    validateProblem(problem);
    const routes = Array.from({ length: 120 }, (_, visit) => [visit]);
    expect(checkPlan(problem, { routes, leftOut: [] }).flaws).toEqual([]);
  }
});

test("windows are narrow or wide as asked, and a route holds as many visits", () => {
  for (const [narrowShare, isFit] of [
    [1, (sec: number) => sec <= 2 * 3600],
    [0, (sec: number) => sec > 2 * 3600 && sec <= 8 * 3600],
  ] as const) {
    const { ready, due, demand, capacity } = drawGrocerInstance(
      travel,
      streets,
      { ...day, narrowShare },
      makeRandom(7),
    );
    const widths = due.subarray(1).map((last, v) => last - ready[v + 1]!);
    // Those at the day's end are cut, so that the van is back in time.
    expect(widths.filter(isFit).length).toBeGreaterThan(110);
    const mean = demand.reduce((sum, units) => sum + units, 0) / 120;
    expect(Math.abs(capacity / mean - 20)).toBeLessThan(0.1);
  }
});

test("the same seed draws the same day, another seed another", () => {
  const draw = (seed: number) => drawGrocerInstance(travel, streets, day, makeRandom(seed));
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});
