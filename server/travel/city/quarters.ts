import { HEART, type Land, REACH, type Settlement } from "./land.ts";
import { makeNearLine } from "./near-line.ts";
import { makeNoise } from "./noise.ts";
import { distance, isInside, type Line, type Point } from "./plane.ts";
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
/** By how much of its radius a settlement's edge moves in and out. */
const FRAY = 0.42;

/** Places are told apart by cells this wide: streets ask millions of times. */
const CELL_M = 16;
const COLUMNS = Math.ceil((2 * REACH.x) / CELL_M);
const ROWS = Math.ceil((2 * REACH.y) / CELL_M);
const UNKNOWN = 0;
/** What a cell's number stands for, from 1. */
const CODES = [null, ...Object.values(FABRIC)];

export function makeFabric(land: Land, ringLine: Line, seed: number): FabricAt {
  const survey = surveyor(land, ringLine, seed);
  const cells = new Uint8Array(COLUMNS * ROWS).fill(UNKNOWN);
  return (p) => {
    if (Math.abs(p.x) > REACH.x - 150 || Math.abs(p.y) > REACH.y - 150) return null;
    const column = Math.floor((p.x + REACH.x) / CELL_M);
    const row = Math.floor((p.y + REACH.y) / CELL_M);
    const cell = row * COLUMNS + column;
    if (cells[cell] === UNKNOWN) {
      const middle = { x: (column + 0.5) * CELL_M - REACH.x, y: (row + 0.5) * CELL_M - REACH.y };
      cells[cell] = CODES.indexOf(survey(middle)) + 1;
    }
    return CODES[cells[cell]! - 1]!;
  };
}

function surveyor(land: Land, ringLine: Line, seed: number): FabricAt {
  // Settlements are no circles.
  const fray = makeNoise(seed, 650);
  const strip = makeNearLine(ringLine, RING_STRIP_M);
  const isAt = ({ centre, radiusM }: Settlement, p: Point) => {
    const awayM = distance(p, centre);
    return awayM < radiusM * (1 + FRAY) && awayM < radiusM * (1 + FRAY * fray(p.x, p.y));
  };
  return (p) => {
    if (land.isWater(p, 30)) return null;
    if (land.greens.some((green) => distance(p, green.centre) < 1.5 * green.radiusM && isInside(p, green.outline)))
      return null;
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
