"use client";

import { classNames } from "#components/ui/class-names.ts";
import { sameClock, zoneName } from "#components/ui/format-time.ts";
import { useReaderZone } from "#components/ui/use-reader-zone.ts";
import { fillText } from "./fill-text.ts";
import { LANGUAGES } from "./language.ts";
import type { SlotMode } from "./slot-board.ts";
import { useWords } from "./words.tsx";

const MODES: readonly SlotMode[] = ["delivery", "parcel", "pickup"];

/** Delivery, parcel or pickup: radio buttons in one bar, each with what it offers at best. One without a note is not there. */
export function SlotPickerModes({
  mode,
  notes,
  onMode,
}: {
  mode: SlotMode;
  notes: Readonly<Partial<Record<SlotMode, string>>>;
  onMode: (mode: SlotMode) => void;
}) {
  const { say } = useWords();
  const offered = MODES.filter((each) => notes[each] !== undefined);
  return (
    <fieldset
      className={classNames(
        "flex w-full min-w-0 rounded-control bg-sunken p-1",
        offered.length > 2 ? "min-[40rem]:w-144" : "min-[30rem]:w-96",
      )}
    >
      <legend className="sr-only">{say.picker.modes}</legend>
      {offered.map((each) => (
        <label
          key={each}
          className="relative flex min-h-11 min-w-0 flex-1 flex-col items-center justify-center gap-x-2 rounded-lg px-1 py-1 leading-tight whitespace-nowrap min-[40rem]:flex-row has-checked:bg-surface has-checked:shadow-lift has-checked:ring-1 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-accent min-[30rem]:px-3"
        >
          <input
            type="radio"
            name="slot-mode"
            className="absolute inset-0 cursor-pointer opacity-0"
            checked={mode === each}
            onChange={() => onMode(each)}
          />
          <span className="font-medium">{say.picker[each]}</span>
          <span className="text-ink-muted text-sm">{notes[each]}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Says in whose time the windows stand when the reader's own clock shows another. */
export function SlotPickerZone({ at, zone }: { at: string; zone: string }) {
  const { say, language } = useWords();
  const reader = useReaderZone();
  if (reader === null || sameClock(at, reader, zone)) return null;
  const name = `${zone.replaceAll("_", " ")} (${zoneName(at, zone, LANGUAGES[language].locale)})`;
  return <p className="text-ink-muted text-sm">{fillText(say.picker.zone, { zone: name })}</p>;
}
