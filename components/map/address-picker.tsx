"use client";

import { type MapMouseEvent, Marker } from "maplibre-gl";
import { type KeyboardEvent, useEffect, useEffectEvent, useState } from "react";
import { createPortal } from "react-dom";
import { useMap } from "./map-context.ts";
import { useReducedMotion } from "./reader-wishes.ts";

export interface PickedPoint {
  readonly lng: number;
  readonly lat: number;
}

export interface AddressPickerProps {
  readonly value: PickedPoint | null;
  /** A place was clicked, the pin was dropped, or a key moved it; rounded to about a decimetre. */
  readonly onPick: (point: PickedPoint) => void;
  /** What the pin stands for. */
  readonly label?: string;
}

const STEP_PX = 8;
const LEAP_PX = 48;
const MOVES: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A pin for an address: click or tap the map, drag the pin, or move it with the arrow keys (with Shift, farther). */
export function AddressPicker({ value, onPick, label = "Delivery address" }: AddressPickerProps) {
  const { map } = useMap();
  const calm = useReducedMotion();
  const [element] = useState(() => document.createElement("div"));
  const [marker] = useState(() => new Marker({ element, anchor: "bottom", draggable: true }));
  const pick = useEffectEvent(({ lng, lat }: PickedPoint) =>
    onPick({ lng: roundDegrees(lng), lat: roundDegrees(lat) }),
  );

  useEffect(() => {
    const subscriptions = [
      map.on("click", (event: MapMouseEvent) => pick(event.lngLat)),
      marker.on("dragend", () => pick(marker.getLngLat())),
    ];
    return () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
      marker.remove();
    };
  }, [map, marker]);

  const [lng, lat] = [value?.lng, value?.lat];
  useEffect(() => {
    if (lng === undefined || lat === undefined) {
      marker.remove();
      return;
    }
    marker.setLngLat([lng, lat]);
    // Adding it again would take the focus from the pin while its keys move it.
    if (!element.isConnected) marker.addTo(map);
    // A pin set from a list or by its own keys must not leave the picture.
    if (!map.getBounds().contains([lng, lat])) map.easeTo({ center: [lng, lat], animate: !calm });
  }, [map, marker, element, lng, lat, calm]);

  const move = (event: KeyboardEvent) => {
    const direction = MOVES[event.key];
    if (direction === undefined || value === null) return;
    event.preventDefault();
    event.stopPropagation();
    const px = event.shiftKey ? LEAP_PX : STEP_PX;
    const from = map.project([value.lng, value.lat]);
    const to = map.unproject([from.x + direction[0] * px, from.y + direction[1] * px]);
    onPick({ lng: roundDegrees(to.lng), lat: roundDegrees(to.lat) });
  };

  return (
    <>
      {createPortal(
        <button
          type="button"
          className="map-pin"
          aria-label={`${label}: pin on the map`}
          aria-roledescription="movable pin"
          aria-keyshortcuts="ArrowLeft ArrowRight ArrowUp ArrowDown"
          onKeyDown={move}
          onClick={(event) => event.stopPropagation()}
        >
          <svg viewBox="0 0 32 42" width="32" height="42" aria-hidden="true">
            <path
              d="M16 1.5C8 1.5 1.5 7.9 1.5 15.8c0 10 12.2 22.6 13.6 24a1.3 1.3 0 0 0 1.8 0c1.4-1.4 13.6-14 13.6-24C30.5 7.9 24 1.5 16 1.5Z"
              className="map-pin-body"
            />
            <circle cx="16" cy="15.5" r="5.5" className="map-pin-eye" />
          </svg>
        </button>,
        element,
      )}
      <button
        type="button"
        className="map-pin-here"
        onClick={() => {
          const { lng: x, lat: y } = map.getCenter();
          onPick({ lng: roundDegrees(x), lat: roundDegrees(y) });
        }}
      >
        {value === null ? "Put the pin in the middle" : "Move the pin to the middle"}
      </button>
    </>
  );
}

/** Six decimals: about a decimetre, finer than any finger. */
function roundDegrees(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
