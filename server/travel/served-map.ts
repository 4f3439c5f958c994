import { type MapFile, openMapFile } from "./map-file.ts";
import { mapLocation } from "./map-location.ts";
import { openTiles, type Tiles } from "./tiles/open-tiles.ts";

export interface ServedMap {
  readonly file: MapFile;
  readonly tiles: Tiles;
}

const slot = globalThis as typeof globalThis & { keptServedMap?: ServedMap };

/**
 * The installation's map, opened for its pictures once per process, also across hot reloads. A file put in its place
 * is served after a restart. Throws MapFileError, and tries again at the next call.
 */
export function servedMap(): ServedMap {
  if (slot.keptServedMap === undefined) {
    const file = openMapFile(mapLocation(), ["tiles."]);
    slot.keptServedMap = { file, tiles: openTiles(file) };
  }
  return slot.keptServedMap;
}
