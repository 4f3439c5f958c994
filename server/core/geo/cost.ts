/*
 * The cost of an edge or a path is one number that holds two: tenths of a second above, decimetres below.
 * Adding costs adds both parts and comparing them compares time first, then distance, so a search for the
 * fastest path also yields its length, and of two equally fast paths the shorter one, the same in every algorithm.
 *
 * A double is exact up to 2^53: 26 bits of decimetres (6,710 km) leave 27 bits of tenths of a second (155 days).
 */
const DISTANCE_RANGE = 2 ** 26;

/** No path. Larger than any cost, and stays so when costs are added. */
export const UNREACHED = Infinity;

export function packCost(durationDs: number, distanceDm: number): number {
  return durationDs * DISTANCE_RANGE + distanceDm;
}

export function durationDsOf(cost: number): number {
  return Math.floor(cost / DISTANCE_RANGE);
}

export function distanceDmOf(cost: number): number {
  return cost - Math.floor(cost / DISTANCE_RANGE) * DISTANCE_RANGE;
}
