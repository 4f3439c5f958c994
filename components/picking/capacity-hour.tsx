"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import type * as z from "zod";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { formatTime } from "#components/ui/format-time.ts";
import { Spinner } from "#components/ui/spinner.tsx";
import type { NodeId } from "#server/domain/id.ts";
import type { Hour } from "./picking-data.ts";

/** A quarter of a picker's hour: as fine as anybody plans. */
const STEP_SEC = 900;
const HOUR_SEC = 3600;
/** The dial has come to rest. */
const REST_MS = 450;

const HAND =
  "[&::-webkit-slider-thumb]:size-6 [&::-webkit-slider-thumb]:appearance-none [&::-webkit-slider-thumb]:rounded-full [&::-webkit-slider-thumb]:border-3 [&::-webkit-slider-thumb]:border-accent [&::-webkit-slider-thumb]:bg-surface [&::-webkit-slider-thumb]:shadow-lift [&::-moz-range-thumb]:size-6 [&::-moz-range-thumb]:rounded-full [&::-moz-range-thumb]:border-3 [&::-moz-range-thumb]:border-accent [&::-moz-range-thumb]:bg-surface";
/** Half a hand wider than the track on either side, so that the hand's middle stands exactly at its value. */
const DIAL = classNames(
  "absolute -inset-x-3 inset-y-0 w-[calc(100%+1.5rem)] cursor-pointer appearance-none bg-transparent disabled:cursor-not-allowed",
  HAND,
);

/** One hour's dial: what is promised, what may be promised, and the hand that sets it. */
export function CapacityHour({
  nodeId,
  hour,
  zone,
  scaleSec,
  isOver,
}: {
  nodeId: z.infer<typeof NodeId>;
  hour: Hour;
  zone: string;
  scaleSec: number;
  isOver: boolean;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  // What the dial shows while it differs from what the server has said; null once they agree.
  const [draftSec, setDraftSec] = useState<number | null>(null);
  const set = useMutation(
    trpc.picking.setCapacity.mutationOptions({
      onSuccess: async (_, { targetSec }) => {
        await queryClient.invalidateQueries(trpc.picking.capacity.pathFilter());
        // The hand may have moved on while this was saved.
        setDraftSec((draft) => (draft === targetSec ? null : draft));
      },
    }),
  );
  const send = useEffectEvent((targetSec: number) => set.mutate({ nodeId, startsAt: hour.startsAt, targetSec }));
  useEffect(() => {
    if (draftSec === null) return;
    const timer = setTimeout(() => send(draftSec), REST_MS);
    return () => clearTimeout(timer);
  }, [draftSec]);

  const targetSec = draftSec ?? hour.targetSec;
  const { claimedSec } = hour;
  const limitSec = Math.max(targetSec, claimedSec);
  const name = `${formatTime(hour.startsAt, zone)}–${formatTime(Date.parse(hour.startsAt) + HOUR_SEC * 1000, zone)}`;
  const below = targetSec < claimedSec;
  const share = (sec: number) => `${Math.min(100, (sec / scaleSec) * 100)}%`;
  return (
    <li
      className={classNames(
        "grid gap-x-5 gap-y-2 border-line border-b p-4 last:border-b-0 sm:grid-cols-[7rem_1fr_auto] sm:items-center",
        isOver && "opacity-60",
      )}
    >
      <h2 className="flex items-center gap-2 font-semibold">
        {name}
        {(set.isPending || draftSec !== null) && !set.isError && (
          <span role="status" className="inline-flex text-ink-muted">
            <Spinner className="size-3.5" />
            <span className="sr-only">Saving</span>
          </span>
        )}
      </h2>
      <div className="min-w-0">
        {/* One track: what is promised is filled, what is offered is tinted, and the hand stands where the manager put it. */}
        <div className="relative flex h-11 items-center">
          <div className="relative h-4 w-full overflow-hidden rounded-full bg-sunken" aria-hidden="true">
            <div className="absolute inset-y-0 left-0 bg-accent-soft" style={{ width: share(limitSec) }} />
            <div
              className={classNames("absolute inset-y-0 left-0", below ? "bg-warn" : "bg-accent")}
              style={{ width: share(claimedSec) }}
            />
          </div>
          <input
            type="range"
            aria-label={`Picking offered ${name}`}
            aria-valuetext={`${pickersOf(targetSec)}, ${minutesOf(claimedSec)} promised`}
            className={DIAL}
            min={0}
            max={scaleSec}
            step={STEP_SEC}
            value={targetSec}
            disabled={isOver}
            onChange={(event) => setDraftSec(Number(event.target.value))}
          />
        </div>
        <p className="text-ink-muted text-sm">
          <span className="font-medium text-ink">{minutesOf(claimedSec)} promised</span> of {minutesOf(limitSec)}
          {isOver && " · this hour is over"}
        </p>
        {below && !isOver && (
          <p className="mt-1 font-medium text-sm text-warn">
            Less than is promised: nothing new is taken, and the {minutesOf(claimedSec)} stay promised.
          </p>
        )}
        {set.isError && (
          <div className="mt-2">
            <FaultNotice
              sentence={`Not saved. ${readFault(set.error).sentence}`}
              onRetry={() => send(targetSec)}
              pending={set.isPending}
            />
          </div>
        )}
      </div>
      <div className="flex items-center justify-between gap-2">
        <output className="min-w-24 font-semibold sm:text-right">{pickersOf(targetSec)}</output>
        <Button
          size="small"
          className="min-w-20"
          disabledReason={isOver ? "This hour is over" : null}
          reason="bubble"
          onClick={() => setDraftSec(targetSec === 0 ? HOUR_SEC : 0)}
        >
          {targetSec === 0 ? "Open" : "Close"}
        </Button>
      </div>
    </li>
  );
}

function pickersOf(sec: number): string {
  if (sec === 0) return "Closed";
  const pickers = Math.round((sec / HOUR_SEC) * 100) / 100;
  return pickers === 1 ? "1 picker" : `${pickers} pickers`;
}

function minutesOf(sec: number): string {
  return `${Math.ceil(sec / 60)} min`;
}
