"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { TextField } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { PRIORITY_CLASSES } from "#server/domain/channel.ts";
import type { OrderDetail } from "./tower-data.ts";

/** Another priority class for one order, with the reason that stands in its record. */
export function PriorityDialog({ order, onClose }: { order: OrderDetail; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const [chosen, setChosen] = useState(String(order.priorityClass));
  const [note, setNote] = useState("");
  const set = useMutation(
    trpc.tower.setPriority.mutationOptions({
      onSuccess: ({ priorityClass }) => {
        toast(`Order ${order.number} is of class ${priorityClass}`, { tone: "ok" });
        onClose();
      },
      onSettled: () => queryClient.invalidateQueries(trpc.tower.pathFilter()),
    }),
  );
  const why =
    Number(chosen) === order.priorityClass
      ? "It is of this class already."
      : note.trim() === ""
        ? "Say in a few words why."
        : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Priority of order ${order.number}`}
      description="Of orders to be picked by the same time the better class comes first, and so do those that wait for another node or van. No promise changes."
      footer={
        <div className="flex flex-col gap-3">
          {set.isError && <FaultNotice sentence={readFault(set.error).sentence} />}
          <div className="flex flex-wrap justify-end gap-3">
            <Button onClick={onClose}>Leave it</Button>
            <Button
              variant="primary"
              pending={set.isPending}
              disabledReason={why}
              reason="bubble"
              onClick={() => set.mutate({ orderId: order.orderId, priorityClass: Number(chosen), note })}
            >
              Give it this class
            </Button>
          </div>
        </div>
      }
    >
      <div className="flex flex-col gap-4">
        <Select
          label="Class"
          options={PRIORITY_CLASSES.map(({ value, label }) => ({ value: String(value), label }))}
          value={chosen}
          onValueChange={setChosen}
        />
        <TextField
          label="Why, for the record"
          maxLength={280}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </div>
    </Dialog>
  );
}
