import { makeNearLine, type NearLine } from "./near-line.ts";
import { makeNoise, type Noise } from "./noise.ts";
import { beside, compass, curveThrough, distance, isInside, type Line, type Point } from "./plane.ts";
import type { Random } from "./random.ts";

/** Half the map's width and height. The city's heart is the origin. */
export const REACH: Point = { x: 13_000, y: 10_500 };
export const HEART: Point = { x: 0, y: 0 };

/** What was there before any street: water, green, and where people settled. */
export interface Land {
  readonly river: River;
  readonly lake: Line;
  /** Parks with a road around them, the largest first; the last ones are woods outside the city. */
  readonly greens: readonly Green[];
  readonly towns: readonly Settlement[];
  readonly villages: readonly Settlement[];
  readonly industries: readonly Settlement[];
  /** Above 0 inside the city, 1 at its heart; it frays where the noise says so. */
  urbanity(p: Point): number;
  isWater(p: Point, marginM: number): boolean;
}

export interface River {
  readonly course: Line;
  readonly near: NearLine;
  /** Half the river's width at a point of the course. */
  halfWidthM(index: number): number;
  /** The outline, closed. */
  readonly banks: Line;
}

export interface Green {
  readonly outline: Line;
  readonly centre: Point;
  readonly radiusM: number;
  readonly urban: boolean;
}

export interface Settlement {
  readonly centre: Point;
  readonly radiusM: number;
}

const RIVER_REACH_M = 900;

export function makeLand(random: Random): Land {
  const river = makeRiver(random.fork("river"));
  const shape = random.fork("shape");
  const drift = makeNoise(shape.below(1 << 30), 3_600);
  const fray = makeNoise(shape.below(1 << 30), 1_300);
  const lakeCentre = { x: shape.between(4_300, 5_000), y: shape.between(3_700, 4_300) };
  const lake = blob(lakeCentre, 820, 0.34, makeNoise(shape.below(1 << 30), 900));
  const urbanity = (p: Point) => 1 - distance(p, HEART) / 6_000 + 0.3 * drift(p.x, p.y) + 0.1 * fray(p.x, p.y);

  const greens = makeGreens(random.fork("greens"), river);
  const clearOf = (p: Point, marginM: number) =>
    (river.near.nearest(p)?.distanceM ?? RIVER_REACH_M) > Math.min(marginM, RIVER_REACH_M - 1) &&
    distance(p, lakeCentre) > marginM + 1_000 &&
    greens.every((green) => distance(p, green.centre) > green.radiusM + marginM);
  const towns = makeTowns(random.fork("towns"), clearOf);
  const villages = makeVillages(random.fork("villages"), towns, clearOf, urbanity);
  const industries = makeIndustries(random.fork("industry"), clearOf);
  return {
    river,
    lake,
    greens,
    towns,
    villages,
    industries,
    urbanity,
    isWater(p, marginM) {
      const nearest = river.near.nearest(p);
      if (nearest !== null && nearest.distanceM < river.halfWidthM(nearest.index) + marginM) return true;
      return distance(p, lakeCentre) < 1_400 && (isInside(p, lake) || nearOutline(p, lake, marginM));
    },
  };
}

function nearOutline(p: Point, outline: Line, marginM: number): boolean {
  return outline.some((point) => distance(p, point) < marginM);
}

/** The old town lies in a bend of the river, as old towns do; up and down the stream the course wanders. */
function makeRiver(random: Random): River {
  const sway = (amount: number) => random.between(-amount, amount);
  const course = curveThrough([
    { x: -15_500, y: 1_200 + sway(1_500) },
    { x: -12_400, y: -300 + sway(1_200) },
    { x: -9_300, y: 1_500 + sway(900) },
    { x: -6_300, y: 300 + sway(600) },
    { x: -3_500, y: 1_150 + sway(250) },
    { x: -1_650, y: 420 + sway(120) },
    { x: -780, y: -420 + sway(60) },
    { x: 150, y: -690 + sway(50) },
    { x: 1_050, y: -470 + sway(60) },
    { x: 2_150, y: 80 + sway(150) },
    { x: 3_800, y: -350 + sway(250) },
    { x: 6_300, y: -1_300 + sway(700) },
    { x: 9_300, y: -300 + sway(900) },
    { x: 12_200, y: -1_900 + sway(1_000) },
    { x: 15_500, y: -1_100 + sway(1_500) },
  ]);
  const ripple = makeNoise(random.below(1 << 30), 1_100);
  const halfWidthM = (index: number) => {
    const p = course[index]!;
    return 58 + 30 * (index / course.length) + 9 * ripple(p.x, p.y);
  };
  const leftBank = beside(course, halfWidthM);
  const rightBank = beside(course, (index) => -halfWidthM(index));
  return {
    course,
    near: makeNearLine(course, RIVER_REACH_M),
    halfWidthM,
    banks: [...leftBank, ...rightBank.reverse(), leftBank[0]!],
  };
}

/** A round thing that nature has pushed about. */
export function blob(centre: Point, radiusM: number, unevenness: number, noise: Noise): Line {
  const around = compass(64).map((direction) => {
    const rim = { x: centre.x + direction.x * radiusM, y: centre.y + direction.y * radiusM };
    const radius = radiusM * (1 + unevenness * noise(rim.x, rim.y));
    return { x: centre.x + direction.x * radius, y: centre.y + direction.y * radius };
  });
  return [...around, around[0]!];
}

function makeGreens(random: Random, river: River): Green[] {
  const wishes = [
    { x: -1_250, y: 1_350, radiusM: 390, urban: true },
    { x: 1_500, y: 1_500, radiusM: 260, urban: true },
    { x: -350, y: -1_950, radiusM: 300, urban: true },
    { x: 2_350, y: -1_500, radiusM: 240, urban: true },
    { x: -2_900, y: -800, radiusM: 310, urban: true },
    { x: 3_000, y: 2_900, radiusM: 230, urban: true },
    { x: -1_300, y: 3_350, radiusM: 260, urban: true },
    { x: -5_900, y: -3_900, radiusM: 1_250, urban: false },
    { x: 8_900, y: 5_100, radiusM: 1_050, urban: false },
    { x: 1_500, y: -7_600, radiusM: 850, urban: false },
  ];
  return wishes.flatMap((wish) => {
    const centre = { x: wish.x + random.between(-200, 200), y: wish.y + random.between(-200, 200) };
    const noise = makeNoise(random.below(1 << 30), wish.radiusM * 1.1);
    const nearest = river.near.nearest(centre);
    if (nearest !== null && nearest.distanceM < wish.radiusM * 1.3 + 200) return [];
    const outline = blob(centre, wish.radiusM, 0.3, noise);
    return [{ outline, centre, radiusM: wish.radiusM, urban: wish.urban }];
  });
}

type ClearOf = (p: Point, marginM: number) => boolean;

function makeTowns(random: Random, clearOf: ClearOf): Settlement[] {
  const towns: Settlement[] = [];
  // Six sectors of the surroundings, one town in each where the land allows it.
  const bearings = compass(16);
  for (const bearing of [1, 4, 6, 9, 11, 14]) {
    for (let attempt = 0; attempt < 40; attempt++) {
      const direction = bearings[bearing]!;
      const stretch = random.between(0.86, 1.06);
      const centre = {
        x: direction.x * 9_800 * stretch + random.between(-700, 700),
        y: direction.y * 7_900 * stretch + random.between(-600, 600),
      };
      const radiusM = random.between(750, 1_150);
      if (!clearOf(centre, 850)) continue;
      towns.push({ centre, radiusM });
      break;
    }
  }
  return towns;
}

function makeVillages(
  random: Random,
  towns: readonly Settlement[],
  clearOf: ClearOf,
  urbanity: (p: Point) => number,
): Settlement[] {
  const villages: Settlement[] = [];
  for (let attempt = 0; attempt < 600 && villages.length < 9; attempt++) {
    const centre = {
      x: random.between(-REACH.x + 900, REACH.x - 900),
      y: random.between(-REACH.y + 900, REACH.y - 900),
    };
    if (urbanity(centre) > -0.22 || !clearOf(centre, 450)) continue;
    const others = [...towns, ...villages];
    if (others.some((other) => distance(other.centre, centre) < other.radiusM + 1_500)) continue;
    villages.push({ centre, radiusM: random.between(260, 420) });
  }
  return villages;
}

/** Works and retail parks gather outside, near the ring. */
function makeIndustries(random: Random, clearOf: ClearOf): Settlement[] {
  return [
    { x: 4_900, y: 900 },
    { x: -4_300, y: 3_000 },
    { x: 1_800, y: -4_900 },
    { x: -4_700, y: -1_500 },
    { x: 2_300, y: 5_100 },
  ].flatMap((wish) => {
    const centre = { x: wish.x + random.between(-350, 350), y: wish.y + random.between(-350, 350) };
    return clearOf(centre, 350) ? [{ centre, radiusM: random.between(560, 780) }] : [];
  });
}
