"use client";

import type { Map as MapLibreMap } from "maplibre-gl";
import { createContext, useContext } from "react";

export interface ReadyMap {
  readonly map: MapLibreMap;
  /** Rises with each style that has loaded (at first, and when light turns dark): a style takes its layers with it. */
  readonly styleCount: number;
}

export const MapContext = createContext<ReadyMap | null>(null);

/** The map around an overlay, once it stands. */
export function useMap(): ReadyMap {
  const ready = useContext(MapContext);
  if (ready === null) throw new Error("a map overlay must stand inside <BaseMap>");
  return ready;
}
