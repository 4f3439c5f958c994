/** Degrees, longitude first, as GeoJSON has it. */
export type LngLat = readonly [lng: number, lat: number];

/** [west, south, east, north] in degrees. */
export type BoundingBox = readonly [west: number, south: number, east: number, north: number];

export const SECONDS_PER_HOUR = 3600;
export const SECONDS_PER_DAY = 86_400;
