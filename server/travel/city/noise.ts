/** A smooth field over the plane with values in (-1, 1) that wanders over about `wavelengthM`. */
export type Noise = (x: number, y: number) => number;

/** Value noise: hashed lattice values, blended by a quintic so that slopes have no seams. */
export function makeNoise(seed: number, wavelengthM: number): Noise {
  return (x, y) => {
    const u = x / wavelengthM;
    const v = y / wavelengthM;
    const column = Math.floor(u);
    const row = Math.floor(v);
    const s = fade(u - column);
    const t = fade(v - row);
    const bottom = lattice(seed, column, row) * (1 - s) + lattice(seed, column + 1, row) * s;
    const top = lattice(seed, column, row + 1) * (1 - s) + lattice(seed, column + 1, row + 1) * s;
    return bottom * (1 - t) + top * t;
  };
}

function fade(t: number): number {
  return t * t * t * (t * (t * 6 - 15) + 10);
}

function lattice(seed: number, column: number, row: number): number {
  let h = Math.imul(column, 0x27d4eb2d) ^ Math.imul(row, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2147483648 - 1;
}
