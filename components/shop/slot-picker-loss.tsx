"use client";

import { Button } from "#components/ui/button.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { fillText } from "./fill-text.ts";
import type { Slot, SlotRef } from "./slot-board.ts";
import type { LostSlot } from "./use-hold.ts";
import { useWords } from "./words.tsx";

/** A window was refused, or nobody knows: what happened, what is still there, and the way on. */
export function SlotPickerLoss({
  lost: { slot, fault },
  kept,
  nearest,
  pending,
  timeZone,
  onChoose,
  onKeep,
}: {
  lost: LostSlot;
  /** The window that the shopper has all the same. */
  kept: SlotRef | null;
  /** What is open and near in time, nearest first. */
  nearest: readonly Slot[];
  pending: boolean;
  timeZone: string;
  onChoose: (key: string) => void;
  onKeep: () => void;
}) {
  const words = useWords();
  const { say } = words;
  const name = ({ startsAt, endsAt }: SlotRef) =>
    `${words.time(startsAt, timeZone, "short-day")}, ${words.span(startsAt, endsAt, timeZone)}`;
  const sentence = words.fault(fault);
  if (!fault.code) return <FaultNotice sentence={sentence} pending={pending} onRetry={() => onChoose(slot.key)} />;
  // Of the shopper, not of the window: another one would be refused as well.
  const isAboutShopper =
    fault.code === "too-many-requests" || (fault.code === "too-much-held" && fault.detail !== "window");
  const stillHeld = kept ? fillText(say.picker.stillHeld, { when: name(kept) }) : "";
  return (
    <FaultNotice
      tone="risk"
      sentence={[isAboutShopper ? sentence : `${name(slot)}: ${sentence}`, stillHeld].filter(Boolean).join(" ")}
    >
      {kept && (
        <Button size="small" onClick={onKeep}>
          {say.picker.keep}
        </Button>
      )}
      {nearest.length > 0 && !isAboutShopper && (
        <div className="flex w-full flex-wrap items-center gap-2">
          <span className="me-1 text-sm">{say.picker.nearestAre}</span>
          {nearest.map((each) => (
            <Button key={each.key} size="small" onClick={() => onChoose(each.key)}>
              {name(each)}
            </Button>
          ))}
        </div>
      )}
    </FaultNotice>
  );
}
