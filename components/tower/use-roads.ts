"use client";

import { useQueries } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/connection.tsx";
import type { TowerRoute } from "./tower-data.ts";

export interface Road {
  readonly shiftId: string;
  /** [lng, lat] of each leg: to the first stop, between stops, home. */
  readonly legs: readonly (readonly (readonly [number, number])[])[];
}

/** The routes along the roads, as far as they are known yet. A route of one plan version never changes. */
export function useRoads(routes: readonly TowerRoute[]): readonly Road[] {
  const trpc = useTRPC();
  const driven = routes.filter((route) => route.stops.length > 0);
  return useQueries({
    queries: driven.map(({ shiftId, planVersion }) =>
      trpc.tower.traceRoute.queryOptions(
        { shiftId, planVersion },
        { staleTime: Number.POSITIVE_INFINITY, placeholderData: (shown) => shown },
      ),
    ),
    // Plain data, so that an unchanged answer stays the same object and the map is not drawn anew.
    combine: (answers): Road[] =>
      answers.flatMap(({ data }, place) => (data ? [{ shiftId: driven[place]!.shiftId, legs: data.legs }] : [])),
  });
}
