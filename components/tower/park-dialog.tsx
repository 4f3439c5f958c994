"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { formatTime } from "#components/ui/format-time.ts";
import { Select } from "#components/ui/select.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { PARK_REASONS, ParkReason } from "#server/domain/parking.ts";
import { NoteField } from "./note-field.tsx";
import type { OrderDetail } from "./tower-data.ts";

const HOURS = [1, 4, 24, 48] as const;
const HOUR_MS = 3_600_000;
/** As long before its picking must begin an exception opens, whatever date is given. */
const WARNED_BEFORE_MS = 1_800_000;

/** Why an order waits, and until when it can. */
export function ParkDialog({ order, onClose }: { order: OrderDetail; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const [parkingId] = useState(() => crypto.randomUUID());
  const [reason, setReason] = useState<ParkReason | null>(null);
  const [note, setNote] = useState("");
  const dates = datesOf(order);
  const [releaseBy, setReleaseBy] = useState(dates[0]!.value);
  const park = useMutation(
    trpc.tower.parkOrder.mutationOptions({
      onSuccess: () => {
        toast(`Order ${order.number} is parked`, { tone: "ok" });
        onClose();
      },
      onSettled: () => queryClient.invalidateQueries(trpc.tower.pathFilter()),
    }),
  );
  const why =
    reason === null
      ? "Choose a reason first."
      : reason === "other" && note.trim() === ""
        ? "Say in a few words what it waits for."
        : null;
  const submit = () => {
    if (reason !== null) park.mutate({ orderId: order.orderId, parkingId, cause: { reason, note }, releaseBy });
  };
  return (
    <FormDialog
      title={`Park order ${order.number}?`}
      description="Nobody picks it or hands it over until it is released. Its goods, its place in the van and its window stay."
      failure={park.isError ? readFault(park.error).sentence : null}
      leave="Let it go on"
      submit="Park the order"
      why={why}
      pending={park.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="flex flex-col gap-4">
        <Select
          label="Why"
          placeholder="Choose a reason"
          options={ParkReason.options.map((value) => ({ value, label: PARK_REASONS[value] }))}
          value={reason}
          onValueChange={setReason}
        />
        <NoteField optional={reason !== "other"} value={note} onChange={setNote} />
        <Select label="To be released by" options={dates} value={releaseBy} onValueChange={setReleaseBy} />
      </div>
    </FormDialog>
  );
}

/** By when it could be released: as late as can be, and sooner; where that is too late already, within the hour. */
function datesOf({ now, beginBy, timeZone }: OrderDetail): { value: string; label: string }[] {
  const lastMs = beginBy === null ? Number.POSITIVE_INFINITY : Date.parse(beginBy) - WARNED_BEFORE_MS;
  const nowMs = Date.parse(now);
  const at = (ms: number) => formatTime(ms, timeZone, "day-time");
  const sooner = HOURS.map((hours) => ({ hours, ms: nowMs + hours * HOUR_MS }))
    .filter(({ ms, hours }) => ms < lastMs || (lastMs <= nowMs && hours === 1))
    .map(({ hours, ms }) => ({
      value: new Date(ms).toISOString(),
      label: `Within ${hours === 1 ? "an hour" : `${hours} hours`}, ${at(ms)}`,
    }));
  if (!Number.isFinite(lastMs) || lastMs <= nowMs) return sooner;
  return [{ value: new Date(lastMs).toISOString(), label: `In time to be picked, ${at(lastMs)}` }, ...sooner];
}
