"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";

/** A cellar, a lift, a dead spot between two masts: most are over after a few seconds. */
const TRIES = 3;

/**
 * What every button of the run does around its call: when the connection failed it tries again by itself (each of these
 * calls may be repeated), and in the end the sheet is read again, so that it shows what is true.
 */
export function useRunAction() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return {
    retry: (count: number, error: unknown) => count < TRIES && readFault(error).code === null,
    retryDelay: (count: number) => 1000 * 2 ** count,
    onSettled: () => queryClient.invalidateQueries(trpc.driving.pathFilter()),
  };
}
