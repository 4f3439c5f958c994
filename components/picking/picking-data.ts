import type { inferRouterOutputs } from "@trpc/server";
import type { RootRouter } from "#server/trpc/root.ts";

type Picking = inferRouterOutputs<RootRouter>["picking"];

export type Queue = Picking["queue"];
export type Task = Queue["tasks"][number];
export type Brought = Queue["brought"][number];
export type Capacity = Picking["capacity"];
export type Hour = Capacity["hours"][number];
