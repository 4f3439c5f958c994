"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { formatDuration } from "#components/ui/format-duration.ts";
import { formatTime } from "#components/ui/format-time.ts";
import { WindowText } from "#components/ui/time-text.tsx";
import { SOFT_TONE } from "#components/ui/tone.ts";
import { USUAL_PRIORITY } from "#server/domain/channel.ts";
import { PARK_REASONS } from "#server/domain/parking.ts";
import type { Task } from "./picking-data.ts";
import { RUN_LOOK, SERVICE_LOOKS, slackTone } from "./picking-looks.ts";
import { RejectDialog } from "./reject-dialog.tsx";
import { TaskLines } from "./task-lines.tsx";

/** One order at the node: how much time is left, what is in it, and the one next thing to do with it. */
export function TaskCard({ task, now, zone }: { task: Task; now: number; zone: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [rejecting, setRejecting] = useState(false);
  const settled = { onSettled: () => queryClient.invalidateQueries(trpc.picking.pathFilter()) };
  const ready = useMutation(trpc.picking.markReady.mutationOptions(settled));
  const handOver = useMutation(trpc.picking.handOver.mutationOptions(settled));
  const failed = ready.error ?? handOver.error;

  const { fulfilmentId, service, state, van, carrier, run, lines, parking } = task;
  const look = run ? RUN_LOOK : SERVICE_LOOKS[service];
  const busy = ready.isPending || handOver.isPending;
  return (
    <Card className={classNames("flex flex-col gap-3 p-4", parking && "border-dashed bg-canvas! text-ink-muted")}>
      <div className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-x-3">
        <look.icon className="mt-1 size-5 text-ink-muted" aria-hidden="true" />
        <h3 className="font-semibold text-lg leading-snug">
          {task.number} <span className="font-normal">{task.customerName}</span>
          {task.priorityClass < USUAL_PRIORITY && (
            <Badge tone="accent" className="ms-2 align-middle">
              Class {task.priorityClass}
            </Badge>
          )}
        </h3>
        {parking ? <Badge tone="warn">Parked</Badge> : <Slack task={task} now={now} zone={zone} />}
        <p className="col-start-2 col-end-4 text-ink-muted sm:col-end-3">
          {look.label}
          {van && `, ${van.name} at ${formatTime(van.startsAt, zone)}`}
          {carrier && `, ${carrier.name} until ${formatTime(carrier.fetchesAt, zone)}`}
          {run && `, run of ${formatTime(run.leavesAt, zone)} to ${run.to}`} · promised{" "}
          <WindowText
            startsAt={task.promiseStartsAt}
            endsAt={task.promiseEndsAt}
            zone={zone}
            withDay={service === "parcel"}
          />
        </p>
      </div>

      <TaskLines lines={lines} />

      {parking && (
        <p className="border-line border-t pt-3 text-ink">
          {PARK_REASONS[parking.reason]}
          {parking.note && `: ${parking.note}`}. Leave it until operations release it.
        </p>
      )}
      {failed && <FaultNotice sentence={readFault(failed).sentence} />}
      {!parking && (
        <div className="flex flex-wrap gap-3 border-line border-t pt-3">
          {state === "to_pick" ? (
            <Button
              variant="primary"
              className="h-13 flex-1"
              pending={busy}
              onClick={() => ready.mutate({ fulfilmentId })}
            >
              Ready
            </Button>
          ) : (
            <ConfirmButton
              className="h-13 flex-1"
              question={look.question}
              pending={busy}
              onConfirm={() => handOver.mutate({ fulfilmentId })}
            >
              {look.handOver}
            </ConfirmButton>
          )}
          <Button className="h-13" onClick={() => setRejecting(true)}>
            Reject…
          </Button>
        </div>
      )}
      {rejecting && <RejectDialog task={task} onClose={() => setRejecting(false)} />}
    </Card>
  );
}

function Slack({ task, now, zone }: { task: Task; now: number; zone: string }) {
  if (task.state === "ready")
    return (
      <Badge tone="info" className="sm:row-span-2">
        Ready
      </Badge>
    );
  const slackSec = (Date.parse(task.pickBy) - now) / 1000;
  return (
    <p
      className={classNames(
        "rounded-control px-2.5 py-1 text-right leading-tight whitespace-nowrap sm:row-span-2",
        SOFT_TONE[slackTone(slackSec)],
      )}
    >
      <span className="block font-semibold">
        {slackSec > 0 ? `${formatDuration(slackSec)} left` : `${formatDuration(slackSec)} over`}
      </span>
      <span className="block text-xs">pick by {formatTime(task.pickBy, zone)}</span>
    </p>
  );
}
