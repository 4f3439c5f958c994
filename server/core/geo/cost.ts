/*
 * The cost of an edge or a path is one number that holds two: tenths of a second above, decimetres below.
 * Adding costs adds both parts and comparing them compares time first, then distance, so a search for the
 * fastest path also yields its length, and of two equally fast paths the shorter one, the same in every algorithm.
 *
 * 26 bits of decimetres reach 6,710 km and 25 bits of tenths of a second 38 days. Costs stay below 2^51, so that the
 * sum of two, and of one and {@link UNREACHED}, is still exact in a double.
 */
const DISTANCE_RANGE = 2 ** 26;

/** No path: larger than every cost, also after a cost is added. */
export const UNREACHED = 2 ** 51;

export function packCost(durationDs: number, distanceDm: number): number {
  return durationDs * DISTANCE_RANGE + distanceDm;
}

export function durationDsOf(cost: number): number {
  return Math.floor(cost / DISTANCE_RANGE);
}

export function distanceDmOf(cost: number): number {
  return cost - Math.floor(cost / DISTANCE_RANGE) * DISTANCE_RANGE;
}
