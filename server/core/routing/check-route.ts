import type { Route } from "./route.ts";

/** What is wrong with a route; `position` is the stop, or the route's length for the way home. */
export interface RouteFlaw {
  readonly position: number;
  readonly flaw: "starts too early" | "starts too late" | "arrives before it can" | "home too late";
}

/**
 * Walks the clock through a route with the starts that a plan states, and says the first thing that cannot be.
 *
 * Shares no code with the engine: it runs on every plan before it is saved, in tests, and in benchmarks.
 */
export function findRouteFlaw(route: Route, startSec: ArrayLike<number>): RouteFlaw | null {
  let clock = route.startSec;
  for (let position = 0; position < route.length; position++) {
    clock += route.legSec[position]!;
    const start = startSec[position]!;
    if (start < clock) return { position, flaw: "arrives before it can" };
    if (start < route.windowStartSec[position]!) return { position, flaw: "starts too early" };
    if (start >= route.windowEndSec[position]!) return { position, flaw: "starts too late" };
    clock = start + route.serviceSec[position]!;
  }
  clock += route.length === 0 ? 0 : route.homeLegSec;
  return clock > route.endSec ? { position: route.length, flaw: "home too late" } : null;
}
