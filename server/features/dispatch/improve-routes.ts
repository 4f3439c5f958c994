import { checkPlan } from "#server/core/routing/check-plan.ts";
import { findRouteFlaw } from "#server/core/routing/check-route.ts";
import type { Plan, RoutingProblem } from "#server/core/routing/problem.ts";
import { timelineOf } from "#server/core/routing/route.ts";
import type { Database } from "#server/db/database.ts";
import { faultOfError } from "#server/db/fault-of-error.ts";
import { instant } from "#server/domain/instant.ts";
import type { Travel } from "#server/travel/travel.ts";
import { readWave, type Wave } from "./read-wave.ts";
import { searchPlan } from "./search-plan.ts";
import { routeOf, toRoutingProblem } from "./to-problem.ts";

export interface Improvement {
  /** Whose routes were written anew. */
  readonly shifts: number;
  /** That come behind another stop, or on another van, than before. */
  readonly movedStops: number;
  readonly savedCents: number;
}

/** Of real time for one wave, and steps for each of its stops: more finds next to nothing (docs/algorithms/routing.md). */
const SEARCH_SEC = 2;
const STEPS_PER_STOP = 150;
/** Below this a change is noise of rounding, and drivers see their run change for nothing. */
const WORTH_CENTS = 0.5;

/**
 * Improves the routes of the vans that leave one node on the same wave as the given shift: tightens the legs that removed
 * stops left behind, and moves stops to where they cost less. Writes only what got better, all shifts at once, at the
 * versions it computed on; a plan that moved on meanwhile is left for the next run.
 */
export async function improveRoutes(db: Database, travel: Travel, shiftId: string): Promise<Improvement | null> {
  const wave = await readWave(db, shiftId);
  if (!wave) return null;
  const problem = toRoutingProblem(wave, travel);
  const given: Plan = {
    routes: wave.shifts.map((shift) => wave.stops.flatMap((stop, v) => (stop.shiftId === shift.id ? [v] : []))),
    leftOut: [],
  };

  // A plan with a loose leg is feasible with the true one; if one is not, travel times have changed and it needs more than this.
  const before = checkPlan(problem, given);
  if (before.flaws.length > 0) return null;
  const { plan, cost } = await searchPlan(problem, given, {
    seconds: SEARCH_SEC,
    iterations: Math.max(1, STEPS_PER_STOP * wave.stops.length),
    seed: wave.shifts.reduce((sum, shift) => sum + shift.version, 0),
  });
  const isWorth = before.cost.total - cost >= WORTH_CENTS;
  const better = isWorth ? plan : given;
  const after = checkPlan(problem, better);
  if (after.flaws.length > 0 || after.unservedCount > 0)
    throw new Error(`the search made a plan that cannot be driven: ${JSON.stringify(after.flaws[0])}`);

  const changes = changesOf(wave, problem, given, better);
  if (changes.length === 0) return { shifts: 0, movedStops: 0, savedCents: 0 };
  try {
    await db`select app.apply_plan(${db.json(changes as never)})`;
  } catch (error) {
    const fault = faultOfError(error);
    if (fault?.code === "plan-moved" || fault?.code === "shift-closed") return null;
    throw error;
  }
  return {
    shifts: changes.length,
    movedStops: movedStops(given, better),
    savedCents: before.cost.total - after.cost.total,
  };
}

/** What app.apply_plan takes: the routes that are not what the rows say, each at the version that was read. */
function changesOf(wave: Wave, problem: RoutingProblem, given: Plan, better: Plan): object[] {
  const originSec = wave.shifts[0]!.startSec;
  return better.routes.flatMap((visits, k) => {
    const shift = wave.shifts[k]!;
    const route = routeOf(problem, k, visits);
    const isSame =
      visits.length === given.routes[k]!.length &&
      visits.every((v, p) => v === given.routes[k]![p] && wave.stops[v]!.legSec === route.legSec[p]) &&
      shift.homeLegSec === route.homeLegSec;
    if (isSame) return [];

    const { earliestSec } = timelineOf(route);
    const flaw = findRouteFlaw(route, earliestSec);
    if (flaw) throw new Error(`a route has starts that cannot be driven: ${flaw.flaw} at ${flaw.position}`);
    let freeAt = route.startSec;
    const stops = visits.map((v, p) => {
      const arrive = freeAt + route.legSec[p]!;
      freeAt = earliestSec[p]! + route.serviceSec[p]!;
      return {
        id: wave.stops[v]!.id,
        leg_sec: route.legSec[p],
        leg_m: route.legM[p],
        arrive_at: instant(originSec + arrive),
        start_at: instant(originSec + earliestSec[p]!),
      };
    });
    const written = { return_leg_sec: route.homeLegSec, return_leg_m: route.homeLegM, stops };
    return [{ shift_id: shift.id, plan_version: shift.version, route: written }];
  });
}

function movedStops(given: Plan, better: Plan): number {
  const comesBehind = ({ routes }: Plan) =>
    new Map(routes.flatMap((visits, k) => visits.map((v, p) => [v, p === 0 ? `van ${k}` : visits[p - 1]!] as const)));
  const before = comesBehind(given);
  return [...comesBehind(better)].filter(([visit, behind]) => before.get(visit) !== behind).length;
}
