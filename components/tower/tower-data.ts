import type { inferRouterOutputs } from "@trpc/server";
import type { RootRouter } from "#server/trpc/root.ts";

type Tower = inferRouterOutputs<RootRouter>["tower"];

export type Overview = Tower["overview"];
export type RoutesOfDay = Tower["routes"];
export type TowerRoute = RoutesOfDay["routes"][number];
export type TowerStop = TowerRoute["stops"][number];
export type TowerNode = RoutesOfDay["nodes"][number];
export type TowerException = Tower["exceptions"]["open"][number];
export type OrderRow = Tower["orders"]["orders"][number];
export type HoldLimitsOfRegion = Tower["holdLimits"];
export type ServiceAreaOfNode = Tower["serviceAreas"][number];
export type OrderDetail = Tower["order"];
export type OrderEvent = OrderDetail["events"][number];
