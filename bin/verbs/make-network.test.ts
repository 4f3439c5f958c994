import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { verb } from "./make-network.ts";

const dir = mkdtempSync(join(tmpdir(), "kept-make-network-verb-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const text = join(dir, "text.keptmap");
writeFileSync(text, "not a map");

test.each<[name: string, args: string[], sentence: RegExp]>([
  ["no map", ["--out", dir], /^--roads is missing\.$/],
  ["no folder", ["--roads", text], /^--out is missing\.$/],
  [
    "a seed in words",
    ["--roads", text, "--out", dir, "--seed", "one"],
    /^--seed must be a whole number .* not "one"\.$/,
  ],
  ["an unknown zone", ["--roads", text, "--out", dir, "--time-zone", "Mars"], /^--time-zone must be .* not "Mars"\.$/],
  ["an unknown option", ["--road", text], /--road/],
  ["a file that is no map", ["--roads", text, "--out", dir], /text\.keptmap is not a Kept map;/],
  ["a map that is not there", ["--roads", join(dir, "none"), "--out", dir], /none does not exist;/],
])("%s is refused in a sentence", async (_name, args, sentence) => {
  await expect(verb.run(args)).rejects.toThrow(sentence);
});
