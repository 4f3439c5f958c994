"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { OrderId } from "#server/domain/id.ts";
import { NoteField } from "./note-field.tsx";

type Scope = "parts" | "order";

/** Ends what no node can serve any more. */
export function FailOrderDialog({
  orderId,
  number,
  onClose,
}: {
  orderId: OrderId;
  number: number;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const [scope, setScope] = useState<Scope>("parts");
  const [note, setNote] = useState("");
  const fail = useMutation(
    trpc.tower.failOrder.mutationOptions({
      onSuccess: () => {
        toast(scope === "order" ? `Order ${number} has ended` : `Order ${number} goes on without it`, { tone: "ok" });
        onClose();
      },
      onSettled: () => queryClient.invalidateQueries(trpc.tower.pathFilter()),
    }),
  );
  return (
    <FormDialog
      title={`End what is missing of order ${number}?`}
      description="No other node is sought any more, and the order has failed in the end. The shopper's page says which goods cannot be had; call about what was paid."
      failure={fail.isError ? readFault(fail.error).sentence : null}
      leave="Go on looking"
      submit={scope === "order" ? "End the order" : "Go on without it"}
      isDangerous
      why={note.trim() === "" ? "Say in a few words why." : null}
      pending={fail.isPending}
      onSubmit={() => fail.mutate({ orderId, scope, note: note.trim() })}
      onClose={onClose}
    >
      <div className="flex flex-col gap-4">
        <Select<Scope>
          label="What ends"
          options={[
            { value: "parts", label: "The parts without a node; the rest is served" },
            { value: "order", label: "The whole order; what is left of it is given back" },
          ]}
          value={scope}
          onValueChange={setScope}
        />
        <NoteField label="Why, for the record" value={note} onChange={setNote} />
      </div>
    </FormDialog>
  );
}
