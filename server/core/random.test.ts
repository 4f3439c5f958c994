import { expect, test } from "vitest";
import { makeRandom } from "./random.ts";

test("a seed gives the same numbers, and they spread evenly", () => {
  const [a, b] = [makeRandom(7), makeRandom(7)];
  const counts = new Array(10).fill(0);
  for (let i = 0; i < 100_000; i++) {
    const number = a.next();
    expect(number).toBe(b.next());
    counts[Math.floor(number * 10)]++;
  }
  // Ten bins of 10,000 each; five standard deviations are about 475.
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(475);
});

test("a fork does not depend on what was drawn before it", () => {
  const [a, b] = [makeRandom(7), makeRandom(7)];
  a.next();
  expect(a.fork("river").next()).toBe(b.fork("river").next());
  expect(a.fork("river").next()).not.toBe(a.fork("names").next());
});
