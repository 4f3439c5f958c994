import { compileMap } from "./compile-map.ts";
import { type MapHeader, writeMapFile } from "./map-file.ts";
import type { MapSource } from "./map-source.ts";
import { buildTiles } from "./tiles/build-tiles.ts";
import { MAX_TILE_ZOOM, MIN_TILE_ZOOM } from "./tiles/tile-id.ts";

export interface WriteMapSteps {
  /** 0 … 1 */
  onCompile(fraction: number): void;
  /** 0 … 1 */
  onTiles(fraction: number): void;
}

/**
 * Makes the map file of a source, an extract or a generated city alike: the road graph and its hierarchies, the
 * streets, the tiles. Throws EmptyMapError and MapFileError.
 */
export async function writeMap(
  source: MapSource,
  createdFrom: string,
  path: string,
  steps: WriteMapSteps = { onCompile: () => {}, onTiles: () => {} },
): Promise<{ readonly header: MapHeader; readonly sizeBytes: number }> {
  const { header, sections } = compileMap(source, createdFrom, steps.onCompile);
  const tiles = buildTiles(source, (zoom) =>
    steps.onTiles((zoom - MIN_TILE_ZOOM + 1) / (MAX_TILE_ZOOM - MIN_TILE_ZOOM + 1)),
  );
  const counts = { ...header.counts, tiles: tiles["tiles.index"].length / 3 };
  const complete = { ...header, counts };
  const { sizeBytes } = await writeMapFile(path, complete, { ...sections, ...tiles });
  return { header: complete, sizeBytes };
}
