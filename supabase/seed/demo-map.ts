import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { makeCity } from "#server/travel/city/make-city.ts";
import { mapLocation } from "#server/travel/map-location.ts";
import { writeMap } from "#server/travel/write-map.ts";

/** The city of the demo; any other seed is a city as good. */
export const DEMO_SEED = 1;

/** The map of this installation, drawn and compiled from the demo's seed when there is none. Answers its path. */
export async function ensureMap(stateDir: string, log: (line: string) => void): Promise<string> {
  const path = mapLocation({ ...process.env, KEPT_STATE_DIR: stateDir });
  if (existsSync(path)) return path;
  log("drawing the demo city");
  const source = makeCity({ seed: DEMO_SEED });
  log(`compiling the roads of ${source.name}`);
  await mkdir(dirname(path), { recursive: true });
  await writeMap(source, `generated city, seed ${DEMO_SEED}`, path);
  return path;
}
