"use client";

import type { FeatureCollection } from "geojson";
import type { GeoJSONSource, LayerSpecification, Map as MapLibreMap } from "maplibre-gl";
import { useEffect, useEffectEvent, useRef } from "react";
import { useMap } from "./map-context.ts";

/** A layer without its source: the overlay's own is put in. */
export type OverlayLayer = LayerSpecification extends infer L
  ? L extends { source: string }
    ? Omit<L, "source">
    : never
  : never;

export interface Overlay {
  /** Unique on the map; source and layers are named after it. */
  readonly id: string;
  /** Called again for each style, so that colours follow light and dark. Images it needs it adds to the map. */
  layers(map: MapLibreMap): readonly OverlayLayer[];
  /** Under the base map's names, for lines: a name half covered by a route is worse than one across it. Else over everything. */
  readonly under?: "names";
  readonly data: FeatureCollection;
}

/**
 * Keeps one GeoJSON source and its layers on the map, and hands new data to the source without touching the layers. Data
 * that says the same as before is not handed over: each time it is, the map is drawn anew, which without a graphics card
 * keeps the page busy for a fifth of a second.
 */
export function useOverlay({ id, layers, under, data }: Overlay): void {
  const { map, styleCount } = useMap();
  const given = useRef("");
  const add = useEffectEvent(() => {
    given.current = JSON.stringify(data);
    map.addSource(id, { type: "geojson", data });
    const before = under === "names" ? firstName(map) : undefined;
    for (const layer of layers(map)) map.addLayer({ ...layer, source: id } as LayerSpecification, before);
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new style has lost the layers
  useEffect(() => {
    add();
    return () => {
      // When the map or its style has gone, so have they.
      if (!map.style || map.getSource(id) === undefined) return;
      for (const layer of map.getStyle().layers)
        if ("source" in layer && layer.source === id) map.removeLayer(layer.id);
      map.removeSource(id);
    };
  }, [map, id, styleCount]);

  useEffect(() => {
    const text = JSON.stringify(data);
    if (text === given.current) return;
    given.current = text;
    map.getSource<GeoJSONSource>(id)?.setData(data);
  }, [map, id, data]);
}

function firstName(map: MapLibreMap): string | undefined {
  return map.getStyle().layers.find((layer) => layer.type === "symbol")?.id;
}
