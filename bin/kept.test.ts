import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { main } from "./kept.ts";

let said: MockInstance<typeof console.log>;
let objected: MockInstance<typeof console.error>;
beforeEach(() => {
  said = vi.spyOn(console, "log").mockImplementation(() => {});
  objected = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

test.each(["nonsense", "--version", "constructor", "__proto__", "toString"])("%s is no verb", async (name) => {
  expect(await main([name])).toBe(2);
  expect(objected.mock.lastCall).toEqual([`kept: there is no verb "${name}". "kept --help" lists them.`]);
});

test("each verb has one line in the list, and help of its own", async () => {
  expect(await main(["--help"])).toBe(0);
  const names = said.mock.calls.flatMap(([line]) => /^ {2}(\S+) +\S/.exec(line)?.[1] ?? []);
  expect(names).toContain("start");
  for (const name of names) {
    expect(await main([name, "--help"])).toBe(0);
    expect(said.mock.lastCall?.[0]).toMatch(new RegExp(`^.+\n\nUsage: kept ${name}(?: \\S|$)`, "m"));
  }
});

test.each([
  ["start", "--what"],
  ["dev", "extra"],
  ["db", "drop"],
  ["import"],
  ["import", "--what"],
  ["make-network"],
  ["seed", "extra"],
  ["make-city", "--seed", "1.5"],
  ["import-roads"],
  ["audit", "--what"],
  ["check", "--what"],
  ["test", "extra"],
  ["bench", "--what"],
  ["build-edge"],
  ["build-edge", "--what"],
])("what a verb cannot take is answered with what it takes: %s %s", async (...argv) => {
  expect(await main(argv)).toBe(2);
  expect(objected.mock.lastCall?.[0]).toMatch(new RegExp(`^kept ${argv[0]}: .+\nUsage: kept ${argv[0]}`, "s"));
});

test.each([
  ["build-edge", "/proc/kept.js"],
  ["bench", "--json", "/proc/kept.json"],
])("a file that cannot be written is one sentence: %s", async (...argv) => {
  expect(await main(argv)).toBe(1);
  expect(objected.mock.lastCall?.[0]).toBe(`kept ${argv[0]}: ${argv.at(-1)} cannot be written (ENOENT).`);
});
