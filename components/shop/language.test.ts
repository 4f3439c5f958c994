import { expect, test } from "vitest";
import { languageAskedFor, languageOf } from "./language.ts";

test.each([
  [null, "en"],
  ["", "en"],
  ["pt-PT,pt;q=0.9,en;q=0.8", "pt"],
  ["pt-BR", "pt"],
  ["de-DE,de;q=0.9", "en"],
  ["de, pt;q=0.5, en;q=0.4", "pt"],
  ["en;q=0.4,pt;q=0.9", "pt"],
  ["pt;q=0, en", "en"],
  ["de;q=1, *;q=0.5", "en"],
  ["pt;q=nonsense, en;q=0.1", "en"],
])("a browser that asks for %j reads %s", (asked, language) => {
  expect(languageAskedFor(asked)).toBe(language);
});

test("a tag that is a name of every object is no language", () => {
  expect(languageOf("constructor")).toBeNull();
});
