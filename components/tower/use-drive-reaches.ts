"use client";

import { useQueries } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import type { NodeId } from "#server/domain/id.ts";
import type { AreaGeometry } from "#server/domain/service-area.ts";
import type { ServiceAreaOfNode } from "./tower-data.ts";

export interface DriveReach {
  readonly nodeId: NodeId;
  readonly reach: AreaGeometry;
}

type Answer = { readonly data: { readonly reach: AreaGeometry | null } | undefined };

/** The land that each node with a limit of the drive reaches; those that are not known yet are left out. */
export function useDriveReaches(areas: readonly ServiceAreaOfNode[]): readonly DriveReach[] {
  const trpc = useTRPC();
  const limited = areas.flatMap(({ nodeId, mostDriveSec }) =>
    mostDriveSec === null ? [] : [{ nodeId, mostDriveSec }],
  );
  const key = limited.map(({ nodeId, mostDriveSec }) => `${nodeId} ${mostDriveSec}`).join();
  return useQueries({
    // The same limit is the same land.
    queries: limited.map((one) => trpc.tower.driveReach.queryOptions(one, { staleTime: Number.POSITIVE_INFINITY })),
    // biome-ignore lint/correctness/useExhaustiveDependencies: the key says which are limited
    combine: useCallback(
      (answers: readonly Answer[]) =>
        answers.flatMap(({ data }, i) => (data?.reach ? [{ nodeId: limited[i]!.nodeId, reach: data.reach }] : [])),
      [key],
    ),
  });
}
