"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/connection.tsx";
import { useChanges } from "#components/trpc/use-changes.ts";
import { useMe } from "#components/trpc/use-me.ts";

/** Positions are not announced: a message for each would cost more than it tells. While vans are out they are read again. */
const POSITIONS_MS = 6_000;

type Me = ReturnType<typeof useMe>;
export type RegionOfMe = Me["regions"][number];

/** The region that the address names, or the first. Null before any network was imported. */
export function useRegion(wanted: string | undefined): { region: RegionOfMe | null; regions: Me["regions"] } {
  const { regions } = useMe();
  return { region: regions.find((region) => region.id === wanted) ?? regions[0] ?? null, regions };
}

/** Everything that the control tower shows of a region's day, read again whenever the region says that it changed. */
export function useTower(regionId: RegionOfMe["id"], day: string | undefined) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const overview = useQuery(trpc.tower.overview.queryOptions({ regionId, day }, { placeholderData: (shown) => shown }));
  const routes = useQuery(
    trpc.tower.routes.queryOptions(
      { regionId, day },
      {
        placeholderData: (shown) => shown,
        refetchInterval: ({ state }) =>
          state.data?.routes.some((route) => route.state === "under_way") ? POSITIONS_MS : false,
      },
    ),
  );
  const exceptions = useQuery(trpc.tower.exceptions.queryOptions({ regionId }));
  const areas = useQuery(trpc.tower.serviceAreas.queryOptions({ regionId }));
  const liveness = useChanges(`ops:${regionId}`, () => {
    for (const changed of [
      trpc.tower.overview,
      trpc.tower.routes,
      trpc.tower.exceptions,
      trpc.tower.order,
      trpc.tower.holdLimits,
      trpc.tower.serviceAreas,
    ])
      void queryClient.invalidateQueries(changed.pathFilter());
  });
  return { overview, routes, exceptions, areas, liveness };
}
