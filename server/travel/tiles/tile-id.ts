/** Tiles are cut for these zooms; MapLibre enlarges the last one beyond. */
export const MIN_TILE_ZOOM = 8;
export const MAX_TILE_ZOOM = 15;

/** One number per tile, unique over zooms and rising with them; fits 32 bits up to zoom 15. */
export function tileId(z: number, x: number, y: number): number {
  return (4 ** z - 1) / 3 + y * 2 ** z + x;
}

/** The tile's column and row that hold a place, as fractions. */
export function tileAt(z: number, lng: number, lat: number): { x: number; y: number } {
  const sine = Math.sin((lat * Math.PI) / 180);
  return {
    x: 2 ** z * (lng / 360 + 0.5),
    y: 2 ** z * (0.5 - (0.25 * Math.log((1 + sine) / (1 - sine))) / Math.PI),
  };
}
