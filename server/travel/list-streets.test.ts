import { expect, test } from "vitest";
import { compileMap } from "./compile-map.ts";
import { gridTown } from "./grid-town.ts";
import { searchStreetIndex } from "./street-index.ts";
import type { Street } from "./travel.ts";

function streetsOf(source: Parameters<typeof compileMap>[0]): Street[] {
  const { sections } = compileMap(source, "a test");
  const part = <T>(name: string) => sections[`names.${name}`] as T;
  return searchStreetIndex(
    {
      display: part("display"),
      displayStart: part("displayStart"),
      at: part("at"),
      folded: part("folded"),
      foldedStart: part("foldedStart"),
      words: part("words"),
    },
    "row",
    99,
  );
}

const town = gridTown(0, 0, 5, 2, 0.01);

test("a street is one entry at the edge in its middle, longest first", () => {
  const streets = streetsOf(town);
  expect(streets.map(({ name, place }) => [name, place])).toEqual([
    ["Row 0", ""],
    ["Row 1", ""],
  ]);
  for (const street of streets) expect(Math.abs(street.lng - 0.02)).toBeLessThan(0.0101);
});

test("the same name in two places is two streets, each with its place", () => {
  const streets = streetsOf({
    ...town,
    places: [
      { kind: "village", name: "Vila\tNova", lng: 0, lat: 0 },
      { kind: "suburb", name: "Centro", lng: 0.04, lat: 0 },
    ],
  });
  expect(streets.map(({ name, place }) => `${name}, ${place}`).sort()).toEqual([
    "Row 0, Centro",
    "Row 0, Vila Nova",
    "Row 1, Centro",
    "Row 1, Vila Nova",
  ]);
});

test("its middle is that of its length, not of its edges", () => {
  // Row 0 has three edges of a hundred metres and then one of two kilometres.
  const lng = town.lng.map((_, i) => [0, 0.001, 0.002, 0.003, 0.02][i % 5]!);
  expect(streetsOf({ ...town, lng }).map((street) => street.lng)).toEqual([0.02, 0.02]);
});
