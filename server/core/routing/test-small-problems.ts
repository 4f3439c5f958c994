import fc from "fast-check";
import { checkPlan } from "./check-plan.ts";
import type { Break, RoutingProblem, Vehicle } from "./problem.ts";
import { type ProblemSketch, problemOf, type VisitSketch } from "./test-problems.ts";

/** What may bind beside loads, needs, prizes and one hard window a visit: without any of it the engine takes short cuts. */
export const FEATURES = [
  "periods",
  "several windows",
  "lateness",
  "releases",
  "pickups",
  "breaks",
  "overtime",
  "locked visits",
] as const;
export type Feature = (typeof FEATURES)[number];

export interface SmallProblemLimits {
  readonly maxVisits?: number;
  readonly maxVehicles?: number;
  /** All of them if it does not say, each seldom; those that are named come often. */
  readonly features?: readonly Feature[];
}

/**
 * Problems small enough to try everything, with every feature of the definition: asymmetric travel that breaks the
 * triangle inequality, travel periods, several depots, unlike vehicles, loads both ways, breaks, several and soft windows,
 * releases, prizes, needs, goods on board, locked beginnings. They pass `validateProblem`, and the locked visits alone
 * can be driven; visits that nobody can serve are among them. All costs are whole numbers.
 */
export function smallProblem({
  maxVisits = 5,
  maxVehicles = 3,
  features,
}: SmallProblemLimits = {}): fc.Arbitrary<RoutingProblem> {
  const may: Draw = (feature, some, otherwise) => {
    if (!features) return seldom(some, otherwise);
    return features.includes(feature) ? fc.oneof(fc.constant(otherwise), some) : fc.constant(otherwise);
  };
  const mostWindows = !features || features.includes("several windows") ? 3 : 1;
  return fc
    .record({
      placeCount: fc.integer({ min: 1, max: 5 }),
      // As many as may be more often than not: small numbers come by themselves when a failure shrinks.
      visitCount: fc.oneof(fc.nat({ max: maxVisits }), fc.constant(maxVisits), fc.constant(Math.max(0, maxVisits - 1))),
      vehicleCount: fc.integer({ min: 1, max: maxVehicles }),
      loadCount: fc.nat({ max: 2 }),
      periodCount: may("periods", fc.integer({ min: 2, max: 3 }), 1),
      isFleetAlike: fc.boolean(),
    })
    .chain(({ placeCount, visitCount, vehicleCount, loadCount, periodCount, isFleetAlike }) =>
      fc
        .record({
          periodGaps: exactly(periodCount - 1, fc.integer({ min: 1, max: 80 })),
          durationSec: exactly(periodCount, matrix(placeCount, 30)),
          distanceM: seldom(exactly(periodCount, matrix(placeCount, 40)), undefined),
          visits: exactly(visitCount, visitSketch({ placeCount, vehicleCount, loadCount, mostWindows }, may)),
          vehicles: exactly(vehicleCount, vehicleSketch(placeCount, loadCount, may)),
          wishes: may("locked visits", lockWishes(visitCount, vehicleCount), { visits: [], vehicleOf: [] }),
        })
        .map(({ periodGaps, distanceM, vehicles, wishes, ...made }) => {
          const periodStartSec = [0];
          for (const gap of periodGaps) periodStartSec.push(periodStartSec.at(-1)! + gap);
          const fleet = isFleetAlike ? vehicles.map(() => vehicles[0]!) : vehicles;
          const sketch = { placeCount, loadCount, periodStartSec, ...made, ...(distanceM ? { distanceM } : {}) };
          return withLocked({ ...sketch, vehicles: fleet }, wishes);
        }),
    );
}

/** Of a feature that may be there: something, or nothing of it. */
type Draw = <T, U>(feature: Feature, some: fc.Arbitrary<T>, otherwise: U) => fc.Arbitrary<T | U>;

interface VisitLimits {
  readonly placeCount: number;
  readonly vehicleCount: number;
  readonly loadCount: number;
  readonly mostWindows: number;
}

function visitSketch(
  { placeCount, vehicleCount, loadCount, mostWindows }: VisitLimits,
  may: Draw,
): fc.Arbitrary<VisitSketch> {
  return fc.record({
    place: fc.nat({ max: placeCount - 1 }),
    serviceSec: fc.nat({ max: 10 }),
    releaseSec: may("releases", fc.nat({ max: 60 }), 0),
    windows: fc.oneof(fc.constant([[0, 400] as const]), windows(mostWindows)),
    lateCost: may("lateness", fc.nat({ max: 4 }), Infinity),
    delivery: exactly(loadCount, fc.nat({ max: 4 })),
    pickup: may("pickups", exactly(loadCount, fc.nat({ max: 4 })), Array<number>(loadCount).fill(0)),
    needs: seldom(fc.nat({ max: 3 }), 0),
    onlyVehicle: seldom(fc.nat({ max: vehicleCount - 1 }), -1),
    prize: fc.oneof(fc.constant(Infinity), fc.nat({ max: 120 })),
  });
}

/** At least one, ascending and apart. */
function windows(most: number): fc.Arbitrary<(readonly [startSec: number, endSec: number])[]> {
  return fc
    .uniqueArray(fc.nat({ max: 200 }), { minLength: 2, maxLength: 2 * most + 1 })
    .map((cuts) => cuts.sort((a, b) => a - b))
    .map((cuts) => Array.from({ length: cuts.length >> 1 }, (_, w) => [cuts[2 * w]!, cuts[2 * w + 1]!] as const));
}

function vehicleSketch(placeCount: number, loadCount: number, may: Draw): fc.Arbitrary<Partial<Vehicle>> {
  return fc
    .record({
      startPlace: fc.nat({ max: placeCount - 1 }),
      endPlace: fc.nat({ max: placeCount - 1 }),
      startSec: seldom(fc.nat({ max: 40 }), 0),
      shiftSec: fc.integer({ min: 40, max: 250 }),
      overtimeSec: may("overtime", fc.nat({ max: 40 }), 0),
      overtimeCost: fc.nat({ max: 4 }),
      fixedCost: fc.nat({ max: 30 }),
      metreCost: fc.nat({ max: 3 }),
      secondCost: fc.nat({ max: 2 }),
      capacity: exactly(loadCount, fc.integer({ min: 2, max: 12 })),
      has: fc.nat({ max: 3 }),
      breaks: may("breaks", breaks, []),
    })
    .map(({ shiftSec, ...vehicle }) => ({
      ...vehicle,
      endSec: vehicle.startSec + shiftSec,
      breaks: withTimeToStart(vehicle.breaks, vehicle.startSec),
    }));
}

/** What is due before the van may leave is still in time then: it could not leave at all else. */
function withTimeToStart(breaks: readonly Break[], startSec: number): Break[] {
  let readySec = startSec;
  let latestBefore = 0;
  return breaks.map(({ earliestSec, latestSec, durationSec }) => {
    const isDue = earliestSec <= readySec;
    latestBefore = Math.max(latestBefore, latestSec, isDue ? readySec : 0);
    readySec = isDue ? readySec + durationSec : Number.NEGATIVE_INFINITY;
    return { earliestSec, latestSec: latestBefore, durationSec };
  });
}

const breaks: fc.Arbitrary<Break[]> = fc
  .array(
    fc.record({
      gapSec: fc.nat({ max: 60 }),
      leewaySec: fc.nat({ max: 50 }),
      durationSec: fc.integer({ min: 1, max: 20 }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((rests) => {
    let earliestSec = 0;
    let latestSec = 0;
    return rests.map(({ gapSec, leewaySec, durationSec }) => {
      earliestSec += gapSec;
      latestSec = Math.max(latestSec, earliestSec + leewaySec);
      return { earliestSec, latestSec, durationSec };
    });
  });

/** Which visits should stand at the beginning of which vehicle's route. */
interface LockWishes {
  readonly visits: readonly number[];
  readonly vehicleOf: readonly number[];
}

function lockWishes(visitCount: number, vehicleCount: number): fc.Arbitrary<LockWishes> {
  const all = Array.from({ length: visitCount }, (_, visit) => visit);
  return fc.record({
    visits: fc.shuffledSubarray(all, { maxLength: Math.min(3, visitCount) }),
    vehicleOf: exactly(3, fc.nat({ max: vehicleCount - 1 })),
  });
}

/** Locks one wish after the other, and leaves out those with which the locked visits alone could not be driven. */
function withLocked(sketch: ProblemSketch, wishes: LockWishes): RoutingProblem {
  const locked: number[][] = sketch.vehicles.map(() => []);
  const locking = () =>
    problemOf({ ...sketch, vehicles: sketch.vehicles.map((v, i) => ({ ...v, locked: locked[i]! })) });
  for (const [w, visit] of wishes.visits.entries()) {
    const vehicle = wishes.vehicleOf[w]!;
    locked[vehicle]!.push(visit);
    const { flaws } = checkPlan(locking(), { routes: locked, leftOut: [] });
    if (flaws.some((flaw) => flaw.vehicle === vehicle)) locked[vehicle]!.pop();
  }
  return locking();
}

function matrix(size: number, most: number): fc.Arbitrary<number[]> {
  return exactly(size * size, fc.nat({ max: most })).map((entries) =>
    entries.map((entry, at) => (at % (size + 1) === 0 ? 0 : entry)),
  );
}

function exactly<T>(count: number, one: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(one, { minLength: count, maxLength: count });
}

/** One time in four. */
function seldom<T, U>(some: fc.Arbitrary<T>, otherwise: U): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary: some });
}
