"use client";

import { Button } from "#components/ui/button.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import type { Slot } from "./slot-board.ts";
import type { LostSlot } from "./use-hold.ts";
import { useWords } from "./words.tsx";

/** A window was refused, or nobody knows: what happened, and the way on. */
export function SlotPickerLoss({
  lost: { slot, fault },
  nearest,
  pending,
  timeZone,
  onChoose,
}: {
  lost: LostSlot;
  /** What is open and near in time, nearest first. */
  nearest: readonly Slot[];
  pending: boolean;
  timeZone: string;
  onChoose: (key: string) => void;
}) {
  const words = useWords();
  const { say } = words;
  const name = ({ startsAt, endsAt }: Slot) =>
    `${words.time(startsAt, timeZone, "short-day")}, ${words.span(startsAt, endsAt, timeZone)}`;
  const sentence = words.fault(fault);
  if (!fault.code) return <FaultNotice sentence={sentence} pending={pending} onRetry={() => onChoose(slot.key)} />;
  return (
    <FaultNotice tone="risk" sentence={`${name(slot)}: ${sentence}`}>
      {nearest.length > 0 && (
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
