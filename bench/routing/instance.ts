import { LAST_SEC, NO_WAY_SEC, type RoutingProblem, type Vehicle } from "#server/core/routing/problem.ts";

/**
 * A benchmark's vehicle-routing problem with time windows: one depot, identical vehicles, one load. Node i is row and
 * column i of the matrix; times are whole numbers of the benchmark's own unit.
 */
export interface Instance {
  readonly depot: number;
  /** Most that may be used. */
  readonly vehicleCount: number;
  readonly capacity: number;
  /** Row by row, from node i to j at `i * nodeCount + j`; travel time and cost in one. */
  readonly travel: Int32Array;
  /** The arrays have one entry a node; the depot's demand and service count nothing. */
  readonly demand: Int32Array;
  readonly service: Int32Array;
  readonly ready: Int32Array;
  /** The last moment at which service may start, and at which a vehicle may be back at the depot. */
  readonly due: Int32Array;
}

/** A file is not what its format says, or a path leads to none; the message begins with the file and the line. */
export class InstanceError extends Error {
  override readonly name = "InstanceError";
  constructor(file: string, line: number | undefined, flaw: string) {
    super(`${file}${line === undefined ? "" : `:${line}`}: ${flaw}.`);
  }
}

/** Least total travel; every visit must be served. Windows are half-open here, so each ends one unit after its due date. */
export function toProblem(instance: Instance): RoutingProblem {
  const { depot, vehicleCount, capacity, travel, demand, service, ready, due } = instance;
  const nodeCount = demand.length;
  const place = Int32Array.from({ length: nodeCount - 1 }, (_, v) => (v < depot ? v : v + 1));
  const count = place.length;
  const ofVisits = (ofNodes: Int32Array) => place.map((node) => ofNodes[node]!);
  // Some files write "never" and "no way" with as many digits as they have room for.
  const lastStart = due.map((last) => Math.min(last, LAST_SEC - 1));
  const legs = travel.map((leg) => Math.min(leg, NO_WAY_SEC));
  const vehicle: Vehicle = {
    startPlace: depot,
    endPlace: depot,
    startSec: ready[depot]!,
    endSec: lastStart[depot]!,
    overtimeSec: 0,
    overtimeCost: 0,
    fixedCost: 0,
    metreCost: 1,
    secondCost: 0,
    capacity: [capacity],
    has: 0,
    breaks: [],
    locked: [],
  };
  return {
    placeCount: nodeCount,
    loadCount: 1,
    travel: { startSec: [0], durationSec: [legs], distanceM: [legs] },
    visits: {
      count,
      place,
      serviceSec: ofVisits(service),
      releaseSec: new Int32Array(count),
      windowsFrom: Int32Array.from({ length: count + 1 }, (_, v) => v),
      windowStartSec: ofVisits(ready),
      windowEndSec: ofVisits(lastStart).map((last) => last + 1),
      lateCost: new Float64Array(count).fill(Infinity),
      delivery: ofVisits(demand),
      pickup: new Int32Array(count),
      needs: new Int32Array(count),
      onlyVehicle: new Int32Array(count).fill(-1),
      prize: new Float64Array(count).fill(Infinity),
    },
    vehicles: Array.from({ length: vehicleCount }, () => vehicle),
  };
}
