import fc from "fast-check";
import { expect, test } from "vitest";
import { isBeforeCutOff, nextFreeHour, planPicking, type WorkHours } from "./picking-plan.ts";

const hoursOf = (free: number[], first = 0): WorkHours => ({
  startSec: Int32Array.from(free, (_, h) => first + h * 3600),
  limitSec: Int32Array.from(free),
  freeSec: Int32Array.from(free),
});

test("picking is claimed from the latest hours that end in time", () => {
  // Hours 0..3 with 600 free each; due at 03:00 so hour 3 is out: 600 from hour 2, 300 from hour 1.
  expect(planPicking(hoursOf([600, 600, 600, 600]), 0, 900, 3 * 3600)).toEqual({
    startSec: [3600, 7200],
    sec: [300, 600],
  });
});

test("of the running hour only what is still to come counts", () => {
  // Half past: 300 of the 600 are left.
  expect(planPicking(hoursOf([600]), 1800, 300, 3600)).toEqual({ startSec: [0], sec: [300] });
  expect(planPicking(hoursOf([600]), 1800, 301, 3600)).toBeNull();
});

test("a plan claims exactly the work, never more than is free, never past the due time", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 12 }),
      fc.integer({ min: 0, max: 40_000 }),
      fc.integer({ min: 0, max: 9000 }),
      fc.integer({ min: 0, max: 45_000 }),
      (free, nowSec, pickSec, pickBySec) => {
        const hours = hoursOf(free);
        const plan = planPicking(hours, nowSec, pickSec, pickBySec);
        const usable = free.map((sec, h) =>
          h * 3600 + 3600 > pickBySec || h * 3600 + 3600 <= nowSec
            ? 0
            : h * 3600 >= nowSec
              ? sec
              : Math.floor((sec * (h * 3600 + 3600 - nowSec)) / 3600),
        );
        const total = usable.reduce((a, b) => a + b, 0);
        expect(plan === null).toBe(total < pickSec);
        if (!plan) return;
        expect(plan.sec.reduce((a, b) => a + b, 0)).toBe(pickSec);
        plan.startSec.forEach((start, i) => {
          expect(plan.sec[i]!).toBeGreaterThan(0);
          expect(plan.sec[i]!).toBeLessThanOrEqual(usable[start / 3600]!);
        });
      },
    ),
  );
});

test("a full hour says when the next one is free, and a passed cut-off is told from a full hour", () => {
  const hours = hoursOf([0, 0, 900]);
  expect(planPicking(hours, 0, 600, 7200)).toBeNull();
  expect(isBeforeCutOff(hours, 0, 600, 7200)).toBe(true);
  expect(isBeforeCutOff(hours, 7000, 600, 7200)).toBe(false);
  expect(nextFreeHour(hours, 600, 7200)).toBe(7200);
  expect(nextFreeHour(hours, 1000, 7200)).toBeUndefined();
});
