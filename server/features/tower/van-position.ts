import { pointAlong } from "#server/core/geo/point-along.ts";
import type { StopState } from "#server/domain/state.ts";
import type { LngLat } from "#server/domain/units.ts";

/** A phone that has been silent for longer has lost its signal or its battery: the plan then knows better. */
export const REPORT_HOLDS_SEC = 300;

export interface VanRoute {
  /** When the van left, null before. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly stops: readonly {
    readonly lng: number;
    readonly lat: number;
    readonly legSec: number;
    readonly state: StopState;
    readonly finishedAt: string | null;
  }[];
}

export interface VanPosition {
  readonly lng: number;
  readonly lat: number;
  readonly at: Date;
  readonly source: "reported" | "estimated";
}

/**
 * Where a van on the road is: what its phone said lately, else at the door it stands at, else as far along the leg to
 * the next door as the time since the last one allows. Null before it left and after its last stop.
 *
 * `road` gives the line of each leg; it is asked only when there is something to estimate.
 */
export function vanPosition(
  now: Date,
  route: VanRoute,
  reported: { lng: number; lat: number; at: Date } | undefined,
  road: () => readonly (readonly LngLat[])[],
): VanPosition | null {
  if (route.startedAt === null || route.finishedAt !== null) return null;
  if (reported && now.getTime() - reported.at.getTime() <= REPORT_HOLDS_SEC * 1000) {
    const { lng, lat, at } = reported;
    return { lng, lat, at, source: "reported" };
  }
  const door = route.stops.find((stop) => stop.state === "arrived");
  if (door) return { lng: door.lng, lat: door.lat, at: now, source: "estimated" };

  const next = route.stops.findIndex((stop) => stop.state === "planned");
  const leg = next < 0 ? undefined : road()[next];
  if (!leg) return null;
  // Doors may be served out of order: the last one left is the latest finished, not the one before in the plan.
  const leftAt = Math.max(
    Date.parse(route.startedAt),
    ...route.stops.flatMap((stop) => (stop.finishedAt ? [Date.parse(stop.finishedAt)] : [])),
  );
  const legMs = route.stops[next]!.legSec * 1000;
  const [lng, lat] = pointAlong(leg, legMs === 0 ? 1 : (now.getTime() - leftAt) / legMs);
  return { lng, lat, at: now, source: "estimated" };
}
