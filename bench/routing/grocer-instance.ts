import type { Random } from "#server/core/random.ts";
import { type Place, placeListOf, type Travel } from "#server/travel/travel.ts";
import type { Instance } from "./instance.ts";

/** What a grocer's day is like; the rest is drawn. */
export interface GrocerDay {
  readonly visitCount: number;
  readonly hours: number;
  /** Of the visits, those that have a window of one or two hours; the others have four to eight. */
  readonly narrowShare: number;
  /** What a vehicle holds, in visits of mean demand. */
  readonly visitsPerRoute: number;
  /** Travel period of the map. */
  readonly period: number;
}

export interface LngLatPoint {
  readonly lng: number;
  readonly lat: number;
}

const HOUR_SEC = 3600;
const WINDOW_GRID_SEC = 1800;
const [MIN_SERVICE_SEC, MAX_SERVICE_SEC] = [180, 480];
const [MIN_DEMAND, MAX_DEMAND] = [5, 60];
const NARROW_HOURS = [1, 1, 2];
const WIDE_HOURS = [4, 5, 6, 8];
/** Many want their goods when they are home from work. */
const EVENING_SHARE = 0.3;
/** New quarters order together: so many of the visits lie within a few streets of one of the quarters. */
const CLUSTERED_SHARE = 0.5;
const VISITS_PER_QUARTER = 25;
const QUARTER_DEG = 0.006;
/** A door is a little off the middle of its street. */
const DOOR_DEG = 4e-4;

/**
 * One depot and doors along the streets, on a map's asymmetric driving times. Every visit can be served by a van that
 * drives to it alone. `streets` are points by which the doors lie, `travel` the same map's.
 */
export function drawGrocerInstance(
  travel: Travel,
  streets: readonly LngLatPoint[],
  day: GrocerDay,
  random: Random,
): Instance {
  const places = drawPlaces(travel, streets, day.visitCount, random);
  const list = placeListOf(places);
  const durationSec = travel.manyToMany(list, list, day.period).durationSec;
  const count = places.length;
  const endSec = day.hours * HOUR_SEC;

  const demand = new Int32Array(count);
  const service = new Int32Array(count);
  const ready = new Int32Array(count);
  const due = new Int32Array(count);
  due[0] = endSec;
  for (let node = 1; node < count; node++) {
    // The lesser of two draws: small orders are common, large ones rare.
    demand[node] = Math.min(...[0, 1].map(() => MIN_DEMAND + random.below(MAX_DEMAND - MIN_DEMAND + 1)));
    service[node] = MIN_SERVICE_SEC + random.below(MAX_SERVICE_SEC - MIN_SERVICE_SEC + 1);
    const soonest = durationSec[node]!;
    const latest = endSec - durationSec[node * count]! - service[node]!;
    do {
      const hours = random.pick(random.chance(day.narrowShare) ? NARROW_HOURS : WIDE_HOURS);
      const starts = (endSec - hours * HOUR_SEC) / WINDOW_GRID_SEC + 1;
      const start = random.chance(EVENING_SHARE)
        ? starts - 1 - random.below(Math.ceil(starts / 4))
        : random.below(starts);
      ready[node] = start * WINDOW_GRID_SEC;
      due[node] = Math.min(ready[node]! + hours * HOUR_SEC, latest);
    } while (due[node]! < soonest || due[node]! < ready[node]!);
  }
  const total = demand.reduce((sum, units) => sum + units, 0);
  return {
    depot: 0,
    vehicleCount: day.visitCount,
    capacity: Math.max(MAX_DEMAND, Math.round((total / Math.max(1, day.visitCount)) * day.visitsPerRoute)),
    travel: durationSec,
    demand,
    service,
    ready,
    due,
  };
}

/** The depot first, then the doors. */
function drawPlaces(travel: Travel, streets: readonly LngLatPoint[], visitCount: number, random: Random): Place[] {
  const quarters = Array.from({ length: Math.ceil(visitCount / VISITS_PER_QUARTER) }, () => random.pick(streets));
  const near = quarters.map((quarter) =>
    streets.filter(
      ({ lng, lat }) => Math.abs(lng - quarter.lng) < QUARTER_DEG && Math.abs(lat - quarter.lat) < QUARTER_DEG,
    ),
  );
  const places: Place[] = [];
  while (places.length <= visitCount) {
    const isClustered = places.length > 0 && random.chance(CLUSTERED_SHARE);
    const { lng, lat } = random.pick(isClustered ? random.pick(near) : streets);
    const place = travel.snap(lng + random.between(-DOOR_DEG, DOOR_DEG), lat + random.between(-DOOR_DEG, DOOR_DEG));
    if (place) places.push(place);
  }
  return places;
}
