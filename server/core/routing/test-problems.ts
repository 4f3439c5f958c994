import type { RoutingProblem, Vehicle } from "./problem.ts";

/** What a fixture says of a visit; what it leaves out binds nothing. */
export interface VisitSketch {
  readonly place: number;
  readonly serviceSec?: number;
  readonly releaseSec?: number;
  /** [start, end) each. */
  readonly windows?: readonly (readonly [startSec: number, endSec: number])[];
  readonly lateCost?: number;
  readonly delivery?: readonly number[];
  readonly pickup?: readonly number[];
  readonly needs?: number;
  readonly onlyVehicle?: number;
  readonly prize?: number;
}

export interface ProblemSketch {
  readonly placeCount: number;
  /** By period, row by row; one matrix when travel never changes. */
  readonly durationSec: readonly (readonly number[])[];
  /** As `durationSec`, which also stands in for it. */
  readonly distanceM?: readonly (readonly number[])[];
  readonly periodStartSec?: readonly number[];
  readonly loadCount?: number;
  readonly visits: readonly VisitSketch[];
  readonly vehicles: readonly Partial<Vehicle>[];
}

const DAY_SEC = 86_400;

/** A problem from what matters in a test. A vehicle lives at place 0, costs a unit a metre, and works all day. */
export function problemOf(sketch: ProblemSketch): RoutingProblem {
  const { placeCount, durationSec, visits, loadCount = 0 } = sketch;
  const windows = visits.map((visit) => visit.windows ?? [[0, DAY_SEC] as const]);
  const windowsFrom = [0];
  for (const list of windows) windowsFrom.push(windowsFrom.at(-1)! + list.length);
  const none = Array.from({ length: loadCount }, () => 0);
  return {
    placeCount,
    loadCount,
    travel: {
      startSec: sketch.periodStartSec ?? [0],
      durationSec: durationSec.map((matrix) => Int32Array.from(matrix)),
      distanceM: (sketch.distanceM ?? durationSec).map((matrix) => Int32Array.from(matrix)),
    },
    visits: {
      count: visits.length,
      place: Int32Array.from(visits, (visit) => visit.place),
      serviceSec: Int32Array.from(visits, (visit) => visit.serviceSec ?? 0),
      releaseSec: Int32Array.from(visits, (visit) => visit.releaseSec ?? 0),
      windowsFrom: Int32Array.from(windowsFrom),
      windowStartSec: Int32Array.from(windows.flat(), ([start]) => start),
      windowEndSec: Int32Array.from(windows.flat(), ([, end]) => end),
      lateCost: Float64Array.from(visits, (visit) => visit.lateCost ?? Infinity),
      delivery: Int32Array.from(visits.flatMap((visit) => visit.delivery ?? none)),
      pickup: Int32Array.from(visits.flatMap((visit) => visit.pickup ?? none)),
      needs: Int32Array.from(visits, (visit) => visit.needs ?? 0),
      onlyVehicle: Int32Array.from(visits, (visit) => visit.onlyVehicle ?? -1),
      prize: Float64Array.from(visits, (visit) => visit.prize ?? Infinity),
    },
    vehicles: sketch.vehicles.map((vehicle) => ({
      startPlace: 0,
      endPlace: 0,
      startSec: 0,
      endSec: DAY_SEC,
      overtimeSec: 0,
      overtimeCost: 0,
      fixedCost: 0,
      metreCost: 1,
      secondCost: 0,
      capacity: none,
      has: 0,
      breaks: [],
      locked: [],
      ...vehicle,
    })),
  };
}

/** Row by row: between places on a line, at `at` metres each. */
export function lineMatrix(at: readonly number[]): number[] {
  return at.flatMap((from) => at.map((to) => Math.abs(from - to)));
}
