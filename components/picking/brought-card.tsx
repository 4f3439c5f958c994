"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowRightLeft } from "lucide-react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { dayOf, formatTime } from "#components/ui/format-time.ts";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { WindowText } from "#components/ui/time-text.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { Brought } from "./picking-data.ts";
import { BROUGHT_LOOKS } from "./picking-looks.ts";
import { TaskLines } from "./task-lines.tsx";

/** What another node sends to be collected here: where it is, and the one next thing to do with it. */
export function BroughtCard({ brought, zone }: { brought: Brought; zone: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const settled = { onSettled: () => queryClient.invalidateQueries(trpc.picking.pathFilter()) };
  const receive = useMutation(trpc.picking.receiveTransfer.mutationOptions(settled));
  const collect = useMutation(trpc.picking.collectTransfer.mutationOptions(settled));
  const toast = useToast();
  const lose = useMutation(
    trpc.picking.loseTransfer.mutationOptions({
      ...settled,
      onSuccess: ({ isPlaced }) =>
        isPlaced
          ? toast("It is brought anew, in time", { tone: "ok" })
          : toast("Nobody can bring it in time", { tone: "warn", description: "Operations have it now, and call." }),
    }),
  );
  const failed = receive.error ?? collect.error ?? lose.error;
  const { fulfilmentId, state } = brought;
  const isComing = state === "handed_over";
  // A run of the evening before brings what is collected in the morning.
  const isOfThatDay = dayOf(brought.leavesAt, zone) === dayOf(brought.promiseStartsAt, zone);
  return (
    <Card className="flex flex-col gap-3 p-4">
      <div className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-x-3">
        <ArrowRightLeft className="mt-1 size-5 text-ink-muted" aria-hidden="true" />
        <h3 className="font-semibold text-lg leading-snug">
          {brought.number} <span className="font-normal">{brought.customerName}</span>
        </h3>
        <StateBadge state={state} looks={BROUGHT_LOOKS} />
        <p className="col-start-2 col-end-4 text-ink-muted">
          From {brought.from}, leaves {formatTime(brought.leavesAt, zone, isOfThatDay ? "time" : "day-time")}, arrives{" "}
          {formatTime(brought.arrivesAt, zone)} · promised{" "}
          <WindowText startsAt={brought.promiseStartsAt} endsAt={brought.promiseEndsAt} zone={zone} />
        </p>
      </div>
      <TaskLines lines={brought.lines} />
      {failed && <FaultNotice sentence={readFault(failed).sentence} />}
      <div className="flex flex-col gap-2 border-line border-t pt-3">
        {state === "received" ? (
          <ConfirmButton
            className="h-13"
            question="Has the customer got it?"
            pending={collect.isPending}
            onConfirm={() => collect.mutate({ fulfilmentId })}
          >
            To the customer
          </ConfirmButton>
        ) : (
          <Button
            variant="primary"
            className="h-13 min-w-40"
            disabledReason={isComing ? null : `${brought.from} has not handed it to the run yet.`}
            pending={receive.isPending}
            onClick={() => receive.mutate({ fulfilmentId })}
          >
            Received
          </Button>
        )}
        {(isComing || state === "received") && (
          <ConfirmButton
            className="h-13"
            question={isComing ? "Was it not on the run?" : "Can nobody have it?"}
            pending={lose.isPending}
            onConfirm={() => lose.mutate({ fulfilmentId, reason: isComing ? "lost" : "damaged" })}
          >
            {isComing ? "It did not come" : "It is damaged"}
          </ConfirmButton>
        )}
      </div>
    </Card>
  );
}
