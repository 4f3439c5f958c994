import { Spinner } from "#components/ui/spinner.tsx";
import { fillText } from "./fill-text.ts";
import type { SlotRef } from "./slot-board.ts";
import { useWords, type Words } from "./words.tsx";

/** The window is being asked for at another address. */
export function MovingNotice({ slot, timeZone }: { slot: SlotRef; timeZone: string }) {
  const words = useWords();
  return (
    <p role="status" className="flex items-center gap-3">
      <Spinner />
      {fillText(words.say.checkout.moving, { when: slotWords(slot, words, timeZone) })}
    </p>
  );
}

/** "Tue 24 Nov, 18:00–20:00"; of a parcel the day alone. */
export function slotWords(
  { mode, startsAt, endsAt }: Pick<SlotRef, "mode" | "startsAt" | "endsAt">,
  { time, span }: Words,
  timeZone: string,
): string {
  return [time(startsAt, timeZone, "short-day"), mode !== "parcel" && span(startsAt, endsAt, timeZone)]
    .filter(Boolean)
    .join(", ");
}
