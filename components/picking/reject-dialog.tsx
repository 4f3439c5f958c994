"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { Stepper } from "#components/ui/stepper.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { REJECT_REASONS } from "#server/domain/reject-reason.ts";
import { RejectReason } from "#server/domain/state.ts";
import type { Task } from "./picking-data.ts";

/** Reasons that say something about the shelf, hence about the count. */
const ABOUT_THE_SHELF: Record<RejectReason, boolean> = {
  out_of_stock: true,
  damaged: true,
  no_capacity: false,
  other: false,
};

/** Why this node cannot serve the order, and what the shelf did not have. Another node takes it, or operations hears. */
export function RejectDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const [reason, setReason] = useState<RejectReason | null>(null);
  const [missing, setMissing] = useState<Readonly<Record<string, number>>>({});
  const reject = useMutation(
    trpc.picking.reject.mutationOptions({
      onSuccess: ({ takenBy }) => {
        if (takenBy.length > 0)
          toast(`Order ${task.number} goes to ${takenBy.map(({ name }) => name).join(" and ")}`, { tone: "ok" });
        else
          toast(`Order ${task.number} has no node`, {
            tone: "risk",
            description: "No other node can keep its promise. Operations has been told.",
          });
        onClose();
      },
      onSettled: () => queryClient.invalidateQueries(trpc.picking.pathFilter()),
    }),
  );
  const aboutShelf = reason !== null && ABOUT_THE_SHELF[reason];
  const lacking = task.lines.filter((line) => (missing[line.skuId] ?? 0) > 0);
  const why =
    reason === null
      ? "Choose a reason first."
      : reason === "out_of_stock" && lacking.length === 0
        ? "Say what is not on the shelf: the count is corrected by it."
        : null;

  const submit = () => {
    if (reason === null) return;
    reject.mutate({
      fulfilmentId: task.fulfilmentId,
      reason,
      missing: aboutShelf ? lacking.map(({ skuId }) => ({ skuId, units: missing[skuId]! })) : [],
    });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Reject order ${task.number}?`}
      description="It goes to another node that can keep its window. Where there is none, operations decides."
      footer={
        <div className="flex flex-col gap-3">
          {reject.isError && <FaultNotice sentence={readFault(reject.error).sentence} />}
          <div className="flex flex-wrap justify-end gap-3">
            <Button onClick={onClose}>Keep it</Button>
            <Button variant="danger" pending={reject.isPending} disabledReason={why} reason="bubble" onClick={submit}>
              Reject the order
            </Button>
          </div>
        </div>
      }
    >
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 font-medium">Why?</legend>
        {RejectReason.options.map((option) => (
          <label
            key={option}
            className="flex min-h-12 items-center gap-3 rounded-control px-2 hover:bg-sunken has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name="reason"
              value={option}
              checked={reason === option}
              onChange={() => setReason(option)}
              className="size-5 accent-(--accent)"
            />
            {REJECT_REASONS[option]}
          </label>
        ))}
      </fieldset>
      {aboutShelf && (
        <fieldset className="mt-5 flex flex-col gap-2">
          <legend className="mb-1 font-medium">What is missing?</legend>
          {task.lines.map((line) => (
            <div key={line.skuId} className="flex items-center justify-between gap-3">
              <span className="min-w-0">
                {line.name} <span className="text-ink-muted">of {line.units}</span>
              </span>
              <Stepper
                label={`Missing of ${line.name}`}
                value={missing[line.skuId] ?? 0}
                max={line.units}
                onChange={(units) => setMissing({ ...missing, [line.skuId]: units })}
              />
            </div>
          ))}
        </fieldset>
      )}
    </Dialog>
  );
}
