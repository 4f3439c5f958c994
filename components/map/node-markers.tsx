"use client";

import type { MapLayerMouseEvent } from "maplibre-gl";
import { useEffect, useEffectEvent, useMemo } from "react";
import type { NodeKind } from "#server/domain/state.ts";
import { mapColour } from "./map-colour.ts";
import { useMap } from "./map-context.ts";
import { addMarkerImage, type MarkerShape } from "./marker-image.ts";
import { pointFeatures } from "./point-features.ts";
import { useOverlay } from "./use-overlay.ts";

export interface MapNode {
  readonly id: string;
  readonly name: string;
  readonly kind: NodeKind;
  readonly lng: number;
  readonly lat: number;
  /** Needs attention: drawn in the colour of what is late. */
  readonly alert?: boolean;
}

export interface NodeMarkersProps {
  readonly nodes: readonly MapNode[];
  readonly selectedId?: string | null;
  readonly onSelect?: (id: string) => void;
}

const LOOKS: Record<
  NodeKind,
  { readonly shape: MarkerShape; readonly radiusPx: number; readonly words: [string, string] }
> = {
  store: { shape: "square", radiusPx: 6.5, words: ["store", "stores"] },
  distribution_centre: { shape: "hexagon", radiusPx: 9, words: ["distribution centre", "distribution centres"] },
  micro_fulfilment: { shape: "diamond", radiusPx: 7.5, words: ["micro-fulfilment node", "micro-fulfilment nodes"] },
  partner: { shape: "circle", radiusPx: 6.5, words: ["partner", "partners"] },
};
const KINDS = Object.keys(LOOKS) as NodeKind[];

/** Stores and warehouses, told apart by shape and not only by colour. */
export function NodeMarkers({ nodes, selectedId = null, onSelect }: NodeMarkersProps) {
  const { map } = useMap();
  const data = useMemo(
    () =>
      pointFeatures(nodes, ({ id, name, kind, alert = false }) => ({
        id,
        name,
        image: imageName(kind, alert),
        rank: kind === "store" || kind === "partner" ? 1 : 0,
        selected: id === selectedId,
      })),
    [nodes, selectedId],
  );
  useOverlay({
    id: "nodes",
    data,
    layers(on) {
      const rim = mapColour("--surface", "#ffffff");
      for (const kind of KINDS)
        for (const alert of [false, true])
          addMarkerImage(on, imageName(kind, alert), {
            ...LOOKS[kind],
            fill: alert ? mapColour("--late", "#a61c2a") : mapColour("--map-node", "#1f1d1a"),
            rim,
            rimPx: 2,
          });
      return [
        {
          id: "nodes",
          type: "symbol",
          layout: {
            "icon-image": ["get", "image"],
            "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.7, 13, ["case", ["get", "selected"], 1.35, 1]],
            "icon-allow-overlap": true,
            "icon-ignore-placement": true,
            "symbol-sort-key": ["get", "rank"],
            "text-field": ["step", ["zoom"], "", 12, ["get", "name"]],
            "text-font": ["Semibold", "Inter Variable"],
            "text-size": 11.5,
            "text-anchor": "top",
            "text-offset": [0, 0.95],
            "text-max-width": 9,
            "text-optional": true,
          },
          paint: {
            "text-color": mapColour("--ink", "#1f1d1a"),
            "text-halo-color": mapColour("--map-halo", "#faf8f4"),
            "text-halo-width": 1.6,
          },
        },
      ];
    },
  });

  const select = useEffectEvent((event: MapLayerMouseEvent) => {
    const id = event.features?.[0]?.properties.id;
    if (typeof id === "string") onSelect?.(id);
  });
  const canSelect = onSelect !== undefined;
  useEffect(() => {
    if (!canSelect) return;
    const point = () => {
      map.getCanvas().style.cursor = "pointer";
    };
    const unpoint = () => {
      map.getCanvas().style.cursor = "";
    };
    const subscriptions = [
      map.on("click", "nodes", select),
      map.on("mouseenter", "nodes", point),
      map.on("mouseleave", "nodes", unpoint),
    ];
    return () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
    };
  }, [map, canSelect]);

  return <p className="sr-only">{`On the map: ${countNodes(nodes)}.`}</p>;
}

function imageName(kind: NodeKind, alert: boolean): string {
  return `node-${kind}${alert ? "-alert" : ""}`;
}

/** "20 stores, 2 distribution centres" */
function countNodes(nodes: readonly MapNode[]): string {
  const parts = KINDS.flatMap((kind) => {
    const count = nodes.filter((node) => node.kind === kind).length;
    return count === 0 ? [] : [`${count} ${LOOKS[kind].words[count === 1 ? 0 : 1]}`];
  });
  return parts.length === 0 ? "no nodes" : parts.join(", ");
}
