"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { PickupPlaceView } from "#server/domain/quote.ts";
import { fillText } from "./fill-text.ts";
import { useWords } from "./words.tsx";

const SHOWN_AT_FIRST = 4;

/** The stores where the cart can be picked up, nearest first: how far each is, and from when it could be ready. */
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
  const { say, time, distance, minutes } = useWords();
  const [all, setAll] = useState(false);
  if (places.length === 0) return <EmptyState title={say.picker.noPlace}>{say.picker.noPlaceHint}</EmptyState>;
  const chosenPlace = places.findIndex((place) => place.nodeId === chosen);
  const shown = all ? places : places.slice(0, Math.max(SHOWN_AT_FIRST, chosenPlace + 1));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 font-medium text-sm">{say.picker.placesTitle}</legend>
      <div className="grid grid-cols-1 gap-2 min-[36rem]:grid-cols-2">
        {shown.map(({ nodeId, name, distanceM, driveSec, nextStartsAt, isBroughtHere }, index) => (
          <label
            key={nodeId}
            className="relative flex min-h-16 flex-col justify-center rounded-control border border-line bg-surface px-4 py-2 hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft has-checked:ring-1 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2"
          >
            <input
              type="radio"
              name="pickup-place"
              className="absolute inset-0 cursor-pointer opacity-0"
              checked={nodeId === chosen}
              onChange={() => onChoose(shown[index]!)}
            />
            <span className="truncate font-medium">{name}</span>
            <span className="truncate text-ink-muted text-sm">
              {fillText(say.picker.away, { distance: distance(distanceM), minutes: minutes(driveSec) })}
            </span>
            <span className={classNames("truncate text-sm", nextStartsAt ? "text-accent" : "text-ink-muted")}>
              {nextStartsAt
                ? fillText(isBroughtHere ? say.picker.broughtAt : say.picker.readyAt, {
                    time: time(nextStartsAt, timeZone, "day-time"),
                  })
                : say.picker.nothing}
            </span>
          </label>
        ))}
      </div>
      {places.length > shown.length && (
        <div>
          <Button variant="quiet" size="small" onClick={() => setAll(true)}>
            {fillText(say.picker.morePlaces, { count: places.length - shown.length })}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
