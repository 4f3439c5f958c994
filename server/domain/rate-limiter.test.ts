import fc from "fast-check";
import { expect, test } from "vitest";
import { type Allowances, CallKind, createRateLimiter, DEFAULT_ALLOWANCES, readAllowances } from "./rate-limiter.ts";

const same = (burst: number, perSec: number) =>
  Object.fromEntries(CallKind.options.map((kind) => [kind, { burst, perSec }])) as unknown as Allowances;

test("an address has its burst, then as many as come back, and is told how long to wait", () => {
  let now = 5000;
  const { take } = createRateLimiter(same(3, 0.5), () => now);
  expect([1, 2, 3, 4, 5].map(() => take("quote", "192.0.2.1"))).toEqual([0, 0, 0, 2, 2]);
  now += 1500;
  expect(take("quote", "192.0.2.1")).toBe(1);
  now += 500;
  expect(take("quote", "192.0.2.1")).toBe(0);
  expect(take("quote", "192.0.2.1")).toBe(2);
});

test("another address, another kind of call and those whom nobody knows have their own", () => {
  const { take } = createRateLimiter(same(1, 1), () => 0);
  expect(take("quote", "192.0.2.1")).toBe(0);
  expect(take("quote", "192.0.2.2")).toBe(0);
  expect(take("hold", "192.0.2.1")).toBe(0);
  expect(take("quote", null)).toBe(0);
  expect([take("quote", "192.0.2.1"), take("quote", null)]).toEqual([1, 1]);
});

test("it counts as a bucket does that is filled drop by drop", () => {
  const calls = fc.array(fc.record({ afterMs: fc.nat(900), who: fc.constantFrom("a", "b") }), { maxLength: 60 });
  fc.assert(
    fc.property(calls, fc.integer({ min: 1, max: 5 }), fc.constantFrom(1, 2, 4, 5), (rows, burst, perSec) => {
      let now = 0;
      const { take } = createRateLimiter(same(burst, perSec), () => now);
      // In thousandths of a token, so that a millisecond adds a whole number of them.
      const level = new Map([
        ["a", burst * 1000],
        ["b", burst * 1000],
      ]);
      for (const { afterMs, who } of rows) {
        now += afterMs;
        for (const [each, had] of level) level.set(each, Math.min(burst * 1000, had + afterMs * perSec));
        const isFull = level.get(who)! >= 1000;
        expect(take("read", who) === 0).toBe(isFull);
        if (isFull) level.set(who, level.get(who)! - 1000);
      }
    }),
  );
});

test("no number of addresses takes more memory than ten thousand do, and those who call on are not forgotten", () => {
  const { take } = createRateLimiter(same(2, 0.001), () => 0);
  take("read", "often");
  for (let i = 0; i < 9_000; i++) take("read", `once ${i}`);
  take("read", "often");
  for (let i = 0; i < 9_000; i++) take("read", `again ${i}`);
  expect(take("read", "often")).toBeGreaterThan(0);
  // The first of the strangers is as if it had never called.
  expect([take("read", "once 0"), take("read", "once 0"), take("read", "once 0")].map((wait) => wait > 0)).toEqual([
    false,
    false,
    true,
  ]);
});

test("what the variable names is as it says, the rest as always, and nothing is limited when it is off", () => {
  expect(readAllowances(undefined)).toEqual(DEFAULT_ALLOWANCES);
  expect(readAllowances(" quote=10/0.5  hold=5/1")).toEqual({
    ...DEFAULT_ALLOWANCES,
    quote: { burst: 10, perSec: 0.5 },
    hold: { burst: 5, perSec: 1 },
  });
  expect(readAllowances("off")).toBeNull();
  for (const text of ["on", "quote", "quote=0/1", "quote=5/0", "quote=-1/2", "sleep=1/1", "quote=1/2,hold=1/1"])
    expect(() => readAllowances(text)).toThrow(/KEPT_RATE_LIMITS/);
});
