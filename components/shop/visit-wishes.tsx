"use client";

import { useState } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { TextField } from "#components/ui/field.tsx";
import { TimeSpanFields } from "#components/ui/time-span-fields.tsx";
import { fillText } from "./fill-text.ts";
import {
  type EnteredWishes,
  enteredWishes,
  isFloor,
  isTooNarrow,
  MOST_FLOORS,
  useEnteredWishes,
  visitWishesOf,
} from "./wishes-store.ts";
import { useWords } from "./words.tsx";

const QUARTER_SEC = 900;

/** Of the checkout: they are kept for this tab. */
export function CheckoutVisitWishes() {
  const entered = useEnteredWishes();
  return <VisitWishFields entered={entered} onChange={(part) => enteredWishes.write({ ...entered, ...part })} />;
}

/** What decides which windows there are: hours that suit, and how far up. Closed until it is needed. */
export function VisitWishFields({
  entered,
  onChange: set,
}: {
  entered: EnteredWishes;
  onChange: (part: Partial<EnteredWishes>) => void;
}) {
  const { say } = useWords();
  const wishes = visitWishesOf(entered);
  // As it was found: what is typed neither opens nor closes it.
  const [wasWished] = useState(wishes !== undefined);
  const isUpstairs = isFloor(entered.floor) && Number(entered.floor) > 0;
  return (
    <Disclosure
      title={
        <span className="flex flex-col">
          {say.wishes.visit}
          {wishes && (
            <span className="font-normal text-ink-muted text-sm group-open/disclosure:hidden">
              {visitSummary(wishes, say.wishes)}
            </span>
          )}
        </span>
      }
      open={wasWished}
    >
      <div className="flex flex-col gap-3 pt-1 pb-2 ps-5.5">
        <div className="grid max-w-sm grid-cols-2 gap-3">
          <TimeSpanFields
            stepSec={QUARTER_SEC}
            from={{
              label: say.wishes.notBefore,
              name: "notBefore",
              value: entered.notBefore,
              onChange: (notBefore) => set({ notBefore }),
            }}
            until={{
              label: say.wishes.notAfter,
              name: "notAfter",
              value: entered.notAfter,
              onChange: (notAfter) => set({ notAfter }),
            }}
          />
        </div>
        <p aria-live="polite" className="text-sm">
          {isTooNarrow(entered) ? (
            <span className="text-late">{say.faults["wish-too-narrow"]}</span>
          ) : (
            <span className="text-ink-muted">{say.wishes.timesHint}</span>
          )}
        </p>
        <div className="grid max-w-sm grid-cols-2 items-end gap-3">
          <TextField
            label={say.wishes.floor}
            name="floor"
            type="number"
            inputMode="numeric"
            min={0}
            max={MOST_FLOORS}
            value={entered.floor}
            onChange={(event) => set({ floor: event.target.value.slice(0, 2) })}
          />
          {isUpstairs && (
            <Checkbox
              name="hasLift"
              label={say.wishes.lift}
              checked={entered.hasLift}
              onChange={(event) => set({ hasLift: event.target.checked })}
            />
          )}
        </div>
      </div>
    </Disclosure>
  );
}

type WishWords = ReturnType<typeof useWords>["say"]["wishes"];

/** "from 18:30, until 19:30, floor 3" */
export function visitSummary(
  { notBefore, notAfter, floor, hasLift }: NonNullable<ReturnType<typeof visitWishesOf>>,
  say: WishWords,
): string {
  return [
    notBefore && fillText(say.from, { time: notBefore }),
    notAfter && fillText(say.until, { time: notAfter }),
    floor && fillText(hasLift ? say.floorWithLift : say.floorByStairs, { floor }),
  ]
    .filter(Boolean)
    .join(", ");
}
