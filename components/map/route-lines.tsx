"use client";

import type { Feature, FeatureCollection, LineString } from "geojson";
import { useMemo } from "react";
import { mapColour, routeColour } from "./map-colour.ts";
import { useMap } from "./map-context.ts";
import { type Position, splitLine } from "./split-line.ts";
import { useOverlay } from "./use-overlay.ts";

export interface MapRoute {
  readonly id: string;
  /** Chooses one of the route colours; the same number as its van. */
  readonly colour: number;
  readonly shape: readonly Position[];
  /** How much of its length is driven, 0 … 1. */
  readonly doneShare?: number;
}

export interface RouteLinesProps {
  readonly routes: readonly MapRoute[];
  /** The others step back. */
  readonly selectedId?: string | null;
}

/** Routes along the roads; the part already driven is faded. */
export function RouteLines({ routes, selectedId = null }: RouteLinesProps) {
  const { styleCount } = useMap();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another style has other route colours
  const data = useMemo<FeatureCollection>(
    () => ({ type: "FeatureCollection", features: routes.flatMap((route) => routeFeatures(route, selectedId)) }),
    [routes, selectedId, styleCount],
  );
  useOverlay({
    id: "routes",
    under: "names",
    data,
    layers: () => [
      {
        id: "routes-rim",
        type: "line",
        filter: ["==", ["get", "part"], "ahead"],
        layout: { "line-cap": "round", "line-join": "round", "line-sort-key": ["get", "rank"] },
        paint: {
          "line-color": mapColour("--surface", "#ffffff"),
          "line-width": ["interpolate", ["linear"], ["zoom"], 9, 3.2, 13, 6.5, 17, 11],
          "line-opacity": ["match", ["get", "rank"], 0, 0.2, 0.85],
        },
      },
      {
        id: "routes",
        type: "line",
        layout: { "line-cap": "round", "line-join": "round", "line-sort-key": ["get", "rank"] },
        paint: {
          "line-color": ["get", "colour"],
          "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1.8, 13, 3.6, 17, 7],
          "line-opacity": ["case", ["==", ["get", "part"], "done"], 0.32, ["match", ["get", "rank"], 0, 0.35, 1]],
        },
      },
    ],
  });
  return <p className="sr-only">{routes.length === 1 ? "1 route is drawn." : `${routes.length} routes are drawn.`}</p>;
}

function routeFeatures(route: MapRoute, selectedId: string | null): Feature<LineString>[] {
  const { done, ahead } = splitLine(route.shape, route.doneShare ?? 0);
  // 0 steps back behind a selected one, 1 is as usual, 2 is the selected one.
  const rank = selectedId === null ? 1 : selectedId === route.id ? 2 : 0;
  return [
    { part: "done", line: done },
    { part: "ahead", line: ahead },
  ].flatMap(({ part, line }) =>
    line.length < 2
      ? []
      : [
          {
            type: "Feature" as const,
            properties: { id: route.id, part, rank, colour: routeColour(route.colour) },
            geometry: { type: "LineString" as const, coordinates: line.map((position) => [...position]) },
          },
        ],
  );
}
