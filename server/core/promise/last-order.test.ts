import fc from "fast-check";
import { expect, test } from "vitest";
import { lastOrderSec } from "./last-order.ts";
import { isBeforeCutOff, planPicking } from "./picking-plan.ts";

test("an order can be made until the work just fits into what is left of the last free hour", () => {
  // Hours from 0 and from 3600, each with 1,800 free seconds: 900 of them need half an hour. The cut-off alone would
  // allow until 6,300.
  const hours = { startSec: Int32Array.of(0, 3600), freeSec: Int32Array.of(1800, 1800) };
  expect(lastOrderSec(hours, 900, 7200)).toBe(5400);
  // Before 7,200 only the first hour counts.
  expect(lastOrderSec(hours, 900, 7199)).toBe(1800);
  expect(lastOrderSec(hours, 3601, 7200)).toBe(Number.NEGATIVE_INFINITY);
});

test("it is the last second at which the picking plan says yes", () => {
  const case_ = fc.record({
    free: fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 1, maxLength: 4 }),
    pickSec: fc.integer({ min: 1, max: 8000 }),
    pickBySec: fc.integer({ min: 3600, max: 5 * 3600 }),
  });
  fc.assert(
    fc.property(case_, ({ free, pickSec, pickBySec }) => {
      const hours = { startSec: Int32Array.from(free, (_, h) => h * 3600), freeSec: Int32Array.from(free) };
      // The oracle asks the engine itself, minute by minute, and second by second about the answer.
      const possible = (now: number) =>
        isBeforeCutOff(hours, now, pickSec, pickBySec) && planPicking(hours, now, pickSec, pickBySec) !== null;
      const last = lastOrderSec(hours, pickSec, pickBySec);
      if (last >= 0) {
        expect(possible(last)).toBe(true);
        expect(possible(last + 1)).toBe(false);
      }
      for (let now = 0; now < pickBySec; now += 60) expect(possible(now)).toBe(now <= last);
    }),
  );
});
