import { expect, test } from "vitest";
import { UsageError } from "#bin/verb.ts";
import { readRoutingArguments } from "./routing-arguments.ts";

test("several paths, budgets and a seed are read as they stand", () => {
  const line = "--instances a.txt b --seconds 1,0.5 --seed=-7 --json out.json";
  expect(readRoutingArguments(line.split(" "))).toEqual({
    instances: ["a.txt", "b"],
    seconds: [1, 0.5],
    seed: -7,
    json: "out.json",
  });
  expect(readRoutingArguments(["--instances", "a", "--instances", "b"])).toEqual({
    instances: ["a", "b"],
    seconds: [10],
    seed: 1,
    json: undefined,
  });
});

test.each<[string, string]>([
  ["", "--instances PATH... is missing"],
  ["a.txt", "--instances PATH... is missing"],
  ["--instances", "Option '--instances <value>' argument missing"],
  ["--instances a --seconds 0", '--seconds takes numbers above 0 with commas between, not "0"'],
  ["--instances a --seconds 1,,2", '--seconds takes numbers above 0 with commas between, not "1,,2"'],
  ["--instances a --seconds soon", '--seconds takes numbers above 0 with commas between, not "soon"'],
  ["--instances a --seed 1.5", '--seed takes a whole number of 32 bits, not "1.5"'],
  ["--instances a --seed 4294967296", '--seed takes a whole number of 32 bits, not "4294967296"'],
  ["--instances a --json=", "--json is followed by no file name"],
  ["--instances a --fast", "Unknown option '--fast'"],
])("“%s” is refused in one sentence", (line, sentence) => {
  const read = () => readRoutingArguments(line.split(" ").filter((word) => word !== ""));
  expect(read).toThrow(UsageError);
  expect(read).toThrow(new UsageError(sentence));
});
