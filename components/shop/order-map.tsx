"use client";

import type { FeatureCollection } from "geojson";
import { useMemo } from "react";
import { BaseMap } from "#components/map/base-map.tsx";
import { mapColour } from "#components/map/map-colour.ts";
import { useOverlay } from "#components/map/use-overlay.ts";
import { VanMarkers } from "#components/map/van-markers.tsx";
import { useWords } from "./words.tsx";

interface Point {
  readonly lng: number;
  readonly lat: number;
}

/** A place, and the van that comes to it along the road. */
export function OrderMap({
  label,
  door,
  van,
}: {
  label: string;
  door: Point;
  van: (Point & { readonly road: readonly (readonly [number, number])[] }) | null;
}) {
  const { say } = useWords();
  const vans = useMemo(
    () => (van ? [{ id: "van", label: say.order.vanName, lng: van.lng, lat: van.lat, colour: 0 }] : []),
    [van, say],
  );
  return (
    <BaseMap
      label={label}
      insideScroll
      {...(van
        ? { bounds: boundsOf([door, van, ...van.road.map(([lng, lat]) => ({ lng, lat }))]), paddingPx: 56 }
        : { view: { center: [door.lng, door.lat] as const, zoom: 15 } })}
    >
      {van && <RoadAhead road={van.road} />}
      <Door at={door} />
      <VanMarkers vans={vans} />
    </BaseMap>
  );
}

function RoadAhead({ road }: { road: readonly (readonly [number, number])[] }) {
  const data = useMemo(
    (): FeatureCollection => ({
      type: "FeatureCollection",
      features:
        road.length < 2
          ? []
          : [
              {
                type: "Feature",
                properties: {},
                geometry: { type: "LineString", coordinates: road.map(([lng, lat]) => [lng, lat]) },
              },
            ],
    }),
    [road],
  );
  useOverlay({
    id: "road-ahead",
    under: "names",
    data,
    layers: () => [
      {
        id: "road-ahead",
        type: "line",
        layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": mapColour("--route-1", "#0f6b5a"), "line-width": 5, "line-opacity": 0.75 },
      },
    ],
  });
  return null;
}

function Door({ at: { lng, lat } }: { at: Point }) {
  const data = useMemo(
    (): FeatureCollection => ({
      type: "FeatureCollection",
      features: [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [lng, lat] } }],
    }),
    [lng, lat],
  );
  useOverlay({
    id: "door",
    data,
    layers: () => [
      {
        id: "door",
        type: "circle",
        paint: {
          "circle-radius": 8,
          "circle-color": mapColour("--surface", "#ffffff"),
          "circle-stroke-color": mapColour("--accent", "#0f5c4d"),
          "circle-stroke-width": 4,
        },
      },
    ],
  });
  return null;
}

function boundsOf(points: readonly Point[]): readonly [number, number, number, number] {
  const lngs = points.map((point) => point.lng);
  const lats = points.map((point) => point.lat);
  return [Math.min(...lngs), Math.min(...lats), Math.max(...lngs), Math.max(...lats)];
}
