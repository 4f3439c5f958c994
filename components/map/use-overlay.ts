"use client";

import type { FeatureCollection } from "geojson";
import type { GeoJSONSource, LayerSpecification, Map as MapLibreMap } from "maplibre-gl";
import { useEffect, useEffectEvent } from "react";
import { giveData } from "./give-data.ts";
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

/** Keeps one GeoJSON source and its layers on the map, and hands new data to the source without touching the layers. */
export function useOverlay({ id, layers, under, data }: Overlay): void {
  const { map, styleCount } = useMap();
  const add = useEffectEvent(() => {
    map.addSource(id, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    giveData(map.getSource<GeoJSONSource>(id), data);
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
    giveData(map.getSource<GeoJSONSource>(id), data);
  }, [map, id, data]);
}

function firstName(map: MapLibreMap): string | undefined {
  return map.getStyle().layers.find((layer) => layer.type === "symbol")?.id;
}
