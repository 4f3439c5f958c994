"use client";

import { useMemo } from "react";
import { mapColour } from "./map-colour.ts";
import { useMap } from "./map-context.ts";
import { pointFeatures } from "./point-features.ts";
import { useOverlay } from "./use-overlay.ts";

export interface RingedPlace {
  readonly lng: number;
  readonly lat: number;
}

/** A ring around the place that is talked about: a door without a van, an order that was looked up. */
export function PlaceRing({ place, label }: { place: RingedPlace | null; label: string }) {
  const { styleCount } = useMap();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another style has other colours
  const data = useMemo(
    () => pointFeatures(place ? [place] : [], () => ({ colour: mapColour("--late", "#a61c2a") })),
    [place, styleCount],
  );
  useOverlay({
    id: "place-ring",
    data,
    layers: () => [
      {
        id: "place-ring",
        type: "circle",
        paint: {
          "circle-radius": 13,
          "circle-color": ["get", "colour"],
          "circle-opacity": 0.14,
          "circle-stroke-color": ["get", "colour"],
          "circle-stroke-width": 2.5,
        },
      },
    ],
  });
  return place && <p className="sr-only">{`${label} is marked on the map.`}</p>;
}
