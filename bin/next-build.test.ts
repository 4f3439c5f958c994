import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hashOfSources } from "./next-build.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "kept-sources-"));
  write("app/page.tsx", "page");
  write("package-lock.json", "{}");
});
afterEach(() => rmSync(dir, { recursive: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), content);
}

test.each([
  ["a changed page", "app/page.tsx", "another page"],
  ["a new component", "components/ui/button.tsx", "button"],
  ["a changed lock file", "package-lock.json", '{ "a": 1 }'],
])("%s asks for a new build", (_, path, content) => {
  const before = hashOfSources(dir);
  write(path, content);
  expect(hashOfSources(dir)).not.toBe(before);
});

test.each([
  ["a test", "app/page.test.tsx"],
  ["a document", "docs/architecture.md"],
  ["a migration", "supabase/migrations/1_first.sql"],
])("%s does not ask for a new build", (_, path) => {
  const before = hashOfSources(dir);
  write(path, "anything");
  expect(hashOfSources(dir)).toBe(before);
});

test("a file that moves asks for a new build although no content changed", () => {
  write("app/a.ts", "same");
  const before = hashOfSources(dir);
  rmSync(join(dir, "app/a.ts"));
  write("app/b.ts", "same");
  expect(hashOfSources(dir)).not.toBe(before);
});
