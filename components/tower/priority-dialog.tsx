"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { PRIORITY_CLASSES } from "#server/domain/channel.ts";
import { NoteField } from "./note-field.tsx";
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
    <FormDialog
      title={`Priority of order ${order.number}`}
      description="Of orders to be picked by the same time the better class comes first, and so do those that wait for another node or van. No promise changes."
      failure={set.isError ? readFault(set.error).sentence : null}
      leave="Leave it"
      submit="Give it this class"
      why={why}
      pending={set.isPending}
      onSubmit={() => set.mutate({ orderId: order.orderId, priorityClass: Number(chosen), note })}
      onClose={onClose}
    >
      <div className="flex flex-col gap-4">
        <Select
          label="Class"
          options={PRIORITY_CLASSES.map(({ value, label }) => ({ value: String(value), label }))}
          value={chosen}
          onValueChange={setChosen}
        />
        <NoteField label="Why, for the record" value={note} onChange={setNote} />
      </div>
    </FormDialog>
  );
}
