"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/connection.tsx";
import { useSession } from "./session.tsx";

/** What the server knows of who is signed in; asked once a session. */
export function useAccount() {
  const trpc = useTRPC();
  const { status } = useSession();
  return useQuery(
    trpc.staff.me.queryOptions(undefined, {
      enabled: status === "in",
      staleTime: Number.POSITIVE_INFINITY,
      retry: 1,
    }),
  );
}
