import fc from "fast-check";
import { expect, test } from "vitest";
import type { SourceWay } from "../map-source.ts";
import { joinWays } from "./join-ways.ts";

function way(points: readonly number[], name = ""): SourceWay {
  return {
    points: Int32Array.from(points),
    roadClass: "residential",
    oneway: 0,
    limitKph: 0,
    surface: "paved",
    bridge: false,
    tunnel: false,
    name,
  };
}

/** Every stretch between two neighbouring points, whichever way it is walked. */
function stretches(lines: Iterable<ArrayLike<number>>): string[] {
  const found: string[] = [];
  for (const line of lines)
    for (let i = 1; i < line.length; i++) {
      const [a, b] = [line[i - 1]!, line[i]!];
      found.push(a < b ? `${a}-${b}` : `${b}-${a}`);
    }
  return found.sort();
}

test("ways of one street that meet end to end become one line", () => {
  const joined = joinWays([way([3, 2]), way([3, 4, 5]), way([1, 2])], () => "");
  expect(joined.map(({ points }) => points)).toEqual([[1, 2, 3, 4, 5]]);
});

test("where three ways of a street meet, none is joined across", () => {
  expect(joinWays([way([1, 2]), way([2, 3]), way([2, 4])], () => "")).toHaveLength(3);
});

test("ways of different streets stay apart", () => {
  expect(joinWays([way([1, 2], "a"), way([2, 3], "b")], ({ name }) => name)).toHaveLength(2);
});

test("joining neither loses nor invents a stretch of road", () => {
  const line = fc.uniqueArray(fc.nat(30), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 25 }), (lines) => {
      const joined = joinWays(
        lines.map((points) => way(points)),
        () => "",
      );
      expect(stretches(joined.map(({ points }) => points))).toEqual(stretches(lines));
    }),
  );
});
