"use client";

import dynamic from "next/dynamic";
import type { MapCanvasProps } from "./map-canvas.tsx";

export type BaseMapProps = MapCanvasProps;

/**
 * The map with our roads, in the reader's colours; overlays stand inside it. Its code, style sheet and tiles are only
 * asked for once it is on the screen. The caller gives it a size.
 */
export const BaseMap = dynamic<BaseMapProps>(() => import("./map-canvas.tsx").then(({ MapCanvas }) => MapCanvas), {
  ssr: false,
  loading: () => <div className="h-full w-full animate-breathe bg-map-land" aria-busy="true" />,
});
