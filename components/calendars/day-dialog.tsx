"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { Calendar, CalendarDay, CalendarOf, Entry } from "./calendar-data.ts";
import { blackoutWords, dayName, entryWords, stakeWords } from "./calendar-words.ts";
import { EntryForm } from "./entry-form.tsx";

/** One day: what is otherwise on it, each to be changed or taken back, and what more can be. */
export function DayDialog({
  of,
  calendar,
  day,
  onClose,
}: {
  of: CalendarOf;
  calendar: Calendar;
  /** Null: closed. */
  day: CalendarDay | null;
  onClose: () => void;
}) {
  const [changed, setChanged] = useState<Entry | null>(null);
  const isOver = day !== null && day.day < calendar.today;
  const changes = day ? day.entries.length + day.blackouts.length : 0;
  return (
    <Dialog
      open={day !== null}
      onOpenChange={(open) => !open && onClose()}
      place="end"
      title={day ? dayName(day.day) : ""}
      description={day ? standing(day, isOver) : undefined}
    >
      {day && (
        <div className="flex flex-col gap-6">
          {changes > 0 && <Changes of={of} day={day} isOver={isOver} onChange={setChanged} />}
          {!isOver && (
            <EntryForm
              key={changed ? `${changed.nodeId} ${changed.name}` : "new"}
              of={of}
              calendar={calendar}
              day={day.day}
              changed={changed}
              onSaved={onClose}
            />
          )}
        </div>
      )}
    </Dialog>
  );
}

function standing({ windows, promised, entries, blackouts }: CalendarDay, isOver: boolean): string {
  if (isOver) return "This day is over: what was, stays.";
  const given =
    windows === null
      ? "Not open to promises yet; it will be opened as it stands here."
      : `${windows} delivery ${windows === 1 ? "window is" : "windows are"} given, ${promised} promised.`;
  return entries.length + blackouts.length === 0 ? `A usual day. ${given}` : given;
}

function Changes({
  of,
  day,
  isOver,
  onChange,
}: {
  of: CalendarOf;
  day: CalendarDay;
  isOver: boolean;
  onChange: (entry: Entry) => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const after = {
    onSuccess: () => toast("Taken back: the day is as usual in that", { tone: "ok" }),
    onSettled: () => queryClient.invalidateQueries(trpc.calendars.pathFilter()),
  } as const;
  const clearDay = useMutation(trpc.calendars.clearDay.mutationOptions(after));
  const clearBlackout = useMutation(trpc.calendars.clearBlackout.mutationOptions(after));
  const failed = clearDay.error ?? clearBlackout.error;
  const { regionId } = of;
  const mayChange = (nodeId: Entry["nodeId"]) => !isOver && (of.isOps || nodeId !== null);
  return (
    <section aria-label="What is otherwise">
      {failed && <FaultNotice sentence={readFault(failed).sentence} />}
      <ul className="flex flex-col gap-2">
        {day.entries.map((entry) => (
          <Change
            key={`entry ${entry.nodeId}`}
            {...entry}
            what={entryWords(entry)}
            onChange={mayChange(entry.nodeId) ? () => onChange(entry) : null}
            onTakeBack={
              mayChange(entry.nodeId) ? () => clearDay.mutate({ regionId, nodeId: entry.nodeId, day: day.day }) : null
            }
            pending={clearDay.isPending && clearDay.variables.nodeId === entry.nodeId}
          />
        ))}
        {day.blackouts.map((blackout) => {
          const { nodeId, service, starts } = blackout;
          return (
            <Change
              key={`blackout ${nodeId} ${service} ${starts}`}
              {...blackout}
              what={blackoutWords(blackout)}
              onChange={null}
              onTakeBack={
                mayChange(nodeId)
                  ? () => clearBlackout.mutate({ regionId, nodeId, service, starts, day: day.day })
                  : null
              }
              pending={clearBlackout.isPending}
            />
          );
        })}
      </ul>
    </section>
  );
}

function Change({
  nodeName,
  name,
  what,
  atStake,
  onChange,
  onTakeBack,
  pending,
}: {
  nodeName: string | null;
  name: string;
  what: string;
  atStake: number;
  /** Null where it is not the reader's to change. */
  onChange: (() => void) | null;
  onTakeBack: (() => void) | null;
  pending: boolean;
}) {
  return (
    <li className="rounded-card border border-line p-3">
      <p className="font-semibold">{name}</p>
      <p className="text-ink-muted text-sm">
        {nodeName ?? "Whole region"}: {what}
      </p>
      <div className="mt-2 flex flex-wrap items-center gap-2">
        {atStake > 0 && <Badge tone="risk">{stakeWords(atStake)}</Badge>}
        {onChange && (
          <Button size="small" onClick={onChange}>
            Change
          </Button>
        )}
        {onTakeBack ? (
          <Button size="small" pending={pending} onClick={onTakeBack} aria-label={`Take back ${name}`}>
            Take back
          </Button>
        ) : (
          nodeName === null && <span className="text-ink-muted text-sm">Set by operations</span>
        )}
      </div>
    </li>
  );
}
