import { cheapestPosition, createInsertion, NOWHERE, type Rates, type VisitTravel } from "./insertion.ts";
import { createRoute, isOnTime, type Route, type Timeline, timelineOf } from "./route.ts";

/** Vans that leave from one home, and the visits on their routes. Indices: visits first, then each shift's home. */
export interface RelocationProblem {
  readonly windowStartSec: Int32Array;
  readonly windowEndSec: Int32Array;
  readonly serviceSec: Int32Array;
  readonly weightG: Int32Array;
  readonly volumeMl: Int32Array;
  /** The shift that must keep the visit because it is loaded, or −1. */
  readonly pinnedTo: Int32Array;
  readonly needsChilled: Uint8Array;
  readonly needsFrozen: Uint8Array;
  readonly shifts: readonly RelocationShift[];
  /** Square over visits and homes, row-major; each column at the time of day when its place is reached. */
  readonly durationSec: Int32Array;
  readonly distanceM: Int32Array;
}

export interface RelocationShift {
  readonly startSec: number;
  readonly endSec: number;
  readonly limitG: number;
  readonly limitMl: number;
  readonly carriesChilled: boolean;
  readonly carriesFrozen: boolean;
  readonly rates: Rates;
}

export interface Relocation {
  /** Visits of each shift in driving order. */
  readonly routes: number[][];
  readonly moves: number;
  readonly savedCents: number;
}

/** Below this a move is noise of rounding, and two equal plans would take turns for ever. */
const WORTH_CENTS = 0.5;

/**
 * Moves single visits to cheaper places, in their own route or another one, until no such move is left or `maxMoves` are
 * made (relocate neighbourhood, first improvement). Windows, shift ends and loads are hard throughout.
 *
 * The given routes must be feasible. Deterministic: visits are tried in index order. Each round costs
 * O(visits²); memory O(visits).
 */
export function relocate(
  problem: RelocationProblem,
  given: readonly (readonly number[])[],
  maxMoves: number,
): Relocation {
  const routes = given.map((visits) => [...visits]);
  const state = routes.map((visits, s) => evaluate(problem, s, visits));
  const shiftOf = new Int32Array(problem.serviceSec.length).fill(NOWHERE);
  routes.forEach((visits, s) => {
    for (const visit of visits) shiftOf[visit] = s;
  });

  const scratch = createInsertion();
  let moves = 0;
  let savedCents = 0;
  for (let improved = true; improved && moves < maxMoves; ) {
    improved = false;
    for (let visit = 0; visit < shiftOf.length && moves < maxMoves; visit++) {
      const from = shiftOf[visit]!;
      if (from === NOWHERE) continue;
      const without = evaluate(
        problem,
        from,
        routes[from]!.filter((other) => other !== visit),
      );
      const gainCents = state[from]!.costCents - without.costCents;

      let to = NOWHERE;
      let position = NOWHERE;
      let costCents = gainCents - WORTH_CENTS;
      for (let s = 0; s < routes.length; s++) {
        const target = s === from ? without : state[s]!;
        if (!accepts(problem, s, target, visit)) continue;
        const found = cheapestPosition(
          target.route,
          target.timeline,
          {
            windowStartSec: problem.windowStartSec[visit]!,
            windowEndSec: problem.windowEndSec[visit]!,
            serviceSec: problem.serviceSec[visit]!,
          },
          travelOf(problem, s, target.visits, visit),
          0,
          0,
          problem.shifts[s]!.rates,
          scratch,
        );
        if (found.position !== NOWHERE && found.costCents < costCents) {
          to = s;
          position = found.position;
          costCents = found.costCents;
        }
      }
      if (to === NOWHERE) continue;

      routes[from] = without.visits;
      state[from] = without;
      const grown = [...(to === from ? without.visits : routes[to]!)];
      grown.splice(position, 0, visit);
      routes[to] = grown;
      state[to] = evaluate(problem, to, grown);
      shiftOf[visit] = to;
      savedCents += gainCents - costCents;
      moves++;
      improved = true;
    }
  }
  return { routes, moves, savedCents };
}

interface Evaluated {
  readonly visits: number[];
  readonly route: Route;
  readonly timeline: Timeline;
  readonly costCents: number;
  readonly weightG: number;
  readonly volumeMl: number;
}

/** A shift's route over the given visits, with the legs that the matrix says. */
export function routeOf(problem: RelocationProblem, shift: number, visits: readonly number[]): Route {
  const { startSec, endSec } = problem.shifts[shift]!;
  const size = problem.serviceSec.length + problem.shifts.length;
  const home = problem.serviceSec.length + shift;
  const leg = (p: number): number => (p === 0 ? home : visits[p - 1]!) * size + visits[p]!;
  const back = visits.length === 0 ? home * size + home : visits.at(-1)! * size + home;
  return createRoute(
    startSec,
    endSec,
    {
      windowStartSec: visits.map((visit) => problem.windowStartSec[visit]!),
      windowEndSec: visits.map((visit) => problem.windowEndSec[visit]!),
      serviceSec: visits.map((visit) => problem.serviceSec[visit]!),
      legSec: visits.map((_, p) => problem.durationSec[leg(p)]!),
      legM: visits.map((_, p) => problem.distanceM[leg(p)]!),
    },
    visits.length === 0 ? 0 : problem.durationSec[back]!,
    visits.length === 0 ? 0 : problem.distanceM[back]!,
  );
}

/** Whether every visit of the route is served in its window, the van is home in time and never overloaded. */
export function isFeasibleRoute(problem: RelocationProblem, shift: number, visits: readonly number[]): boolean {
  const { route, timeline, weightG, volumeMl } = evaluate(problem, shift, [...visits]);
  const { limitG, limitMl } = problem.shifts[shift]!;
  return weightG <= limitG && volumeMl <= limitMl && isOnTime(route, timeline);
}

function evaluate(problem: RelocationProblem, shift: number, visits: number[]): Evaluated {
  const route = routeOf(problem, shift, visits);
  const { centsPerM, centsPerSec } = problem.shifts[shift]!.rates;
  let metres = route.homeLegM;
  let seconds = route.homeLegSec;
  let weightG = 0;
  let volumeMl = 0;
  for (let p = 0; p < visits.length; p++) {
    metres += route.legM[p]!;
    seconds += route.legSec[p]! + route.serviceSec[p]!;
    weightG += problem.weightG[visits[p]!]!;
    volumeMl += problem.volumeMl[visits[p]!]!;
  }
  return {
    visits,
    route,
    timeline: timelineOf(route),
    costCents: metres * centsPerM + seconds * centsPerSec,
    weightG,
    volumeMl,
  };
}

function accepts(problem: RelocationProblem, s: number, target: Evaluated, visit: number): boolean {
  const shift = problem.shifts[s]!;
  const pinned = problem.pinnedTo[visit]!;
  return (
    (pinned === NOWHERE || pinned === s) &&
    (!problem.needsChilled[visit] || shift.carriesChilled) &&
    (!problem.needsFrozen[visit] || shift.carriesFrozen) &&
    target.weightG + problem.weightG[visit]! <= shift.limitG &&
    target.volumeMl + problem.volumeMl[visit]! <= shift.limitMl
  );
}

function travelOf(problem: RelocationProblem, shift: number, visits: readonly number[], visit: number): VisitTravel {
  const size = problem.serviceSec.length + problem.shifts.length;
  const home = problem.serviceSec.length + shift;
  const { durationSec, distanceM } = problem;
  return {
    toSec: Int32Array.from(visits, (other) => durationSec[other * size + visit]!),
    toM: Int32Array.from(visits, (other) => distanceM[other * size + visit]!),
    fromSec: Int32Array.from(visits, (other) => durationSec[visit * size + other]!),
    fromM: Int32Array.from(visits, (other) => distanceM[visit * size + other]!),
    homeToSec: Int32Array.of(durationSec[home * size + visit]!),
    homeToM: Int32Array.of(distanceM[home * size + visit]!),
    homeFromSec: Int32Array.of(durationSec[visit * size + home]!),
    homeFromM: Int32Array.of(distanceM[visit * size + home]!),
  };
}
