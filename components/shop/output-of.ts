import type { inferRouterOutputs } from "@trpc/server";
import type { RootRouter } from "#server/trpc/root.ts";

/** What each procedure answers with. */
export type OutputOf = inferRouterOutputs<RootRouter>;
