import type { MapFile } from "../map-file.ts";
import { MAX_TILE_ZOOM, MIN_TILE_ZOOM, tileId } from "./tile-id.ts";

export interface Tiles {
  /** A gzipped vector tile, or null where the map has nothing. */
  tile(z: number, x: number, y: number): Uint8Array | null;
}

/** The tiles of a map file that was opened with (at least) the sections "tiles."; only their index stays in memory. */
export function openTiles(file: MapFile): Tiles {
  const index = file.array("tiles.index", "u32");
  return {
    tile(z, x, y) {
      if (z < MIN_TILE_ZOOM || z > MAX_TILE_ZOOM) return null;
      const row = find(index, tileId(z, x, y));
      return row === -1 ? null : file.read("tiles.data", index[3 * row + 1]!, index[3 * row + 2]!);
    },
  };
}

/** Binary search over triples by their first number. */
function find(index: Uint32Array, id: number): number {
  let low = 0;
  let high = index.length / 3 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = index[3 * middle]!;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
