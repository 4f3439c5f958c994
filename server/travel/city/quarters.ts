import { HEART, type Land, REACH } from "./land.ts";
import { distance, type Point } from "./plane.ts";
import type { Quarter } from "./street-net.ts";

/** How a kind of quarter is built. */
export interface Fabric {
  readonly quarter: Quarter;
  /** Between parallel streets, for the field's two directions: blocks are longer than wide. */
  readonly spacingM: readonly [number, number];
  /** How often a street ends at the one it meets instead of crossing it. */
  readonly endAtMeeting: number;
  /** How often a street that finds no other end stays a dead end. */
  readonly keepDeadEnd: number;
  readonly oneway: number;
}

const FABRIC: Record<Quarter, Fabric> = {
  old: { quarter: "old", spacingM: [58, 74], endAtMeeting: 0.34, keepDeadEnd: 0.1, oneway: 0.5 },
  inner: { quarter: "inner", spacingM: [84, 132], endAtMeeting: 0.1, keepDeadEnd: 0.05, oneway: 0.3 },
  suburb: { quarter: "suburb", spacingM: [88, 190], endAtMeeting: 0.3, keepDeadEnd: 0.5, oneway: 0.02 },
  town: { quarter: "town", spacingM: [86, 140], endAtMeeting: 0.25, keepDeadEnd: 0.3, oneway: 0.06 },
  industry: { quarter: "industry", spacingM: [210, 260], endAtMeeting: 0.1, keepDeadEnd: 0.5, oneway: 0 },
  country: { quarter: "country", spacingM: [1_150, 1_500], endAtMeeting: 0.6, keepDeadEnd: 0.35, oneway: 0 },
};

/** What is built at a place: null on water, in the green, and off the map. */
export function fabricAt(land: Land, p: Point): Fabric | null {
  if (Math.abs(p.x) > REACH.x - 150 || Math.abs(p.y) > REACH.y - 150) return null;
  if (land.isWater(p, 26)) return null;
  for (const green of land.greens)
    if (distance(p, green.centre) < green.radiusM * 1.32 && isGreen(green, p)) return null;
  if (land.industries.some(({ centre, radiusM }) => distance(p, centre) < radiusM)) return FABRIC.industry;
  const fromHeartM = distance(p, HEART);
  if (fromHeartM < 760) return FABRIC.old;
  if (fromHeartM < 2_350) return FABRIC.inner;
  if (land.urbanity(p) > 0.08) return FABRIC.suburb;
  for (const { centre, radiusM } of land.towns) if (distance(p, centre) < radiusM) return FABRIC.town;
  for (const { centre, radiusM } of land.villages) if (distance(p, centre) < radiusM) return FABRIC.town;
  return FABRIC.country;
}

function isGreen(green: Land["greens"][number], p: Point): boolean {
  // The outline is star-shaped round its centre: compare with the nearest of its rim points' distance.
  let nearest = green.outline[0]!;
  for (const rim of green.outline) if (distance(rim, p) < distance(nearest, p)) nearest = rim;
  return distance(p, green.centre) < distance(nearest, green.centre);
}
