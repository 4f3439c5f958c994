"use client";

import type { FeatureCollection, MultiPolygon, Polygon } from "geojson";
import { useMemo } from "react";
import { mapColour } from "./map-colour.ts";
import { useMap } from "./map-context.ts";
import { useOverlay } from "./use-overlay.ts";

export interface MapArea {
  readonly id: string;
  readonly shape: Polygon | MultiPolygon;
}

/** Areas on the land: outlines, the selected one filled. */
export function AreaShapes({ areas, selectedId = null }: { areas: readonly MapArea[]; selectedId?: string | null }) {
  const { styleCount } = useMap();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another style has other colours
  const data = useMemo<FeatureCollection>(
    () => ({
      type: "FeatureCollection",
      features: areas.map(({ id, shape }) => ({
        type: "Feature",
        properties: { id, selected: id === selectedId, colour: mapColour("--accent", "#0f6b5a") },
        geometry: shape,
      })),
    }),
    [areas, selectedId, styleCount],
  );
  useOverlay({
    id: "areas",
    under: "names",
    data,
    layers: () => [
      {
        id: "areas-fill",
        type: "fill",
        paint: { "fill-color": ["get", "colour"], "fill-opacity": ["case", ["get", "selected"], 0.12, 0] },
      },
      {
        id: "areas-outline",
        type: "line",
        layout: { "line-join": "round" },
        paint: {
          "line-color": ["get", "colour"],
          "line-width": ["case", ["get", "selected"], 2.5, 1.2],
          "line-opacity": ["case", ["get", "selected"], 0.9, 0.4],
          "line-dasharray": [3, 2],
        },
      },
    ],
  });
  if (areas.length === 0) return null;
  return (
    <p className="sr-only">
      {areas.length === 1 ? "1 service area is drawn." : `${areas.length} service areas are drawn.`}
    </p>
  );
}
