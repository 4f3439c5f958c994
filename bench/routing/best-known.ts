import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { InstanceError } from "./instance.ts";

/** The best cost that anybody has found, by the `best-known.json` in the file's folder. Throws {@link InstanceError}. */
export function bestKnownCost(file: string, instance: string): number | undefined {
  const path = join(dirname(file), "best-known.json");
  const cost = readObject(path)?.[instance];
  return typeof cost === "number" && cost > 0 ? cost : undefined;
}

function readObject(path: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new InstanceError(path, undefined, `this is not an object of costs (${(error as Error).message})`);
  }
}
