"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import type { Task } from "./picking-data.ts";

/** What the carrier told of a parcel that it has. */
export function ParcelOutcome({ fulfilmentId }: Pick<Task, "fulfilmentId">) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const finish = useMutation(
    trpc.picking.finishParcel.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.picking.pathFilter()),
    }),
  );
  return (
    <div className="flex order-2 basis-full flex-wrap items-center gap-2 ps-20 lg:basis-auto lg:ps-0">
      <ConfirmButton
        size="small"
        variant="secondary"
        question="Has the carrier delivered it?"
        pending={finish.isPending}
        onConfirm={() => finish.mutate({ fulfilmentId, outcome: "delivered" })}
      >
        Delivered
      </ConfirmButton>
      <ConfirmButton
        size="small"
        variant="secondary"
        danger
        question="Did the carrier give up?"
        pending={finish.isPending}
        onConfirm={() => finish.mutate({ fulfilmentId, outcome: "failed", reason: "other" })}
      >
        Not delivered
      </ConfirmButton>
      {finish.error && <FaultNotice sentence={readFault(finish.error).sentence} />}
    </div>
  );
}
