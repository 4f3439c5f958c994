"use client";

import { useMemo } from "react";
import type { StopState } from "#server/domain/state.ts";
import { mapColour } from "./map-colour.ts";
import { useMap } from "./map-context.ts";
import { pointFeatures } from "./point-features.ts";
import { useOverlay } from "./use-overlay.ts";

export interface MapStop {
  readonly id: string;
  readonly lng: number;
  readonly lat: number;
  /** Its place in the route, from 1. */
  readonly number: number;
  readonly state: StopState;
  /** Whether its promise is in danger; only while it is planned. */
  readonly outlook?: "on_time" | "at_risk" | "late";
}

export interface StopDotsProps {
  readonly stops: readonly MapStop[];
}

type DotLook = StopState | "at_risk" | "late";

/** Ground and ink of a dot, as tokens with what they are when no style sheet is there. */
const LOOKS: Record<DotLook, { readonly ground: readonly [string, string]; readonly ink: readonly [string, string] }> =
  {
    planned: { ground: ["--surface", "#ffffff"], ink: ["--map-stop", "#1f5785"] },
    arrived: { ground: ["--map-stop", "#1f5785"], ink: ["--surface", "#ffffff"] },
    delivered: { ground: ["--ok-soft", "#e2f2e5"], ink: ["--ok", "#1c6638"] },
    failed: { ground: ["--late-soft", "#fce4e4"], ink: ["--late", "#a61c2a"] },
    at_risk: { ground: ["--risk-soft", "#fde7da"], ink: ["--risk", "#a63d07"] },
    late: { ground: ["--late", "#a61c2a"], ink: ["--on-late", "#ffffff"] },
  };

/** Stops with their number in the route; colour and rim say how each stands. */
export function StopDots({ stops }: StopDotsProps) {
  const { styleCount } = useMap();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another style has other colours
  const data = useMemo(
    () =>
      pointFeatures(stops, (stop) => {
        const { ground, ink } = LOOKS[lookOf(stop)];
        return {
          id: stop.id,
          number: String(stop.number),
          ground: mapColour(...ground),
          ink: mapColour(...ink),
          rank: stop.state === "delivered" || stop.state === "failed" ? 0 : 1,
        };
      }),
    [stops, styleCount],
  );
  useOverlay({
    id: "stops",
    data,
    layers: () => [
      {
        id: "stops",
        type: "circle",
        layout: { "circle-sort-key": ["get", "rank"] },
        paint: {
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 2.5, 12, 6, 15, 10.5],
          "circle-color": ["get", "ground"],
          "circle-stroke-color": ["get", "ink"],
          "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 9, 1, 13, 1.8],
        },
      },
      {
        id: "stops-number",
        type: "symbol",
        minzoom: 11.5,
        layout: {
          "text-field": ["get", "number"],
          "text-font": ["Semibold", "Inter Variable"],
          "text-size": ["interpolate", ["linear"], ["zoom"], 11.5, 8.5, 15, 12],
          "text-allow-overlap": true,
          "text-ignore-placement": true,
        },
        paint: { "text-color": ["get", "ink"] },
      },
    ],
  });
  const done = stops.filter(({ state }) => state === "delivered").length;
  return <p className="sr-only">{`${stops.length} stops, ${done} of them delivered.`}</p>;
}

function lookOf({ state, outlook }: MapStop): DotLook {
  return state === "planned" && outlook !== undefined && outlook !== "on_time" ? outlook : state;
}
