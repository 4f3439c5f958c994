import {
  LAST_SEC,
  LEAST_RATE,
  MAX_BREAKS,
  MOST_PRICE,
  MOST_RATE,
  NO_WAY_SEC,
  type RoutingProblem,
  type TravelPeriods,
  type Vehicle,
  type Visits,
} from "./problem.ts";

/** The problem cannot be what its builder meant. `field` is the path to the value, as the message begins with it. */
export class RoutingProblemError extends Error {
  override readonly name = "RoutingProblemError";
  readonly field: string;
  constructor(field: string, flaw: string) {
    super(`${field} ${flaw}.`);
    this.field = field;
  }
}

/** The search keeps times, loads and places in 32 bits. */
const MAX_INT32 = 2_147_483_647;

/**
 * Looks at every value of a problem once, before the search trusts it: O(places² · periods + visits + vehicles).
 *
 * A problem that passes may still have visits that nobody can serve; those are for the search to leave out and explain.
 * Throws {@link RoutingProblemError} at the first value that is wrong.
 */
export function validateProblem(problem: RoutingProblem): void {
  needParts("problem", problem);
  const { placeCount, loadCount, travel, visits, vehicles } = problem;
  needWhole("placeCount", placeCount, 0);
  needWhole("loadCount", loadCount, 0);
  needParts("travel", travel);
  needParts("visits", visits);
  needList("vehicles", vehicles);
  validateTravel(travel, placeCount);
  validateVisits(visits, placeCount, vehicles.length, loadCount);
  for (const [v, vehicle] of vehicles.entries()) validateVehicle(`vehicles[${v}]`, vehicle, placeCount, loadCount);
  validateLocked(vehicles, visits);
}

function validateTravel({ startSec, durationSec, distanceM }: TravelPeriods, placeCount: number): void {
  needList("travel.startSec", startSec);
  need(startSec.length > 0, "travel.startSec", "is empty: one period at least, which then always holds");
  for (const [period, start] of startSec.entries()) {
    const field = `travel.startSec[${period}]`;
    // When the first begins is never asked: −Infinity says so best.
    if (period === 0 && start === Number.NEGATIVE_INFINITY) continue;
    needWhole(field, start, -LAST_SEC, LAST_SEC);
    if (period === 0) continue;
    const before = startSec[period - 1]!;
    need(start > before, field, `is ${start}, not after the period before it, which begins at ${before}`);
  }
  validateMatrices("travel.durationSec", durationSec, startSec.length, placeCount);
  validateMatrices("travel.distanceM", distanceM, startSec.length, placeCount);
}

function validateMatrices(
  field: string,
  matrices: readonly Int32Array[],
  periodCount: number,
  placeCount: number,
): void {
  needList(field, matrices);
  const [have, wanted] = [matrices.length, counted(periodCount, "period")];
  need(have === periodCount, field, `has ${counted(have, "matrix", "matrices")} for ${wanted} of travel.startSec`);
  for (const [period, matrix] of matrices.entries()) {
    const at = `${field}[${period}]`;
    const size = placeCount * placeCount;
    const places = counted(placeCount, "place");
    need(matrix instanceof Int32Array, at, "is not an Int32Array");
    need(matrix.length === size, at, `has ${entries(matrix.length)}, ${places} need ${size}: a square, row by row`);
    needInt32s(at, matrix, size, places, 0, NO_WAY_SEC);
  }
}

function validateVisits(visits: Visits, placeCount: number, vehicleCount: number, loadCount: number): void {
  const { count } = visits;
  needWhole("visits.count", count, 0);
  const each = counted(count, "visit");
  const eachLoad = `${each} with ${counted(loadCount, "load")}`;
  needInt32s("visits.place", visits.place, count, each);
  for (const [v, place] of visits.place.entries())
    need(place >= 0 && place < placeCount, `visits.place[${v}]`, `is ${place}, none of the ${placeCount} places`);
  needInt32s("visits.serviceSec", visits.serviceSec, count, each, 0, LAST_SEC);
  needInt32s("visits.releaseSec", visits.releaseSec, count, each, 0, LAST_SEC);
  validateWindows(visits);
  needPrices("visits.lateCost", visits.lateCost, count, each, MOST_RATE);
  needInt32s("visits.delivery", visits.delivery, count * loadCount, eachLoad, 0);
  needInt32s("visits.pickup", visits.pickup, count * loadCount, eachLoad, 0);
  validateLoads(visits, loadCount);
  needInt32s("visits.needs", visits.needs, count, each);
  needInt32s("visits.onlyVehicle", visits.onlyVehicle, count, each, -1);
  for (const [v, only] of visits.onlyVehicle.entries())
    need(only < vehicleCount, `visits.onlyVehicle[${v}]`, `is ${only}, none of the ${vehicleCount} vehicles`);
  needPrices("visits.prize", visits.prize, count, each, MOST_PRICE);
}

/** One van may be asked to carry all of it. */
function validateLoads({ count, delivery, pickup }: Visits, loadCount: number): void {
  for (let load = 0; load < loadCount; load++) {
    let all = 0;
    for (let v = 0; v < count; v++) all += delivery[v * loadCount + load]! + pickup[v * loadCount + load]!;
    need(all <= MAX_INT32, "visits.delivery", `adds up to ${all} of load ${load}, more than 32 bits hold`);
  }
}

function validateWindows({ count, windowsFrom, windowStartSec, windowEndSec }: Visits): void {
  needInt32s("visits.windowsFrom", windowsFrom, count + 1, `${counted(count, "visit")} and the end`, 0);
  need(windowsFrom[0] === 0, "visits.windowsFrom[0]", `is ${windowsFrom[0]}, not 0`);
  for (let v = 0; v < count; v++) {
    const [from, to] = [windowsFrom[v]!, windowsFrom[v + 1]!];
    need(to >= from, `visits.windowsFrom[${v + 1}]`, `is ${to}, less than the ${from} before it`);
    need(to > from, `visits.windowsFrom[${v}]`, `gives visit ${v} no window`);
  }
  const windowCount = windowsFrom[count]!;
  const wanted = `${counted(windowCount, "window")} of visits.windowsFrom`;
  needInt32s("visits.windowStartSec", windowStartSec, windowCount, wanted, 0, LAST_SEC);
  needInt32s("visits.windowEndSec", windowEndSec, windowCount, wanted, 0, LAST_SEC);
  for (let v = 0; v < count; v++) {
    for (let w = windowsFrom[v]!; w < windowsFrom[v + 1]!; w++) {
      const [start, end] = [windowStartSec[w]!, windowEndSec[w]!];
      need(start < end, `visits.windowEndSec[${w}]`, `is ${end}: the window of visit ${v} from ${start} is empty`);
      if (w === windowsFrom[v]!) continue;
      const endBefore = windowEndSec[w - 1]!;
      need(
        start >= endBefore,
        `visits.windowStartSec[${w}]`,
        `is ${start}, before the end ${endBefore} of the window before it: those of visit ${v} must ascend and lie apart`,
      );
    }
  }
}

function validateVehicle(at: string, vehicle: Vehicle, placeCount: number, loadCount: number): void {
  needParts(at, vehicle);
  for (const end of ["startPlace", "endPlace"] as const) {
    const place = vehicle[end];
    need(
      Number.isInteger(place) && place >= 0 && place < placeCount,
      `${at}.${end}`,
      `is ${shown(place)}, none of the ${placeCount} places: a vehicle needs a depot`,
    );
  }
  needWhole(`${at}.startSec`, vehicle.startSec, 0);
  needWhole(`${at}.endSec`, vehicle.endSec, 0, LAST_SEC);
  need(vehicle.endSec >= vehicle.startSec, `${at}.endSec`, `is ${vehicle.endSec}, before ${at}.startSec`);
  needWhole(`${at}.overtimeSec`, vehicle.overtimeSec, 0, LAST_SEC - vehicle.endSec);
  needCost(`${at}.fixedCost`, vehicle.fixedCost, MOST_PRICE);
  needCost(`${at}.overtimeCost`, vehicle.overtimeCost, MOST_RATE);
  for (const rate of ["metreCost", "secondCost"] as const) {
    needCost(`${at}.${rate}`, vehicle[rate], MOST_RATE);
    need(
      vehicle[rate] === 0 || vehicle[rate] >= LEAST_RATE,
      `${at}.${rate}`,
      `is ${vehicle[rate]}, less than ${LEAST_RATE} and yet not 0`,
    );
  }
  const { capacity } = vehicle;
  needList(`${at}.capacity`, capacity);
  const loads = counted(loadCount, "load");
  need(capacity.length === loadCount, `${at}.capacity`, `has ${entries(capacity.length)}, ${loads} need ${loadCount}`);
  for (const [load, most] of capacity.entries()) needWhole(`${at}.capacity[${load}]`, most, 0);
  needWhole(`${at}.has`, vehicle.has, -MAX_INT32 - 1);
  validateBreaks(at, vehicle);
}

function validateBreaks(at: string, { breaks, startSec }: Vehicle): void {
  needList(`${at}.breaks`, breaks);
  need(breaks.length <= MAX_BREAKS, `${at}.breaks`, `has ${entries(breaks.length)}, more than ${MAX_BREAKS}`);
  // When the vehicle may leave, if it takes what is due until then.
  let leavesSec = startSec;
  for (const [b, rest] of breaks.entries()) {
    const field = `${at}.breaks[${b}]`;
    needParts(field, rest);
    const { earliestSec, latestSec, durationSec } = rest;
    needWhole(`${field}.earliestSec`, earliestSec, 0, LAST_SEC);
    needWhole(`${field}.latestSec`, latestSec, 0, LAST_SEC);
    needWhole(`${field}.durationSec`, durationSec, 0, LAST_SEC);
    need(latestSec >= earliestSec, `${field}.latestSec`, `is ${latestSec}, before earliestSec ${earliestSec}`);
    const before = breaks[b - 1];
    need(
      before === undefined || (earliestSec >= before.earliestSec && latestSec >= before.latestSec),
      field,
      "is sooner than the break before it: they stand in order of time",
    );
    // The first that is not yet due leaves time for a route, and whoever is home before it needs none.
    if (leavesSec < earliestSec) leavesSec = Number.NEGATIVE_INFINITY;
    need(
      leavesSec <= latestSec,
      `${field}.latestSec`,
      `is ${latestSec}, before ${leavesSec}, which is the soonest that the vehicle can take it: it could never leave`,
    );
    leavesSec += durationSec;
  }
}

function validateLocked(vehicles: readonly Vehicle[], { count, onlyVehicle }: Visits): void {
  const lockedAt = new Map<number, string>();
  for (const [v, { locked }] of vehicles.entries()) {
    needList(`vehicles[${v}].locked`, locked);
    for (const [position, visit] of locked.entries()) {
      const field = `vehicles[${v}].locked[${position}]`;
      need(
        Number.isInteger(visit) && visit >= 0 && visit < count,
        field,
        `is ${shown(visit)}, none of the ${count} visits`,
      );
      need(!lockedAt.has(visit), field, `is visit ${visit}, as ${lockedAt.get(visit)} is: one van serves it, once`);
      lockedAt.set(visit, field);
      const only = onlyVehicle[visit]!;
      need(only < 0 || only === v, field, `is visit ${visit}, which only vehicle ${only} may serve`);
    }
  }
}

function need(isGood: boolean, field: string, flaw: string): asserts isGood {
  if (!isGood) throw new RoutingProblemError(field, flaw);
}

/** Whoever builds a problem from elsewhere may have left a part out, whatever the types say. */
function needParts(field: string, value: object): void {
  need(typeof value === "object" && value !== null, field, `is ${shown(value)}, which has no parts`);
}

function needList(field: string, value: readonly unknown[]): void {
  need(Array.isArray(value), field, `is ${shown(value)}, not an array`);
}

function needWhole(field: string, value: number, least: number, most = MAX_INT32): void {
  need(Number.isInteger(value), field, `is ${shown(value)}, not a whole number`);
  need(value >= least, field, `is ${value}, less than ${least}`);
  need(value <= most, field, `is ${value}, more than ${most}`);
}

function needInt32s(
  field: string,
  values: Int32Array,
  length: number,
  wanted: string,
  least = -MAX_INT32 - 1,
  most = MAX_INT32,
): void {
  need(values instanceof Int32Array, field, "is not an Int32Array");
  need(values.length === length, field, `has ${entries(values.length)}, ${wanted} need ${length}`);
  // A matrix has millions of entries: no words before they are needed.
  for (let i = 0; i < length; i++) {
    if (values[i]! < least) throw new RoutingProblemError(`${field}[${i}]`, `is ${values[i]}, less than ${least}`);
    if (values[i]! > most) throw new RoutingProblemError(`${field}[${i}]`, `is ${values[i]}, more than ${most}`);
  }
}

/** Of 0 or more each; Infinity means never. */
function needPrices(field: string, values: Float64Array, length: number, wanted: string, most: number): void {
  need(values instanceof Float64Array, field, "is not a Float64Array");
  need(values.length === length, field, `has ${entries(values.length)}, ${wanted} need ${length}`);
  for (let i = 0; i < length; i++) {
    const price = values[i]!;
    need(price >= 0, `${field}[${i}]`, `is ${price}, not a price of 0 or more, or Infinity`);
    need(price <= most || price === Number.POSITIVE_INFINITY, `${field}[${i}]`, `is ${price}, more than ${most}`);
  }
}

function needCost(field: string, value: number, most: number): void {
  need(Number.isFinite(value) && value >= 0, field, `is ${shown(value)}, not a cost of 0 or more`);
  need(value <= most, field, `is ${value}, more than ${most}`);
}

function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function entries(count: number): string {
  return counted(count, "entry", "entries");
}
