import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder } from "./make-folder.ts";
import { OperatorError } from "./verb.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "kept-folder-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Refuses, with one sentence. */
function refusal(path: string): string {
  try {
    makeFolder(path, "choose another");
  } catch (error) {
    expect(error).toBeInstanceOf(OperatorError);
    return (error as Error).message;
  }
  throw new Error(`${path} was made`);
}

test("a folder is made with those above it, and may be there already", () => {
  makeFolder(join(dir, "a", "b"));
  makeFolder(join(dir, "a", "b"));
  expect(existsSync(join(dir, "a", "b"))).toBe(true);
});

test("a file in the way is named", () => {
  const file = join(dir, "file");
  writeFileSync(file, "");
  expect(refusal(file)).toBe(`${file} is not a folder: choose another.`);
  expect(refusal(join(file, "below"))).toBe(`${file}/below cannot be made (ENOTDIR): choose another.`);
});

test("a place where the kernel allows no folder is refused at once", () => {
  expect(refusal("/proc/kept/state")).toMatch(/^\/proc\/kept\/state cannot be made \(ENOENT\)|may not be written/);
});

test("a read-only file system is called that", ({ skip }) => {
  const disk = join(dir, "disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "ro", "kept-test", disk], { stdio: "ignore" });
  } catch {
    skip("this account may not mount a disk");
  }
  try {
    for (const path of [disk, join(disk, "a", "b")])
      expect(refusal(path)).toBe(`${path} is on a read-only file system: choose another.`);
  } finally {
    execFileSync("umount", [disk]);
  }
});
