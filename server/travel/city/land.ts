import type { Random } from "#server/core/random.ts";
import { makeNearLine, type NearLine } from "./near-line.ts";
import { makeNoise, type Noise } from "./noise.ts";
import {
  beside,
  compass,
  cross,
  curveThrough,
  distance,
  dot,
  heading,
  isInside,
  type Line,
  type Point,
} from "./plane.ts";

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
  /** With a margin of up to 120 m. */
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
  // Asked at every step of every street: a short reach keeps the lists of nearby segments short.
  const riverSide = makeNearLine(river.course, 230);
  const lakeShore = makeNearLine(lake, 200);
  const urbanity = (p: Point) => {
    const spread = 1 - distance(p, HEART) / 6_800 + 0.3 * drift(p.x, p.y) + 0.12 * fray(p.x, p.y);
    // The city reaches out along the roads to its towns.
    return spread + 0.2 * towns.reduce((most, town) => Math.max(most, alongRay(p, town.centre)), 0);
  };

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
      const nearest = riverSide.nearest(p);
      if (nearest !== null && nearest.distanceM < river.halfWidthM(nearest.index) + marginM) return true;
      if (distance(p, lakeCentre) > 1_300) return false;
      return isInside(p, lake) || (lakeShore.nearest(p)?.distanceM ?? 200) < marginM;
    },
  };
}

/** 1 on the ray from the heart towards a town, falling to 0 at a kilometre's distance from it. */
function alongRay(p: Point, town: Point): number {
  const direction = heading(HEART, town);
  if (dot(p, direction) <= 0) return 0;
  return Math.max(0, 1 - Math.abs(cross(direction, p)) / 1_000);
}

/** The old town lies in a bend of the river, as old towns do; up and down the stream the course wanders. */
function makeRiver(random: Random): River {
  const sway = (amount: number) => random.between(-amount, amount);
  const course = curveThrough([
    { x: -23_000, y: 400 },
    { x: -19_200, y: -700 + sway(1_500) },
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
    { x: 19_200, y: 900 + sway(1_500) },
    { x: 23_000, y: -600 },
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
    const bays = noise(rim.x * 2.7, rim.y * 2.7);
    const radius = radiusM * (1 + unevenness * noise(rim.x, rim.y) + 0.4 * unevenness * bays);
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
    { x: -6_300, y: -4_300, radiusM: 1_150, urban: false },
    { x: 9_300, y: 4_900, radiusM: 950, urban: false },
    { x: 1_500, y: -7_900, radiusM: 800, urban: false },
  ];
  for (let i = 0; i < 14; i++) {
    const wish = { x: random.between(-12_500, 12_500), y: random.between(-10_000, 10_000) };
    const radiusM = random.between(220, 560);
    if (distance(wish, HEART) > 7_600) wishes.push({ ...wish, radiusM, urban: false });
  }
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
      const radiusM = random.between(850, 1_350);
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
    villages.push({ centre, radiusM: random.between(280, 460) });
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
