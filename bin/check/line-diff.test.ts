import { expect, test } from "vitest";
import { lineDiff } from "./line-diff.ts";

test("a diff shows what goes and what comes, with two lines around it", () => {
  const from = ["1", "2", "3", "4", "old", "6", "7", "8", "9", "10", "11", "12", "gone"].join("\n");
  const to = ["1", "2", "3", "4", "new", "6", "7", "8", "9", "10", "11", "12"].join("\n");
  expect(lineDiff(from, to).split("\n")).toEqual(
    ["  3", "  4", "- old", "+ new", "  6", "  7", "  …", "  11", "  12", "- gone"].map(String),
  );
  expect(lineDiff(from, from)).toBe("");
});

test("a long diff ends with how much it leaves out", () => {
  const many = Array.from({ length: 100 }, (_, i) => `line ${i}`).join("\n");
  const lines = lineDiff("", many).split("\n");
  expect(lines).toHaveLength(61);
  expect(lines.at(-1)).toMatch(/^… and 4\d more lines$/);
});
