import { expect, test } from "vitest";
import { formatDuration } from "./format-duration.ts";

test.each([
  [0, "0 s"],
  [59.4, "59 s"],
  [60, "1 min"],
  [3599, "59 min"],
  [3900, "1 h 05 min"],
  [-3900, "1 h 05 min"],
  [47 * 3600, "47 h 00 min"],
  [72 * 3600, "3 days"],
])("%d seconds are %s", (seconds, words) => {
  expect(formatDuration(seconds)).toBe(words);
});
