import { expect, test } from "vitest";
import { routeColours } from "./route-colours.ts";
import type { TowerRoute } from "./tower-data.ts";

const route = (shiftId: string, stopCount: number) =>
  ({ shiftId, stops: Array.from({ length: stopCount }) }) as unknown as TowerRoute;

test("vans with stops get the first colours, in their order", () => {
  const colours = routeColours([route("idle", 0), route("a", 2), route("spare", 0), route("b", 1)]);
  expect([...colours]).toEqual([
    ["a", 0],
    ["b", 1],
    ["idle", 2],
    ["spare", 3],
  ]);
});
