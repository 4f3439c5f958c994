"use client";

import type { MapLayerMouseEvent } from "maplibre-gl";
import { useEffect, useEffectEvent } from "react";
import { useMap } from "./map-context.ts";

/**
 * Makes what a layer draws clickable: `onPick` gets the `id` of the feature under the pointer. For the mouse and the
 * finger only: whoever uses it offers the same things in a list.
 */
export function LayerClick({ layer, onPick }: { layer: string; onPick: (id: string) => void }) {
  const { map } = useMap();
  const pick = useEffectEvent((event: MapLayerMouseEvent) => {
    const id = event.features?.[0]?.properties.id;
    if (typeof id !== "string" || event.defaultPrevented) return;
    // Where layers lie on one another, the first that takes the click has it.
    event.preventDefault();
    onPick(id);
  });
  useEffect(() => {
    const setCursor = (cursor: string) => () => {
      map.getCanvas().style.cursor = cursor;
    };
    const subscriptions = [
      map.on("click", layer, pick),
      map.on("mouseenter", layer, setCursor("pointer")),
      map.on("mouseleave", layer, setCursor("")),
    ];
    return () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
    };
  }, [map, layer]);
  return null;
}
