import { z } from "zod";
import { distanceM } from "#server/core/geo/distance.ts";
import type { Database } from "#server/db/database.ts";
import { Instant } from "#server/domain/instant.ts";
import { StopState } from "#server/domain/state.ts";
import type { LngLat } from "#server/domain/units.ts";
import { findVan } from "#server/features/tower/contract.ts";
import type { Travel } from "#server/travel/travel.ts";

/** Near is: so few doors before, or so little time. Farther away the map stays closed: others live along the way. */
export const NEAR_DOORS = 2;
export const NEAR_SEC = 15 * 60;

export const VanView = z.object({
  lng: z.number(),
  lat: z.number(),
  at: Instant,
  /** The driver's phone said so, or the plan has it there by now. */
  source: z.enum(["reported", "estimated"]),
  /** [lng, lat] along the road from the van to this door, once it is the next one; else empty. */
  road: z.array(z.tuple([z.number(), z.number()])),
});
export type NearVan = z.input<typeof VanView>;

const Shift = z.object({
  now: z.date(),
  shiftId: z.string(),
  planVersion: z.int(),
  startsAt: Instant,
  startedAt: Instant.nullable(),
  finishedAt: Instant.nullable(),
  node: z.object({ lng: z.number(), lat: z.number() }),
  reported: z.object({ lng: z.number(), lat: z.number(), at: z.coerce.date() }).nullable(),
  stops: z.array(
    z.object({
      stopId: z.uuid(),
      lng: z.number(),
      lat: z.number(),
      legSec: z.int(),
      state: StopState,
      windowStartsAt: Instant,
      finishedAt: Instant.nullable(),
    }),
  ),
});

interface ComingStop {
  readonly stopId: string;
  readonly shiftId: string;
  readonly doorsBefore: number;
  readonly startAt: string;
  readonly etaAt: string | null;
}

/** The van that comes to this stop, or null while it is not near. */
export async function nearVan(
  db: Database,
  travel: Travel,
  timeZone: string,
  stop: ComingStop,
): Promise<NearVan | null> {
  const [row] = await db`
    select app.now() as now, h.id as "shiftId", h.plan_version as "planVersion", h.starts_at as "startsAt",
      h.started_at as "startedAt", h.finished_at as "finishedAt", jsonb_build_object('lng', n.lng, 'lat', n.lat) as node,
      (select jsonb_build_object('lng', p.lng, 'lat', p.lat, 'at', p.at) from public.positions p where p.shift_id = h.id) as reported,
      (select jsonb_agg(jsonb_build_object('stopId', s.id, 'lng', s.lng, 'lat', s.lat, 'legSec', s.leg_sec, 'state', s.state,
          'windowStartsAt', s.window_starts_at, 'finishedAt', s.finished_at) order by s.position)
       from public.stops s where s.shift_id = h.id) as stops
    from public.shifts h join public.nodes n on n.id = h.node_id
    where h.id = ${stop.shiftId}`;
  const { now, node, reported, ...route } = Shift.parse(row);
  if (!isNear(now, stop)) return null;

  const found = findVan(travel, now, timeZone, node, route, reported ?? undefined);
  if (!found) return null;
  const { lng, lat, at, source } = found.position;
  const leg = found.legs[route.stops.findIndex((each) => each.stopId === stop.stopId)] ?? [];
  const road = stop.doorsBefore === 0 ? roadAhead([lng, lat], leg) : [];
  return { lng, lat, at, source, road: road.map(([x, y]) => [x, y]) };
}

export function isNear(now: Date, stop: Pick<ComingStop, "doorsBefore" | "startAt" | "etaAt">): boolean {
  const inSec = (Date.parse(stop.etaAt ?? stop.startAt) - now.getTime()) / 1000;
  return stop.doorsBefore <= NEAR_DOORS || inSec <= NEAR_SEC;
}

/** What is left of a leg for a van that stands near one of its points. */
export function roadAhead(van: LngLat, leg: readonly LngLat[]): LngLat[] {
  let nearest = 0;
  let nearestM = Number.POSITIVE_INFINITY;
  for (const [place, [lng, lat]] of leg.entries()) {
    const offM = distanceM(van[0], van[1], lng, lat);
    if (offM < nearestM) [nearest, nearestM] = [place, offM];
  }
  return leg.length === 0 ? [] : [van, ...leg.slice(nearest + 1)];
}
