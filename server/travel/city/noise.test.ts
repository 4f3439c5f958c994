import { expect, test } from "vitest";
import { makeNoise } from "./noise.ts";

test("noise stays within its bounds and has no jumps", () => {
  const noise = makeNoise(3, 100);
  for (let x = -1_000; x < 1_000; x += 7) {
    const [here, there] = [noise(x, 0.3 * x), noise(x + 0.1, 0.3 * x)];
    expect(Math.abs(here)).toBeLessThan(1);
    // The quintic's steepest slope is 15/8 over a wavelength, between values at most 2 apart.
    expect(Math.abs(here - there)).toBeLessThan(0.1 * (2 / 100) * (15 / 8) * 1.01);
  }
});
