import { expect, test } from "vitest";
import { checkPlan } from "./check-plan.ts";
import { improvePlan } from "./search.ts";
import { exactPlan } from "./test-exact-plan.ts";
import { HAND_PROBLEMS } from "./test-hand-problems.ts";

test.each(HAND_PROBLEMS)("$name", ({ problem, best, cost }) => {
  expect(exactPlan(problem)).toMatchObject({ plan: best, cost });
  for (const seed of [1, 2, 3]) {
    const found = improvePlan(problem, undefined, { seed, spent: (done) => done / 256 });
    expect(found).toMatchObject({ plan: best, cost });
    expect(checkPlan(problem, found.plan)).toMatchObject({ flaws: [], cost: { total: cost } });
  }
});
