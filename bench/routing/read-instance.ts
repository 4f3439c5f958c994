import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { type Instance, InstanceError } from "./instance.ts";
import { looksLikeSolomon, parseSolomon } from "./solomon-text.ts";
import { looksLikeVrplib, parseVrplib } from "./vrplib-text.ts";

const EXTENSIONS = [".txt", ".vrp", ".vrptw"];

/** An instance in either of the two formats, told apart by its text. Throws {@link InstanceError}. */
export function readInstance(file: string): Instance {
  return parseInstance(readText(file), file);
}

/** `file` is for messages. Throws {@link InstanceError}. */
export function parseInstance(text: string, file: string): Instance {
  if (looksLikeVrplib(text)) return parseVrplib(text, file);
  if (looksLikeSolomon(text)) return parseSolomon(text, file);
  throw new InstanceError(
    file,
    undefined,
    "this is neither Solomon's text (VEHICLE, CUSTOMER) nor VRPLIB's (DIMENSION, EDGE_WEIGHT_TYPE)",
  );
}

/** The files that are named, and those in the folders that are named which look like instances. Throws {@link InstanceError}. */
export function findInstances(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!isFolder(path)) return [path];
    const files = readdirSync(path)
      .filter((name) => EXTENSIONS.includes(extname(name).toLowerCase()))
      .sort()
      .map((name) => join(path, name))
      .filter((file) => !isFolder(file) && looksLikeInstance(readText(file)));
    if (files.length === 0) throw new InstanceError(path, undefined, "no instance lies in this folder");
    return files;
  });
}

function looksLikeInstance(text: string): boolean {
  return looksLikeVrplib(text) || looksLikeSolomon(text);
}

function isFolder(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new InstanceError(path, undefined, "there is no such file or folder");
  return stat.isDirectory();
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new InstanceError(file, undefined, `the file cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
