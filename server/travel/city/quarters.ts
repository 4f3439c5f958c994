import { HEART, type Land, REACH, type Settlement } from "./land.ts";
import { makeNearLine } from "./near-line.ts";
import { makeNoise } from "./noise.ts";
import { distance, type Line, type Point } from "./plane.ts";
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
  old: { quarter: "old", spacingM: [54, 68], endAtMeeting: 0.34, keepDeadEnd: 0.1, oneway: 0.5 },
  inner: { quarter: "inner", spacingM: [68, 106], endAtMeeting: 0.1, keepDeadEnd: 0.05, oneway: 0.3 },
  suburb: { quarter: "suburb", spacingM: [72, 138], endAtMeeting: 0.3, keepDeadEnd: 0.5, oneway: 0.02 },
  town: { quarter: "town", spacingM: [72, 116], endAtMeeting: 0.25, keepDeadEnd: 0.3, oneway: 0.06 },
  industry: { quarter: "industry", spacingM: [210, 260], endAtMeeting: 0.1, keepDeadEnd: 0.5, oneway: 0 },
  country: { quarter: "country", spacingM: [1_000, 1_300], endAtMeeting: 0.6, keepDeadEnd: 0.35, oneway: 0 },
};

/** What is built at a place: null on water, in the green, beside the ring road, and off the map. */
export type FabricAt = (p: Point) => Fabric | null;

/** Nothing is built nearer to the ring road's middle than this. */
const RING_STRIP_M = 48;

export function makeFabric(land: Land, ringLine: Line, seed: number): FabricAt {
  // Settlements are no circles.
  const fray = makeNoise(seed, 650);
  const strip = makeNearLine(ringLine, RING_STRIP_M);
  const isAt = ({ centre, radiusM }: Settlement, p: Point) =>
    distance(p, centre) < radiusM * (1 + 0.42 * fray(p.x, p.y));
  return (p) => {
    if (Math.abs(p.x) > REACH.x - 150 || Math.abs(p.y) > REACH.y - 150) return null;
    if (land.isWater(p, 26)) return null;
    for (const green of land.greens)
      if (distance(p, green.centre) < green.radiusM * 1.32 && isGreen(green, p)) return null;
    if (strip.nearest(p) !== null) return null;
    if (land.industries.some((industry) => isAt(industry, p))) return FABRIC.industry;
    const fromHeartM = distance(p, HEART);
    if (fromHeartM < 760) return FABRIC.old;
    if (fromHeartM < 2_350) return FABRIC.inner;
    if (land.urbanity(p) > 0.08) return FABRIC.suburb;
    if (land.towns.some((town) => isAt(town, p)) || land.villages.some((village) => isAt(village, p)))
      return FABRIC.town;
    return FABRIC.country;
  };
}

function isGreen(green: Land["greens"][number], p: Point): boolean {
  // The outline is star-shaped round its centre: compare with the nearest of its rim points' distance.
  let nearest = green.outline[0]!;
  for (const rim of green.outline) if (distance(rim, p) < distance(nearest, p)) nearest = rim;
  return distance(p, green.centre) < distance(nearest, green.centre);
}
