import fc from "fast-check";
import { expect, test } from "vitest";
import { foldName } from "./fold-name.ts";
import { buildStreetIndex, searchStreetIndex } from "./street-index.ts";
import type { Street } from "./travel.ts";

const street = (name: string, place = ""): Street => ({ name, place, lng: -8.6109441, lat: 41.1477451 });

test("names are folded to what people type", () => {
  expect(foldName("  Praça  d'Água-Férrea ")).toBe("praca d agua ferrea");
  expect(foldName("Triq Ħaż-Żabbar")).toBe("triq haz zabbar");
  expect(foldName("Große Straße 3b")).toBe("grosse strasse 3b");
  expect(foldName("Øster Sølvgade")).toBe("oster solvgade");
  expect(foldName("Λεωφόρος Αθηνών")).toBe("λεωφορος αθηνων");
  expect(foldName("–")).toBe("");
});

test("a street is found by any of its words, with or without accents, and told with its place", () => {
  const index = buildStreetIndex([
    street("Avenida dos Aliados", "Santo Ildefonso"),
    street("Rua do Almada", "Vitória"),
  ]);
  const names = (query: string) => searchStreetIndex(index, query, 9).map(({ name }) => name);
  expect(names("ALIA")).toEqual(["Avenida dos Aliados"]);
  expect(names("almáda rua")).toEqual(["Rua do Almada"]);
  expect(names("rua vitoria")).toEqual(["Rua do Almada"]);
  expect(names("a")).toEqual(["Avenida dos Aliados", "Rua do Almada"]);
  expect(names("liados")).toEqual([]);
  expect(names("")).toEqual([]);
  expect(names(" - ")).toEqual([]);
  expect(searchStreetIndex(index, "aliados", 9)).toEqual([street("Avenida dos Aliados", "Santo Ildefonso")]);
});

test("what starts with the query comes first, then what holds it, then what holds its words, each by importance", () => {
  const index = buildStreetIndex([
    street("Rua Nova do Almada"),
    street("Almada Rua Nova"),
    street("Travessa da Rua Nova"),
    street("Rua Nova"),
  ]);
  expect(searchStreetIndex(index, "rua nova", 9).map(({ name }) => name)).toEqual([
    "Rua Nova do Almada",
    "Rua Nova",
    "Almada Rua Nova",
    "Travessa da Rua Nova",
  ]);
  expect(searchStreetIndex(index, "rua nova", 1)).toHaveLength(1);
  expect(searchStreetIndex(index, "nova rua", 9)).toHaveLength(4);
});

test("every street is found that has a word for each word of the query, and no other", () => {
  const word = fc.stringMatching(/^[abç]{1,3}$/);
  const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(" "));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, name), { maxLength: 12 }), name, (pairs, query) => {
      const streets = pairs.map(([called, place]) => street(called, place));
      const found = searchStreetIndex(buildStreetIndex(streets), query, 99);
      const fits = ({ name, place }: Street) => {
        const words = foldName(`${name} ${place}`).split(" ");
        return foldName(query)
          .split(" ")
          .every((typed) => words.some((one) => one.startsWith(typed)));
      };
      const texts = (list: readonly Street[]) => list.map(({ name, place }) => `${name}\t${place}`).sort();
      expect(texts(found)).toEqual(texts(streets.filter(fits)));
    }),
    { numRuns: 500 },
  );
});
