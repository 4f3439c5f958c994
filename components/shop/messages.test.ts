import { expect, test } from "vitest";
import { LANGUAGES, type Language } from "./language.ts";
import { messagesIn } from "./messages.ts";

/** Every text of a catalogue under its path; plural forms count as one text each. */
function textsOf(part: unknown, path = ""): [string, string][] {
  if (typeof part === "string") return [[path, part]];
  return Object.entries(part as object).flatMap(([key, value]) => textsOf(value, `${path}/${key}`));
}

const names = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
const others = (Object.keys(LANGUAGES) as Language[]).filter((language) => language !== "en");

test.each(others)("every text in %s names what the English one names", (language) => {
  const english = new Map(textsOf(messagesIn("en")));
  for (const [path, text] of textsOf(messagesIn(language))) {
    // A plural category that English lacks is measured by English's "other"; "one" may spell the number out.
    const model = english.get(path) ?? english.get(path.replace(/\/\w+$/, "/other"));
    const expected = names(model ?? "");
    if (path.endsWith("/one")) expect(expected, path).toEqual(expect.arrayContaining(names(text)));
    else if (path.startsWith("/reasons/")) expect(["{time}"], path).toEqual(expect.arrayContaining(names(text)));
    else expect(names(text), path).toEqual(expected);
  }
});

test.each(others)("numbers in %s find a text for each plural category that the language has", (language) => {
  const { pluralCategories } = new Intl.PluralRules(LANGUAGES[language].locale).resolvedOptions();
  const counted = textsOf(messagesIn("en")).filter(([path]) => path.endsWith("/other"));
  const texts = new Set(textsOf(messagesIn(language)).map(([path]) => path));
  // "many" is for whole millions: no cart comes there.
  const needed = pluralCategories.filter((category) => category !== "many");
  const missing = counted
    .map(([path]) => path.slice(0, -"/other".length))
    .filter((path) => !path.startsWith("/order/fail") && path !== "/change/reasons")
    .flatMap((path) => needed.map((category) => `${path}/${category}`).filter((each) => !texts.has(each)));
  expect(missing).toEqual([]);
});

test.each(others)("no sentence in %s is English left over", (language) => {
  const english = new Map(textsOf(messagesIn("en")));
  // Of one word, or of nothing but names in braces, both languages may have the same.
  const same = textsOf(messagesIn(language)).filter(
    ([path, text]) => /\w .*\w/.test(text.replaceAll(/\{\w+\}/g, "")) && english.get(path) === text,
  );
  expect(same).toEqual([]);
});
