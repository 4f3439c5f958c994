import type { inferRouterOutputs } from "@trpc/server";
import type { RootRouter } from "#server/trpc/root.ts";

type Driving = inferRouterOutputs<RootRouter>["driving"];

export type ShiftRow = Driving["shifts"]["shifts"][number];
export type RunSheet = Driving["runSheet"];
export type RunStop = RunSheet["stops"][number];
