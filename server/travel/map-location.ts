import { join, resolve } from "node:path";

/** Where the map of this installation lies: KEPT_MAP_FILE, or the generated city in the state folder. */
export function mapLocation(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const given = env.KEPT_MAP_FILE;
  if (given !== undefined && given !== "") return resolve(given);
  return resolve(join(env.KEPT_STATE_DIR || ".kept", "city.keptmap"));
}
