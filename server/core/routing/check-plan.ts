import type { Plan, RoutingProblem, TravelPeriods, Vehicle } from "./problem.ts";

export type PlanFlawKind =
  | "not one route a vehicle"
  | "no such visit"
  | "visit in two places"
  | "visit nowhere"
  | "locked visit not in its place"
  | "another vehicle's visit"
  | "vehicle lacks what the visit needs"
  | "overloaded"
  | "service starts too late"
  | "break starts too late"
  | "home too late";

/** What is wrong with a plan, and where. */
export interface PlanFlaw {
  readonly flaw: PlanFlawKind;
  /** −1 where it is about none. */
  readonly vehicle: number;
  /** In the vehicle's route; its length means the way home, −1 no place at all. */
  readonly position: number;
  /** −1 where it is about none. */
  readonly visit: number;
  /** How far off: seconds late, units of load too many. 0 where nothing is measured. */
  readonly excess: number;
}

/** In the problem's unit of cost. `leftOut` is the sum of the prizes that are finite. */
export interface PlanCost {
  readonly fixed: number;
  readonly distance: number;
  readonly time: number;
  readonly lateness: number;
  readonly overtime: number;
  readonly leftOut: number;
  readonly total: number;
}

export interface PlanCheck {
  /** Empty for a plan that can be driven. */
  readonly flaws: readonly PlanFlaw[];
  /** Visits left out that no prize makes up for: of two plans the one with fewer is better, whatever they cost. */
  readonly unservedCount: number;
  /** Of what is in the plan, even if it is flawed. */
  readonly cost: PlanCost;
}

type Tally = { -readonly [Term in Exclude<keyof PlanCost, "total">]: number };

/** A place in a plan that flaws are noted against. */
type Note = (flaw: PlanFlawKind, position: number, visit: number, excess: number) => void;

/**
 * Walks the clock and adds the loads, and says everything that is wrong with a plan and what it costs.
 *
 * Shares no code with the search: it reads problem.ts word by word, one stop after the other, and runs on every plan
 * before it is saved, in tests, and in benchmarks. The problem must have passed `validateProblem`; the plan may be
 * anything.
 */
export function checkPlan(problem: RoutingProblem, plan: Plan): PlanCheck {
  const flaws: PlanFlaw[] = [];
  const tally: Tally = { fixed: 0, distance: 0, time: 0, lateness: 0, overtime: 0, leftOut: 0 };
  checkPlaces(problem, plan, flaws);
  for (const [v, vehicle] of problem.vehicles.entries()) {
    const note: Note = (flaw, position, visit, excess) => flaws.push({ flaw, vehicle: v, position, visit, excess });
    const route = (plan.routes[v] ?? []).filter((visit) => isVisit(problem, visit));
    checkLocked(vehicle, route, note);
    // A van that stays at home costs nothing and need not rest.
    if (route.length === 0) continue;
    checkFit(problem, v, route, note);
    checkLoads(problem, vehicle, route, note);
    tally.fixed += vehicle.fixedCost;
    walkClock(problem, vehicle, route, tally, note);
  }
  let unservedCount = 0;
  for (const visit of plan.leftOut.filter((visit) => isVisit(problem, visit))) {
    const prize = problem.visits.prize[visit]!;
    if (prize === Infinity) unservedCount++;
    else tally.leftOut += prize;
  }
  const { fixed, distance, time, lateness, overtime, leftOut } = tally;
  return { flaws, unservedCount, cost: { ...tally, total: fixed + distance + time + lateness + overtime + leftOut } };
}

/** Every visit once, in a route or left out. */
function checkPlaces(problem: RoutingProblem, plan: Plan, flaws: PlanFlaw[]): void {
  const note = (flaw: PlanFlawKind, vehicle: number, position: number, visit: number) =>
    flaws.push({ flaw, vehicle, position, visit, excess: 0 });
  if (plan.routes.length !== problem.vehicles.length) note("not one route a vehicle", -1, -1, -1);
  const seen = new Set<number>();
  const see = (visit: number, vehicle: number, position: number): void => {
    if (!isVisit(problem, visit)) note("no such visit", vehicle, position, visit);
    else if (seen.has(visit)) note("visit in two places", vehicle, position, visit);
    seen.add(visit);
  };
  for (const [v, route] of plan.routes.entries()) for (const [p, visit] of route.entries()) see(visit, v, p);
  for (const visit of plan.leftOut) see(visit, -1, -1);
  for (let visit = 0; visit < problem.visits.count; visit++) if (!seen.has(visit)) note("visit nowhere", -1, -1, visit);
}

function isVisit({ visits }: RoutingProblem, visit: number): boolean {
  return Number.isInteger(visit) && visit >= 0 && visit < visits.count;
}

function checkLocked({ locked }: Vehicle, route: readonly number[], note: Note): void {
  for (const [position, visit] of locked.entries())
    if (route[position] !== visit) note("locked visit not in its place", position, visit, 0);
}

function checkFit({ visits, vehicles }: RoutingProblem, v: number, route: readonly number[], note: Note): void {
  const { has } = vehicles[v]!;
  for (const [position, visit] of route.entries()) {
    const only = visits.onlyVehicle[visit]!;
    if (only !== -1 && only !== v) note("another vehicle's visit", position, visit, 0);
    if ((visits.needs[visit]! & ~has) !== 0) note("vehicle lacks what the visit needs", position, visit, 0);
  }
}

/** On every leg: what is still to be delivered, and what was picked up. */
function checkLoads(problem: RoutingProblem, vehicle: Vehicle, route: readonly number[], note: Note): void {
  const { loadCount } = problem;
  const { delivery, pickup } = problem.visits;
  for (let load = 0; load < loadCount; load++) {
    let onBoard = 0;
    for (const visit of route) onBoard += delivery[visit * loadCount + load]!;
    const capacity = vehicle.capacity[load]!;
    for (let position = 0; position <= route.length; position++) {
      // The leg that leads to this position; the last one leads home.
      if (onBoard > capacity) note("overloaded", position, route[position] ?? -1, onBoard - capacity);
      if (position === route.length) break;
      const at = route[position]! * loadCount + load;
      onBoard += pickup[at]! - delivery[at]!;
    }
  }
}

function walkClock(
  problem: RoutingProblem,
  vehicle: Vehicle,
  route: readonly number[],
  tally: Tally,
  note: Note,
): void {
  const { visits, travel, placeCount } = problem;
  const { breaks } = vehicle;
  let breaksTaken = 0;
  let clock = vehicle.startSec;
  for (const visit of route) clock = Math.max(clock, visits.releaseSec[visit]!);
  let place = vehicle.startPlace;

  const takeDueBreaks = (position: number): void => {
    while (breaksTaken < breaks.length && clock >= breaks[breaksTaken]!.earliestSec) {
      const { latestSec, durationSec } = breaks[breaksTaken]!;
      if (clock > latestSec) note("break starts too late", position, route[position] ?? -1, clock - latestSec);
      clock += durationSec;
      breaksTaken++;
    }
  };
  const driveTo = (to: number, position: number): void => {
    takeDueBreaks(position);
    let leg = drive(travel, placeCount, place, to, clock);
    while (breaksTaken < breaks.length && leg.arriveSec > breaks[breaksTaken]!.latestSec) {
      clock = breaks[breaksTaken]!.earliestSec;
      takeDueBreaks(position);
      leg = drive(travel, placeCount, place, to, clock);
    }
    tally.distance += leg.distanceM * vehicle.metreCost;
    tally.time += leg.drivingSec * vehicle.secondCost;
    clock = leg.arriveSec;
    place = to;
  };

  for (const [position, visit] of route.entries()) {
    driveTo(visits.place[visit]!, position);
    takeDueBreaks(position);

    const windows = Array.from(
      { length: visits.windowsFrom[visit + 1]! - visits.windowsFrom[visit]! },
      (_, w) => visits.windowsFrom[visit]! + w,
    );
    const lastWindow = windows.at(-1)!;
    const startAfter = (readySec: number): number => {
      const open = windows.find((window) => readySec < visits.windowEndSec[window]!) ?? lastWindow;
      return Math.max(readySec, visits.windowStartSec[open]!);
    };
    for (; breaksTaken < breaks.length; breaksTaken++) {
      const { earliestSec, latestSec, durationSec } = breaks[breaksTaken]!;
      const restSec = Math.max(clock, earliestSec);
      const isOverInTime = restSec + durationSec <= startAfter(clock);
      const canComeLater = startAfter(clock) + visits.serviceSec[visit]! <= latestSec;
      if (!isOverInTime && canComeLater) break;
      if (restSec > latestSec) note("break starts too late", position, visit, restSec - latestSec);
      clock = restSec + durationSec;
    }
    clock = startAfter(clock);
    const lateSec = clock - (visits.windowEndSec[lastWindow]! - 1);
    if (lateSec > 0) {
      if (visits.lateCost[visit] === Infinity) note("service starts too late", position, visit, lateSec);
      else tally.lateness += lateSec * visits.lateCost[visit]!;
    }

    clock += visits.serviceSec[visit]!;
    tally.time += visits.serviceSec[visit]! * vehicle.secondCost;
  }

  // Home before the latest start of a break it did not take: else it had rested before it left for home.
  driveTo(vehicle.endPlace, route.length);
  const overSec = clock - vehicle.endSec;
  if (overSec > vehicle.overtimeSec) note("home too late", route.length, -1, overSec - vehicle.overtimeSec);
  if (overSec > 0) tally.overtime += overSec * vehicle.overtimeCost;
}

interface Leg {
  readonly arriveSec: number;
  readonly drivingSec: number;
  readonly distanceM: number;
}

/** Leaves at once, or at the start of a later period with which it arrives sooner. */
function drive(
  { startSec, durationSec, distanceM }: TravelPeriods,
  placeCount: number,
  from: number,
  to: number,
  readySec: number,
): Leg {
  const at = from * placeCount + to;
  let now = 0;
  while (now + 1 < startSec.length && startSec[now + 1]! <= readySec) now++;
  let period = now;
  let arriveSec = readySec + durationSec[now]![at]!;
  for (let later = now + 1; later < startSec.length; later++) {
    const arriveLaterSec = startSec[later]! + durationSec[later]![at]!;
    if (arriveLaterSec < arriveSec) {
      period = later;
      arriveSec = arriveLaterSec;
    }
  }
  return { arriveSec, drivingSec: durationSec[period]![at]!, distanceM: distanceM[period]![at]! };
}
