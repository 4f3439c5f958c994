"use client";

import "maplibre-gl/dist/maplibre-gl.css";
import "./map-canvas.css";
import { AttributionControl, Map as MapLibreMap, NavigationControl, setWorkerUrl } from "maplibre-gl";
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import { MapContext, type ReadyMap } from "./map-context.ts";
import { useDarkMode, useReducedMotion } from "./reader-wishes.ts";

// The bundler must see the worker as a file of its own; MapLibre cannot guess where it ends up.
setWorkerUrl(new URL("maplibre-gl/dist/maplibre-gl-worker.mjs", import.meta.url).toString());

export interface MapCanvasProps {
  /** What the map shows, for those who cannot see it: "Vans on the road now". */
  readonly label: string;
  /** West, south, east, north. Shown whole; the map follows when it changes. */
  readonly bounds?: readonly [number, number, number, number] | undefined;
  /** Where to begin when there are no bounds; without it, the whole map. */
  readonly view?: { readonly center: readonly [number, number]; readonly zoom: number } | undefined;
  /** Free pixels between the bounds and the map's edge; more on a side where something lies over the map. */
  readonly paddingPx?: number | Readonly<Record<"top" | "right" | "bottom" | "left", number>>;
  /** Inside a page that scrolls: one finger scrolls the page, two move the map. */
  readonly insideScroll?: boolean;
  readonly onReady?: (map: MapLibreMap) => void;
  /** Overlays; they find the map by `useMap`. */
  readonly children?: ReactNode;
}

const OUTERMOST_ZOOM = 8;
const INNERMOST_ZOOM = 18.5;
/** However little the bounds hold: closer than this there is no street name to find one's way by. */
const CLOSEST_FIT_ZOOM = 16;

export function MapCanvas({
  label,
  bounds,
  view,
  paddingPx = 40,
  insideScroll = false,
  onReady,
  children,
}: MapCanvasProps) {
  const container = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState<ReadyMap | null>(null);
  const [broken, setBroken] = useState(false);
  const isDark = useDarkMode();
  const calm = useReducedMotion();
  const theme = isDark ? "dark" : "light";

  const begin = useEffectEvent((element: HTMLDivElement) => {
    const map = new MapLibreMap({
      container: element,
      style: styleUrl(theme),
      // Addresses in our style are relative, and the worker that fetches tiles has no page to complete them by.
      transformRequest: (url) => ({ url: new URL(url, window.location.href).href }),
      ...(view && { center: [...view.center] as [number, number], zoom: view.zoom }),
      ...(bounds && {
        bounds: [...bounds] as [number, number, number, number],
        fitBoundsOptions: { padding: paddingPx, maxZoom: CLOSEST_FIT_ZOOM },
      }),
      minZoom: OUTERMOST_ZOOM,
      maxZoom: INNERMOST_ZOOM,
      // Streets are read with north up; a tilted or turned map only gets in the way of work.
      maxPitch: 0,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      cooperativeGestures: insideScroll,
      fadeDuration: calm ? 0 : 200,
      attributionControl: false,
      locale: { "Map.Title": label },
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new AttributionControl({ compact: false }), "bottom-right");
    let styleCount = 0;
    map.on("style.load", () => {
      styleCount++;
      setBroken(false);
      setReady({ map, styleCount });
      if (styleCount === 1) onReady?.(map);
    });
    map.on("error", ({ error }) => {
      // With a listener MapLibre no longer writes to the console itself.
      console.warn(`map: ${error.message}`);
      if (styleCount === 0) setBroken(true);
    });
    return map;
  });

  const [map, setMap] = useState<MapLibreMap | null>(null);
  useEffect(() => {
    let begun: MapLibreMap;
    try {
      begun = begin(container.current!);
    } catch (error) {
      // No WebGL: an old machine, a locked-down browser. The page must stand without its map.
      console.warn(`map: ${error instanceof Error ? error.message : error}`);
      setBroken(true);
      return;
    }
    setMap(begun);
    return () => {
      setReady(null);
      setMap(null);
      begun.remove();
    };
  }, []);

  const shownTheme = useRef(theme);
  useEffect(() => {
    if (map === null || shownTheme.current === theme) return;
    shownTheme.current = theme;
    map.setStyle(styleUrl(theme), { diff: false });
  }, [map, theme]);

  const boundsKey = bounds?.join();
  const firstBounds = useRef(boundsKey);
  const showBounds = useEffectEvent((on: MapLibreMap) => {
    if (bounds === undefined) return;
    on.fitBounds([...bounds] as [number, number, number, number], {
      padding: paddingPx,
      maxZoom: CLOSEST_FIT_ZOOM,
      duration: 600,
    });
  });
  useEffect(() => {
    if (map === null || boundsKey === firstBounds.current) return;
    firstBounds.current = boundsKey;
    showBounds(map);
  }, [map, boundsKey]);

  return (
    // MapLibre's canvas is the region with the label; a second one around it would only be heard twice.
    <div className="relative h-full w-full overflow-hidden bg-map-land">
      <div ref={container} className="h-full w-full" />
      {ready !== null && <MapContext value={ready}>{children}</MapContext>}
      {broken && (
        <p role="status" className="absolute inset-0 grid place-content-center p-6 text-center text-ink-muted">
          The map cannot be shown right now. Everything else on this page works.
        </p>
      )}
    </div>
  );
}

function styleUrl(theme: "light" | "dark"): string {
  return `/api/map/style?theme=${theme}`;
}
