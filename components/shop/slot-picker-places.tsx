"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatTime } from "#components/ui/format-time.ts";
import type { PickupPlaceView } from "#server/domain/quote.ts";
import { PICKER } from "./shop-messages.ts";

const SHOWN_AT_FIRST = 4;

/** The stores where the cart can be picked up, nearest first: each with the next time it could be ready. */
export function SlotPickerPlaces({
  places,
  chosen,
  timeZone,
  onChoose,
}: {
  places: readonly PickupPlaceView[];
  chosen: string | null;
  timeZone: string;
  onChoose: (place: PickupPlaceView) => void;
}) {
  const [all, setAll] = useState(false);
  if (places.length === 0) return <EmptyState title={PICKER.noPlace}>{PICKER.noPlaceHint}</EmptyState>;
  const chosenPlace = places.findIndex((place) => place.nodeId === chosen);
  const shown = all ? places : places.slice(0, Math.max(SHOWN_AT_FIRST, chosenPlace + 1));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 font-medium text-sm">{PICKER.placesTitle}</legend>
      <div className="grid grid-cols-1 gap-2 min-[30rem]:grid-cols-2">
        {shown.map((place) => (
          <label
            key={place.nodeId}
            className="relative flex min-h-16 flex-col justify-center rounded-control border border-line bg-surface px-4 py-2 hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft has-checked:ring-1 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2"
          >
            <input
              type="radio"
              name="pickup-place"
              className="absolute inset-0 cursor-pointer opacity-0"
              checked={place.nodeId === chosen}
              onChange={() => onChoose(place)}
            />
            <span className="truncate font-medium">{place.name}</span>
            <span className="truncate text-ink-muted text-sm">
              {PICKER.away(distance(place.distanceM), Math.max(1, Math.round(place.driveSec / 60)))}
            </span>
            <span className={classNames("truncate text-sm", place.nextStartsAt ? "text-accent" : "text-ink-muted")}>
              {place.nextStartsAt
                ? PICKER.nextAt(formatTime(place.nextStartsAt, timeZone, "day-time"))
                : PICKER.nothing}
            </span>
          </label>
        ))}
      </div>
      {places.length > shown.length && (
        <div>
          <Button variant="quiet" size="small" onClick={() => setAll(true)}>
            {PICKER.morePlaces(places.length - shown.length)}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function distance(metres: number): string {
  return metres < 950 ? `${Math.max(50, Math.round(metres / 50) * 50)} m` : `${(metres / 1000).toFixed(1)} km`;
}
