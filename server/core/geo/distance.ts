const EARTH_RADIUS_M = 6_371_008.8;
const RADIANS = Math.PI / 180;

/** Metres per degree of latitude; of longitude at the equator. */
export const M_PER_DEGREE = EARTH_RADIUS_M * RADIANS;

/** Metres as the crow flies between two points in degrees; right to a thousandth up to some hundred kilometres. */
export function distanceM(lngA: number, latA: number, lngB: number, latB: number): number {
  const east = (lngB - lngA) * Math.cos(((latA + latB) / 2) * RADIANS);
  return Math.hypot(east, latB - latA) * M_PER_DEGREE;
}

/** How much shorter a degree of longitude is at this latitude than at the equator. */
export function longitudeShrink(lat: number): number {
  return Math.cos(lat * RADIANS);
}
