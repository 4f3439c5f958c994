import type { ServiceArea } from "#server/domain/service-area.ts";
import type { TowerException, TowerNode, TowerRoute } from "./tower-data.ts";

export type Bounds = readonly [west: number, south: number, east: number, north: number];

interface Point {
  readonly lng: number;
  readonly lat: number;
}

/** About two kilometres: a single point is shown with the streets around it. */
const AROUND_DEG = 0.01;

/** The smallest box around points; null without any. */
export function boundsOf(points: readonly Point[], marginDeg = 0): Bounds | null {
  if (points.length === 0) return null;
  const lngs = points.map((point) => point.lng);
  const lats = points.map((point) => point.lat);
  return [
    Math.min(...lngs) - marginDeg,
    Math.min(...lats) - marginDeg,
    Math.max(...lngs) + marginDeg,
    Math.max(...lats) + marginDeg,
  ];
}

/** What the map shows: what is selected, or the whole network. */
export function towerBounds(
  nodes: readonly TowerNode[],
  selected: {
    readonly route: TowerRoute | undefined;
    readonly node: TowerNode | undefined;
    /** Of the node. */
    readonly area?: ServiceArea["area"] | undefined;
    readonly exception: TowerException | undefined;
  },
): Bounds | null {
  const { route, node, area, exception } = selected;
  if (route) {
    const home = nodes.find((each) => each.nodeId === route.nodeId);
    return boundsOf([...(home ? [home] : []), ...route.stops, ...(route.van ? [route.van] : [])], AROUND_DEG / 4);
  }
  if (exception?.door) return boundsOf([exception.door], AROUND_DEG);
  if (node) return area ? boundsOf([node, ...cornersOf(area)], AROUND_DEG / 4) : boundsOf([node], AROUND_DEG);
  return boundsOf(nodes);
}

function cornersOf(area: NonNullable<ServiceArea["area"]>): Point[] {
  const polygons = area.type === "Polygon" ? [area.coordinates] : area.coordinates;
  return polygons.flatMap((rings) => rings.flatMap((ring) => ring.map(([lng, lat]) => ({ lng: lng!, lat: lat! }))));
}
