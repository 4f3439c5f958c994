"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { FAIL_REASONS } from "#server/domain/fail-reason.ts";
import { FailReason } from "#server/domain/state.ts";
import type { RunStop } from "./driving-data.ts";
import { useRunAction } from "./use-run-action.ts";

/** Why the order stays in the van. */
export function FailDialog({ stop, onClose }: { stop: RunStop; onClose: () => void }) {
  const trpc = useTRPC();
  const action = useRunAction();
  const [reason, setReason] = useState<FailReason | null>(null);
  const fail = useMutation(trpc.driving.fail.mutationOptions({ ...action, onSuccess: onClose }));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Could not deliver?"
      description={stop.address}
      footer={
        <div className="flex flex-col gap-3">
          {fail.isError && <FaultNotice sentence={readFault(fail.error).sentence} />}
          <Button
            variant="danger"
            className="h-14 w-full"
            pending={fail.isPending}
            disabledReason={reason === null ? "Choose a reason first." : null}
            onClick={() => reason !== null && fail.mutate({ stopId: stop.stopId, reason })}
          >
            Take it back to the node
          </Button>
        </div>
      }
    >
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 font-medium">What happened?</legend>
        {FailReason.options.map((option) => (
          <label
            key={option}
            className="flex min-h-13 items-center gap-3 rounded-control px-2 hover:bg-sunken has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name="reason"
              value={option}
              checked={reason === option}
              onChange={() => setReason(option)}
              className="size-5 accent-(--accent)"
            />
            {FAIL_REASONS[option]}
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}
