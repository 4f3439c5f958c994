import type { RoutingProblem } from "#server/core/routing/problem.ts";
import { createRoute, type Route } from "#server/core/routing/route.ts";
import { SECONDS_PER_HOUR } from "#server/domain/units.ts";
import type { Travel } from "#server/travel/travel.ts";
import { periodClock } from "#server/travel/zone-clock.ts";
import type { Wave } from "./read-wave.ts";

const CHILLED = 1;
const FROZEN = 2;
/** No stop of a wave may be dropped, start late, or wait for its goods: windows are hard and the pick is planned before. */
const NEVER = Number.POSITIVE_INFINITY;

/**
 * A wave as the search sees it: a visit for each stop and a vehicle for each shift, in their order; seconds since the wave
 * leaves; cents. Places are the stops, then the home, once for each period of the day in which a shift ends: vans that differ
 * in nothing are one kind to the search, and trade stops more freely.
 */
export function toRoutingProblem(wave: Wave, travel: Travel): RoutingProblem {
  const { stops, shifts } = wave;
  const originSec = shifts[0]!.startSec;
  const count = stops.length;
  const periodAt = periodClock(travel, wave.timeZone);
  const homePeriodOf = shifts.map((shift) => periodAt(shift.endSec));
  const homePeriods = [...new Set(homePeriodOf)];
  return {
    placeCount: count + homePeriods.length,
    travel: travelOf(wave, travel, [...stops.map((stop) => periodAt(stop.windowStartSec)), ...homePeriods]),
    visits: {
      count,
      place: Int32Array.from(stops.keys()),
      serviceSec: Int32Array.from(stops, (stop) => stop.serviceSec),
      releaseSec: new Int32Array(count),
      windowsFrom: Int32Array.from({ length: count + 1 }, (_, v) => v),
      windowStartSec: Int32Array.from(stops, (stop) => stop.windowStartSec - originSec),
      windowEndSec: Int32Array.from(stops, (stop) => stop.windowEndSec - originSec),
      lateCost: new Float64Array(count).fill(NEVER),
      delivery: Int32Array.from(stops.flatMap((stop) => [stop.weightG, stop.volumeMl])),
      pickup: new Int32Array(2 * count),
      needs: Int32Array.from(stops, (stop) => (stop.needsChilled ? CHILLED : 0) | (stop.needsFrozen ? FROZEN : 0)),
      onlyVehicle: Int32Array.from(stops, (stop) =>
        stop.loaded ? shifts.findIndex((shift) => shift.id === stop.shiftId) : -1,
      ),
      prize: new Float64Array(count).fill(NEVER),
    },
    vehicles: shifts.map((shift, k) => ({
      startPlace: count + homePeriods.indexOf(homePeriodOf[k]!),
      endPlace: count + homePeriods.indexOf(homePeriodOf[k]!),
      startSec: shift.startSec - originSec,
      endSec: shift.endSec - originSec,
      overtimeSec: 0,
      overtimeCost: 0,
      fixedCost: 0,
      metreCost: shift.kmCents / 1000,
      secondCost: shift.hourCents / SECONDS_PER_HOUR,
      capacity: [shift.limitG, shift.limitMl],
      has: (shift.carriesChilled ? CHILLED : 0) | (shift.carriesFrozen ? FROZEN : 0),
      breaks: [],
      locked: [],
    })),
    loadCount: 2,
  };
}

/** Each column at the time of day of the place it leads to, as everywhere: one matrix a period, its columns picked out. */
function travelOf({ stops, home }: Wave, travel: Travel, periods: readonly number[]): RoutingProblem["travel"] {
  const homes = periods.slice(stops.length);
  const places = travel.snapAll(
    [...stops.map((stop) => stop.lng), ...homes.map(() => home.lng)],
    [...stops.map((stop) => stop.lat), ...homes.map(() => home.lat)],
  );
  const size = places.length;
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
  return { startSec: [0], durationSec: [durationSec], distanceM: [distanceM] };
}

/** A vehicle's route over the given visits, with the legs that the problem's matrices say. */
export function routeOf(
  { travel, visits, vehicles, placeCount }: RoutingProblem,
  k: number,
  order: readonly number[],
): Route {
  const { startSec, endSec, startPlace, endPlace } = vehicles[k]!;
  const places = [startPlace, ...order.map((visit) => visits.place[visit]!), endPlace];
  const legs = places.slice(1).map((to, p) => places[p]! * placeCount + to);
  const sec = legs.map((leg) => travel.durationSec[0]![leg]!);
  const m = legs.map((leg) => travel.distanceM[0]![leg]!);
  const isIdle = order.length === 0;
  return createRoute(
    startSec,
    endSec,
    {
      windowStartSec: order.map((visit) => visits.windowStartSec[visit]!),
      windowEndSec: order.map((visit) => visits.windowEndSec[visit]!),
      serviceSec: order.map((visit) => visits.serviceSec[visit]!),
      legSec: sec.slice(0, -1),
      legM: m.slice(0, -1),
    },
    isIdle ? 0 : sec.at(-1)!,
    isIdle ? 0 : m.at(-1)!,
  );
}
