"use client";

import type { FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as MapLibreMap } from "maplibre-gl";
import { useEffect, useEffectEvent, useRef } from "react";
import { giveData } from "./give-data.ts";
import { bearingDeg, type Glide, type Pose, poseAt } from "./glide.ts";
import { mapColour, routeColour } from "./map-colour.ts";
import { useMap } from "./map-context.ts";
import { addMarkerImage } from "./marker-image.ts";
import { pointFeatures } from "./point-features.ts";
import { useReducedMotion } from "./reader-wishes.ts";
import { useOverlay } from "./use-overlay.ts";

export interface MapVan {
  readonly id: string;
  /** What stands beside it: "Van 7". */
  readonly label: string;
  readonly lng: number;
  readonly lat: number;
  /** Clockwise from north; when absent, the way it moves. */
  readonly headingDeg?: number | null;
  /** The same number as its route. */
  readonly colour: number;
  readonly alert?: boolean;
}

export interface VanMarkersProps {
  readonly vans: readonly MapVan[];
}

const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };
/** A position comes every few seconds: a short glide shows which way the van went, and does not run ahead of the truth. */
const GLIDE_MS = 1_200;
/** Eight pictures a second look smooth for a van on a map and leave the machine time for the rest. */
const FRAME_MS = 125;
/** Shorter ways on the screen are jumped: nobody sees them, and every picture on the way costs a drawing of the whole map. */
const LEAST_GLIDE_PX = 4;
const COLOUR_COUNT = 8;

/** Vans on the road. Positions glide to each new value outside React; with reduced motion, or in a hidden tab, they jump. */
export function VanMarkers({ vans }: VanMarkersProps) {
  const { map, styleCount } = useMap();
  const calm = useReducedMotion();
  const glides = useRef(new Map<string, Glide>());

  useOverlay({
    id: "vans",
    data: NOTHING,
    layers(on) {
      addVanImages(on);
      return [
        {
          id: "vans",
          type: "symbol",
          layout: {
            "icon-image": ["get", "image"],
            "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.75, 14, 1.1],
            "icon-rotate": ["get", "headingDeg"],
            "icon-rotation-alignment": "map",
            "icon-allow-overlap": true,
            "icon-ignore-placement": true,
            "text-field": ["step", ["zoom"], "", 11.5, ["get", "label"]],
            "text-font": ["Semibold", "Inter Variable"],
            "text-size": 11,
            "text-anchor": "bottom",
            "text-offset": [0, -1.15],
            "text-optional": true,
          },
          paint: {
            "text-color": mapColour("--ink", "#1f1d1a"),
            "text-halo-color": mapColour("--map-halo", "#faf8f4"),
            "text-halo-width": 1.8,
          },
        },
      ];
    },
  });

  const show = useEffectEvent((nowMs: number) => {
    const placed = vans.map((van) => ({ ...van, ...poseAt(glides.current.get(van.id)!, nowMs) }));
    const data = pointFeatures(placed, ({ id, label, colour, alert, headingDeg }) => ({
      id,
      label,
      headingDeg,
      image: alert ? "van-alert" : `van-${((colour % COLOUR_COUNT) + COLOUR_COUNT) % COLOUR_COUNT}`,
    }));
    giveData(map.getSource<GeoJSONSource>("vans"), data);
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new style begins with an empty source
  useEffect(() => {
    const nowMs = performance.now();
    const before = glides.current;
    const jumps = (van: MapVan, from: Pose) =>
      calm || document.hidden || map.project(from).dist(map.project(van)) < LEAST_GLIDE_PX;
    glides.current = new Map(vans.map((van) => [van.id, nextGlide(before.get(van.id), van, nowMs, jumps)]));
    show(nowMs);
    if ([...glides.current.values()].every((glide) => glide.lastsMs === 0)) return;
    let frame = 0;
    let shownMs = nowMs;
    const tick = (timeMs: number) => {
      if (timeMs - shownMs >= FRAME_MS) {
        shownMs = timeMs;
        show(timeMs);
      }
      if (timeMs < nowMs + GLIDE_MS + FRAME_MS) frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }, [map, styleCount, vans, calm]);

  return (
    <p className="sr-only">{vans.length === 1 ? "1 van is on the map." : `${vans.length} vans are on the map.`}</p>
  );
}

function nextGlide(
  last: Glide | undefined,
  van: MapVan,
  nowMs: number,
  jumps: (van: MapVan, from: Pose) => boolean,
): Glide {
  const here = { lng: van.lng, lat: van.lat };
  if (last === undefined) {
    const pose = { ...here, headingDeg: van.headingDeg ?? 0 };
    return { from: pose, to: pose, beganMs: nowMs, lastsMs: 0 };
  }
  const from = poseAt(last, nowMs);
  const to = { ...here, headingDeg: van.headingDeg ?? bearingDeg(from, here, from.headingDeg) };
  return { from, to, beganMs: nowMs, lastsMs: jumps(van, from) ? 0 : GLIDE_MS };
}

function addVanImages(map: MapLibreMap): void {
  const rim = mapColour("--surface", "#ffffff");
  const look = { shape: "arrow", radiusPx: 10, rim, rimPx: 2 } as const;
  for (let colour = 0; colour < COLOUR_COUNT; colour++)
    addMarkerImage(map, `van-${colour}`, { ...look, fill: routeColour(colour) });
  addMarkerImage(map, "van-alert", { ...look, fill: mapColour("--late", "#a61c2a") });
}
