import { findRouteFlaw } from "#server/core/routing/check-route.ts";
import { isFeasibleRoute, type RelocationProblem, relocate, routeOf } from "#server/core/routing/relocate.ts";
import { timelineOf } from "#server/core/routing/route.ts";
import type { Database, Queryable } from "#server/db/database.ts";
import { faultOfError } from "#server/db/fault-of-error.ts";
import { instant } from "#server/domain/instant.ts";
import { SECONDS_PER_HOUR } from "#server/domain/units.ts";
import type { Travel } from "#server/travel/travel.ts";
import { zoneClock } from "#server/travel/zone-clock.ts";

export interface Improvement {
  readonly shifts: number;
  readonly moves: number;
  readonly savedCents: number;
}

const MAX_MOVES = 200;

/**
 * Improves the routes of the vans that leave one node on the same wave as the given shift: tightens the legs that removed
 * stops left behind, and moves single stops to cheaper places. Writes only what got better, all shifts at once, at the
 * versions it computed on; a plan that moved on meanwhile is left for the next run.
 */
export async function improveRoutes(db: Database, travel: Travel, shiftId: string): Promise<Improvement | null> {
  const wave = await readWave(db, shiftId);
  if (wave.shifts.length === 0) return null;
  const problem = toProblem(wave, travel);
  const given = wave.shifts.map((shift) => wave.stops.flatMap((stop, v) => (stop.shiftId === shift.id ? [v] : [])));

  // A plan with a loose leg is feasible with the true one; if one is not, travel times have changed and it needs more than this.
  if (given.some((visits, s) => visits.length > 0 && !isFeasibleRoute(problem, s, visits))) return null;
  const better = relocate(problem, given, MAX_MOVES);

  const changed = better.routes.flatMap((visits, s) => {
    const shift = wave.shifts[s]!;
    const route = routeOf(problem, s, visits);
    const loose =
      visits.some((v, p) => wave.stops[v]!.legSec !== route.legSec[p]) || shift.homeLegSec !== route.homeLegSec;
    const moved = visits.length !== given[s]!.length || visits.some((v, p) => v !== given[s]![p]);
    return moved || loose ? [{ shift, route, visits }] : [];
  });
  if (changed.length === 0) return { shifts: 0, moves: 0, savedCents: 0 };

  const plans = changed.map(({ shift, route, visits }) => {
    const { earliestSec } = timelineOf(route);
    const flaw = findRouteFlaw(route, earliestSec);
    if (flaw) throw new Error(`the search made a route that cannot be driven: ${flaw.flaw} at ${flaw.position}`);
    let freeAt = route.startSec;
    return {
      shift_id: shift.id,
      plan_version: shift.version,
      route: {
        return_leg_sec: route.homeLegSec,
        return_leg_m: route.homeLegM,
        stops: visits.map((v, p) => {
          const arrive = freeAt + route.legSec[p]!;
          freeAt = earliestSec[p]! + route.serviceSec[p]!;
          return {
            id: wave.stops[v]!.id,
            leg_sec: route.legSec[p],
            leg_m: route.legM[p],
            arrive_at: instant(wave.originSec + arrive),
            start_at: instant(wave.originSec + earliestSec[p]!),
          };
        }),
      },
    };
  });
  try {
    await db`select app.apply_plan(${db.json(plans as never)})`;
  } catch (error) {
    const fault = faultOfError(error);
    if (fault?.code === "plan-moved" || fault?.code === "shift-closed") return null;
    throw error;
  }
  return { shifts: changed.length, moves: better.moves, savedCents: better.savedCents };
}

// ----------------------------------------------------------------------------------------------------------- the rows

interface WaveShift {
  readonly id: string;
  readonly version: number;
  readonly startSec: number;
  readonly endSec: number;
  readonly limitG: number;
  readonly limitMl: number;
  readonly carriesChilled: boolean;
  readonly carriesFrozen: boolean;
  readonly kmCents: number;
  readonly hourCents: number;
  readonly homeLegSec: number;
}

interface WaveStop {
  readonly id: string;
  readonly shiftId: string;
  readonly lng: number;
  readonly lat: number;
  readonly windowStartSec: number;
  readonly windowEndSec: number;
  readonly serviceSec: number;
  readonly weightG: number;
  readonly volumeMl: number;
  readonly legSec: number;
  readonly loaded: boolean;
  readonly needsChilled: boolean;
  readonly needsFrozen: boolean;
}

interface Wave {
  readonly originSec: number;
  readonly timeZone: string;
  readonly home: { lng: number; lat: number };
  readonly shifts: readonly WaveShift[];
  /** In driving order within each shift. */
  readonly stops: readonly WaveStop[];
}

/** The planned shifts that leave the same node at the same time, and their stops. */
async function readWave(db: Queryable, shiftId: string): Promise<Wave> {
  const shifts = await db<(WaveShift & { timeZone: string; lng: number; lat: number })[]>`
    select s.id, s.plan_version as version, extract(epoch from s.starts_at)::integer as "startSec",
      extract(epoch from s.ends_at)::integer as "endSec", s.limit_weight_g as "limitG", s.limit_volume_ml as "limitMl",
      v.carries_chilled as "carriesChilled", v.carries_frozen as "carriesFrozen", v.km_cents as "kmCents", v.hour_cents as "hourCents",
      s.return_leg_sec as "homeLegSec", r.time_zone as "timeZone", n.lng, n.lat
    from public.shifts named
    join public.shifts s on s.node_id = named.node_id and s.starts_at = named.starts_at and s.state = 'planned' and s.starts_at > app.now()
    join public.vehicles v on v.id = s.vehicle_id
    join public.nodes n on n.id = s.node_id
    join public.regions r on r.id = s.region_id
    where named.id = ${shiftId} order by s.id`;
  const stops =
    shifts.length === 0
      ? []
      : await db<WaveStop[]>`
        select t.id, t.shift_id as "shiftId", t.lng, t.lat, extract(epoch from t.window_starts_at)::integer as "windowStartSec",
          extract(epoch from t.window_ends_at)::integer as "windowEndSec", t.service_sec as "serviceSec", t.weight_g as "weightG",
          t.volume_ml as "volumeMl", t.leg_sec as "legSec",
          exists (select from public.fulfilments f where f.hold_id = t.hold_id and f.state not in ('to_pick', 'ready', 'rejected')) as loaded,
          bool_or(k.temperature = 'chilled') as "needsChilled", bool_or(k.temperature = 'frozen') as "needsFrozen"
        from public.stops t
        join public.hold_lines l on l.hold_id = t.hold_id
        join public.skus k on k.id = l.sku_id
        where t.shift_id = any (${shifts.map((shift) => shift.id)})
        group by t.id order by t.shift_id, t.position`;
  return {
    originSec: shifts[0]?.startSec ?? 0,
    timeZone: shifts[0]?.timeZone ?? "UTC",
    home: { lng: shifts[0]?.lng ?? 0, lat: shifts[0]?.lat ?? 0 },
    shifts,
    stops,
  };
}

// -------------------------------------------------------------------------------------------------------- to the core

function toProblem(wave: Wave, travel: Travel): RelocationProblem {
  const { stops, shifts, originSec } = wave;
  const clock = zoneClock(wave.timeZone);
  const periodAt = (epochSec: number): number => {
    const { minuteOfDay, weekend } = clock.read(epochSec);
    return travel.periodAt(minuteOfDay, weekend);
  };
  const places = travel.snapAll(
    [...stops.map((stop) => stop.lng), ...shifts.map(() => wave.home.lng)],
    [...stops.map((stop) => stop.lat), ...shifts.map(() => wave.home.lat)],
  );
  const size = places.length;
  const periods = Uint8Array.from([
    ...stops.map((stop) => periodAt(stop.windowStartSec)),
    ...shifts.map((shift) => periodAt(shift.endSec)),
  ]);

  // Each column at the time of day of the place it leads to, as everywhere: one matrix a period, its columns picked out.
  const durationSec = new Int32Array(size * size);
  const distanceM = new Int32Array(size * size);
  for (const period of new Set(periods)) {
    const matrix = travel.manyToMany(places, places, period);
    for (let to = 0; to < size; to++) {
      if (periods[to] !== period) continue;
      for (let from = 0; from < size; from++) {
        durationSec[from * size + to] = matrix.durationSec[from * size + to]!;
        distanceM[from * size + to] = matrix.distanceM[from * size + to]!;
      }
    }
  }

  const shiftIndex = new Map(shifts.map((shift, s) => [shift.id, s]));
  return {
    windowStartSec: Int32Array.from(stops, (stop) => stop.windowStartSec - originSec),
    windowEndSec: Int32Array.from(stops, (stop) => stop.windowEndSec - originSec),
    serviceSec: Int32Array.from(stops, (stop) => stop.serviceSec),
    weightG: Int32Array.from(stops, (stop) => stop.weightG),
    volumeMl: Int32Array.from(stops, (stop) => stop.volumeMl),
    pinnedTo: Int32Array.from(stops, (stop) => (stop.loaded ? shiftIndex.get(stop.shiftId)! : -1)),
    needsChilled: Uint8Array.from(stops, (stop) => Number(stop.needsChilled)),
    needsFrozen: Uint8Array.from(stops, (stop) => Number(stop.needsFrozen)),
    shifts: shifts.map((shift) => ({
      startSec: shift.startSec - originSec,
      endSec: shift.endSec - originSec,
      limitG: shift.limitG,
      limitMl: shift.limitMl,
      carriesChilled: shift.carriesChilled,
      carriesFrozen: shift.carriesFrozen,
      rates: { centsPerM: shift.kmCents / 1000, centsPerSec: shift.hourCents / SECONDS_PER_HOUR },
    })),
    durationSec,
    distanceM,
  };
}
