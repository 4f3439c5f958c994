import { expect, test } from "vitest";
import type { ServiceArea } from "#server/domain/service-area.ts";
import { towerBounds } from "./tower-bounds.ts";
import type { TowerException, TowerNode, TowerRoute } from "./tower-data.ts";

const nodes = [
  { nodeId: "A", lng: 9, lat: 45 },
  { nodeId: "B", lng: 10, lat: 46 },
] as unknown as TowerNode[];
const nothing = { route: undefined, node: undefined, exception: undefined };
/** [west, south, east, north] around a point that must lie inside, with something to see around it. */
function surrounds(bounds: readonly number[] | null, lng: number, lat: number): boolean {
  return bounds !== null && bounds[0]! < lng && lng < bounds[2]! && bounds[1]! < lat && lat < bounds[3]!;
}

test("with nothing selected the map shows every node", () => {
  expect(towerBounds(nodes, nothing)).toEqual([9, 45, 10, 46]);
  expect(towerBounds([], nothing)).toBeNull();
});

test("a selected route is shown with its home, its doors and its van", () => {
  const route = {
    nodeId: "A",
    stops: [{ lng: 9.1, lat: 45.2 }],
    van: { lng: 8.9, lat: 45.1 },
  } as unknown as TowerRoute;
  const bounds = towerBounds(nodes, { ...nothing, route });
  for (const [lng, lat] of [
    [9, 45],
    [9.1, 45.2],
    [8.9, 45.1],
  ] as const)
    expect(surrounds(bounds, lng, lat)).toBe(true);
  expect(surrounds(bounds, 10, 46)).toBe(false);
});

test("a selected exception is shown at its door, a selected node where it stands", () => {
  const exception = { door: { lng: 9.4, lat: 45.4 } } as unknown as TowerException;
  expect(surrounds(towerBounds(nodes, { ...nothing, exception }), 9.4, 45.4)).toBe(true);
  expect(surrounds(towerBounds(nodes, { ...nothing, node: nodes[1] }), 10, 46)).toBe(true);
  expect(surrounds(towerBounds(nodes, { ...nothing, node: nodes[1] }), 9, 45)).toBe(false);
});

test("a selected node with an area is shown with all of it", () => {
  const ring = [
    [9.9, 45.9],
    [10.3, 45.9],
    [10.3, 46.4],
    [9.9, 45.9],
  ];
  const [node] = nodes.slice(1);
  for (const area of [
    { type: "Polygon" as const, coordinates: [ring] },
    { type: "MultiPolygon" as const, coordinates: [[ring]] },
  ] as unknown as NonNullable<ServiceArea["area"]>[])
    expect(surrounds(towerBounds(nodes, { ...nothing, node, area }), 10.3, 46.4)).toBe(true);
  expect(surrounds(towerBounds(nodes, { ...nothing, node }), 10.3, 46.4)).toBe(false);
});

test("an exception that has no place leaves the whole network in sight", () => {
  const exception = { door: null } as unknown as TowerException;
  expect(towerBounds(nodes, { ...nothing, exception })).toEqual([9, 45, 10, 46]);
});
