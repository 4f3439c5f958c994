import { expect, test } from "vitest";
import { AreaGeometry, areaOfGeoJson } from "./service-area.ts";

const ring = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 0],
];
const polygon = { type: "Polygon", coordinates: [ring] };
const feature = { type: "Feature", properties: { name: "Centre" }, geometry: polygon };

test("a geometry, a feature and a collection are read alike, and heights fall away", () => {
  expect(areaOfGeoJson(JSON.stringify(polygon))).toEqual(polygon);
  expect(areaOfGeoJson(JSON.stringify(feature))).toEqual(polygon);
  const both = { type: "FeatureCollection", features: [feature, feature] };
  expect(areaOfGeoJson(JSON.stringify(both))).toEqual({ type: "MultiPolygon", coordinates: [[ring], [ring]] });
  const high = { type: "Polygon", coordinates: [ring.map((point) => [...point, 12])] };
  expect(areaOfGeoJson(JSON.stringify(high))).toEqual(polygon);
});

test("what is no area is none", () => {
  const open = { type: "Polygon", coordinates: [[...ring.slice(0, 3), [0, 1]]] };
  const far = { type: "Polygon", coordinates: [[[500, 0], ...ring.slice(1, 3), [500, 0]]] };
  const many = { type: "Polygon", coordinates: [Array.from({ length: 5001 }, () => [0, 0])] };
  for (const none of [
    open,
    far,
    many,
    { type: "Point", coordinates: [0, 0] },
    { type: "FeatureCollection", features: [] },
    null,
  ])
    expect(areaOfGeoJson(JSON.stringify(none))).toBeNull();
  expect(areaOfGeoJson("{")).toBeNull();
  expect(AreaGeometry.safeParse(polygon).success).toBe(true);
});
