import type { RoutingProblem, Vehicle } from "./problem.ts";
import { problemOf, type VisitSketch } from "./test-problems.ts";

const VISITS = 40;
const VANS = 8;
const OPEN_SEC = 28_800;
const SHUT_SEC = 72_000;

/** Of each visit and each van what a town has beside the least; `visit` counts from 0. */
interface Town {
  readonly periodStartSec?: readonly number[];
  readonly visit?: (visit: number) => Partial<VisitSketch>;
  readonly van?: (van: number) => Partial<Vehicle>;
}

/** Forty visits scattered by a fixed rule over a square, some of them narrow, for eight vans of two kinds. */
export function town({ periodStartSec = [0], visit, van }: Town = {}): RoutingProblem {
  const at = Array.from({ length: VISITS + 1 }, (_, i) => [(i * 37) % 101, (i * 61) % 97] as const);
  const matrix = at.flatMap(([x, y]) =>
    at.map(([u, v]) => Math.round(60 * Math.hypot(x - u, y - v) + (x > u ? 30 : 0))),
  );
  return problemOf({
    placeCount: VISITS + 1,
    periodStartSec,
    // Every period is slower than the one before, by a fifth.
    durationSec: periodStartSec.map((_, period) => matrix.map((sec) => Math.round(sec * (1 + period / 5)))),
    distanceM: periodStartSec.map(() => matrix),
    loadCount: 2,
    visits: Array.from({ length: VISITS }, (_, i) => ({
      place: i + 1,
      serviceSec: 240,
      delivery: [5 + (i % 7), 1 + (i % 3)],
      windows: i % 3 === 0 ? [[OPEN_SEC + (i % 5) * 7200, OPEN_SEC + (i % 5) * 7200 + 7200]] : [[OPEN_SEC, SHUT_SEC]],
      ...visit?.(i),
    })),
    vehicles: Array.from({ length: VANS }, (_, k) => ({
      startSec: OPEN_SEC,
      endSec: SHUT_SEC,
      capacity: [k % 2 ? 60 : 90, 30],
      metreCost: k % 2 ? 1 : 2,
      fixedCost: 500,
      ...van?.(k),
    })),
  });
}

/** The same town with vans that are all alike, and time enough but little room in them. */
export function fullTown(): RoutingProblem {
  return town({ van: () => ({ capacity: [50, 11], metreCost: 1 }) });
}

/** The same town with vans that are all alike, and little time for most visits. */
export function hurriedTown(): RoutingProblem {
  return town({
    visit: (i) => {
      const opensSec = OPEN_SEC + (i % 8) * 4500;
      return i % 4 === 0 ? {} : { windows: [[opensSec, opensSec + 5400]] };
    },
    van: () => ({ capacity: [90, 30], metreCost: 1 }),
  });
}

/** The same town with a long rest for everyone, which many places are free for, and a short one behind it. */
export function restingTown(): RoutingProblem {
  return town({
    visit: (i) => {
      const opensSec = OPEN_SEC + (i % 6) * 6000;
      return { serviceSec: 300, windows: i % 2 === 0 ? [[opensSec, opensSec + 9000]] : [[OPEN_SEC, SHUT_SEC]] };
    },
    van: () => ({
      capacity: [90, 30],
      metreCost: 1,
      breaks: [
        { earliestSec: 36_000, latestSec: 70_000, durationSec: 5400 },
        { earliestSec: 43_200, latestSec: 70_000, durationSec: 2700 },
      ],
    }),
  });
}

/** The same town with empties to take back, and room in the vans for either these or the goods. */
export function returningTown(): RoutingProblem {
  return town({
    visit: (i) => (i % 3 === 0 ? { delivery: [0, 0], pickup: [9 + (i % 5), 3] } : {}),
    van: () => ({ capacity: [50, 11], metreCost: 1 }),
  });
}

/** The same town with everything at once that makes a van's day complicated, and rates that are no whole numbers. */
export function busyTown(): RoutingProblem {
  return town({
    periodStartSec: [0, 36_000, 61_200],
    visit: (i) => ({
      ...(i % 5 === 1 && { lateCost: 0.07, windows: [[OPEN_SEC, OPEN_SEC + 14_400]] }),
      ...(i % 7 === 2 && { releaseSec: OPEN_SEC + 1800 }),
      ...(i % 4 === 3 && { pickup: [6, 2], delivery: [0, 0] }),
      ...(i % 6 === 4 && {
        windows: [
          [OPEN_SEC, OPEN_SEC + 7200],
          [OPEN_SEC + 21_600, SHUT_SEC],
        ] as const,
      }),
      ...(i % 9 === 5 && { needs: 1 }),
      ...(i === 7 && { onlyVehicle: 2 }),
      ...(i % 8 === 6 && { prize: 3000 }),
    }),
    van: (k) => ({
      metreCost: 0.35,
      secondCost: k % 2 ? 0.011 : 0.009,
      overtimeSec: 3600,
      overtimeCost: 0.02,
      has: k % 2,
      breaks: [
        { earliestSec: 36_000, latestSec: 36_900, durationSec: 900 },
        { earliestSec: 43_200, latestSec: 68_400, durationSec: 5400 },
      ],
      locked: k === 0 ? [0] : [],
    }),
  });
}
