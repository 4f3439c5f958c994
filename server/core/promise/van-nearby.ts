import type { VisitRows } from "../routing/offer-windows.ts";
import type { FleetShift } from "./fleet-routes.ts";
import type { PlannedPart } from "./promise-problem.ts";

/** At most this share of a trip of its own: three quarters of the way are driven anyway. */
const NEARBY_SHARE = 1 / 4;

/**
 * Whether a part's van comes close by anyway: it has other stops already, and what it drives more for this door costs at
 * most a quarter of driving there and back for nothing else. The price plays no part in it, nor what the region makes the
 * way count (`routeWeight`).
 */
export function isVanNearby(
  { terms, load }: Pick<PlannedPart, "terms" | "load">,
  { route, homeRow, centsPerM, centsPerSec }: Pick<FleetShift, "route" | "homeRow" | "centsPerM" | "centsPerSec">,
  { toSec, toM, fromSec, fromM }: VisitRows,
  routeWeight = 1,
): boolean {
  if (route.length === 0) return false;
  const detourCents = terms.routeCents / routeWeight - load.serviceSec * centsPerSec;
  const aloneCents =
    (toM[homeRow]! + fromM[homeRow]!) * centsPerM + (toSec[homeRow]! + fromSec[homeRow]!) * centsPerSec;
  return detourCents <= aloneCents * NEARBY_SHARE;
}
