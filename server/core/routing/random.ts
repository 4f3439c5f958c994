/** A stream of numbers that the same seed repeats on every machine (xorshift32, Marsaglia 2003). */
export interface Random {
  state: number;
}

export function createRandom(seed: number): Random {
  // Spread small seeds over all bits (the finalizer of MurmurHash3); the state must not be zero.
  let h = (seed | 0) + 0x9e3779b9;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return { state: (h ^ (h >>> 16)) | 0 || 1 };
}

/** A whole number of 32 bits, unsigned. */
export function nextBits(random: Random): number {
  let x = random.state;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  random.state = x;
  return x >>> 0;
}

/** In [0, 1). */
export function nextFloat(random: Random): number {
  return nextBits(random) / 4_294_967_296;
}

/** In 0 … below − 1. */
export function nextBelow(random: Random, below: number): number {
  return Math.floor((nextBits(random) / 4_294_967_296) * below);
}
