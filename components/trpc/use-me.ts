"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useTRPC } from "./connection.tsx";

/** Who is signed in. For screens behind the gate, which has already asked. */
export function useMe() {
  const trpc = useTRPC();
  return useSuspenseQuery(trpc.staff.me.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY })).data;
}
