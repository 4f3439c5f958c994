"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { formatMoney } from "#components/ui/format-money.ts";
import { dayOf, formatTime, formatWindow } from "#components/ui/format-time.ts";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { HoldId, NodeId } from "#server/domain/id.ts";
import type { WindowView } from "#server/domain/quote.ts";
import { REASONS } from "#server/domain/reason-sentences.ts";
import { REPROMISE_REASONS, RepromiseReason } from "#server/domain/repromise.ts";
import { NoteField } from "./note-field.tsx";
import type { OrderDetail } from "./tower-data.ts";

/** Another window for a confirmed order, and why. Its shopper sees both, and pays more only for what they asked for. */
export function RepromiseDialog({ order, onClose }: { order: OrderDetail; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const { orderId, service, timeZone: zone, currency } = order;
  const [holdId, setHoldId] = useState(() => crypto.randomUUID() as HoldId);
  const asked = order.fulfilments.find((part) => !part.replaced);
  const areHoursAsked =
    asked !== undefined && (asked.visitStartsAt !== asked.windowStartsAt || asked.visitEndsAt !== asked.windowEndsAt);
  const [keepsHours, setKeepsHours] = useState(true);
  const quote = useQuery(
    trpc.tower.quoteChange.queryOptions(
      {
        orderId,
        // Without wishes those that were asked for stand.
        ...(!keepsHours && {
          wishes: {
            ...(asked?.floor != null && { floor: asked.floor }),
            ...(asked?.hasLift != null && { hasLift: asked.hasLift }),
          },
        }),
      },
      { staleTime: 5_000 },
    ),
  );
  const [chosenPlace, setPlace] = useState<NodeId | null>(null);
  const places = quote.data?.pickup ?? [];
  const presentPlace = places.find(({ nodeId }) =>
    order.fulfilments.some((part) => !part.replaced && part.nodeId === nodeId),
  );
  const nodeId = chosenPlace ?? presentPlace?.nodeId ?? places[0]?.nodeId;
  const pickup = useQuery(
    trpc.tower.quotePickupChange.queryOptions(
      { orderId, nodeId: nodeId! },
      { enabled: nodeId !== undefined, staleTime: 5_000 },
    ),
  );
  const windows =
    service === "pickup" ? pickup.data?.windows : service === "parcel" ? quote.data?.parcel : quote.data?.delivery;
  const days = [...new Set((windows ?? []).map(({ startsAt }) => dayOf(startsAt, zone)))];
  const [chosenDay, setDay] = useState<string | null>(null);
  const isOpenOn = (day: string) => windows?.some((window) => window.open && dayOf(window.startsAt, zone) === day);
  const day = chosenDay ?? days.find(isOpenOn) ?? days[0] ?? null;
  const [startsAt, setStartsAt] = useState<string | null>(null);
  const chosen = windows?.find((window) => window.startsAt === startsAt);
  const [reason, setReason] = useState<RepromiseReason | null>(null);
  const [note, setNote] = useState("");

  const move = useMutation(
    trpc.tower.repromise.mutationOptions({
      onSuccess: () => {
        toast(`Order ${order.number} is moved`, { tone: "ok" });
        onClose();
      },
      onError: (error) => {
        // A refusal is final for this id; after a broken connection it may have been moved.
        if (readFault(error).code) setHoldId(crypto.randomUUID() as HoldId);
        void quote.refetch();
        if (nodeId !== undefined) void pickup.refetch();
      },
      onSettled: () => queryClient.invalidateQueries(trpc.tower.order.pathFilter()),
    }),
  );
  const why = !chosen?.open
    ? "Choose a window first."
    : reason === null
      ? "Say why first: the shopper is told."
      : reason === "other" && note.trim() === ""
        ? "Say in a few words what it is."
        : null;
  const submit = () => {
    if (chosen?.open && reason !== null)
      move.mutate({ orderId, holdId, offer: chosen.offer, after: order.repromises, cause: { reason, note } });
  };
  const failed = quote.error ?? pickup.error;
  return (
    <FormDialog
      title={`Another window for order ${order.number}`}
      description={`Agreed on now: ${formatTime(order.agreedStartsAt, zone, "short-day")}, ${formatWindow(order.agreedStartsAt, order.agreedEndsAt, zone)}`}
      failure={move.isError ? readFault(move.error).sentence : null}
      note={
        chosen?.open &&
        reason !== null && <p className="text-ink-muted">{priceWords(order, chosen, reason, currency)}</p>
      }
      leave="Leave it as it is"
      submit="Move the order"
      why={why}
      pending={move.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      {failed ? (
        <FaultNotice sentence={readFault(failed).sentence} onRetry={() => void quote.refetch()} />
      ) : (
        <div className="flex flex-col gap-4">
          {service === "pickup" && places.length > 0 && (
            <Select
              label="Where it is collected"
              options={places.map((place) => ({ value: place.nodeId, label: place.name }))}
              value={nodeId ?? null}
              onValueChange={setPlace}
            />
          )}
          {areHoursAsked && (
            <Checkbox
              label={`Only at the hours that were asked for (${formatWindow(asked.visitStartsAt, asked.visitEndsAt, zone)})`}
              checked={keepsHours}
              onChange={(event) => setKeepsHours(event.target.checked)}
            />
          )}
          {windows === undefined || day === null ? (
            <Skeleton className="h-64" />
          ) : (
            <>
              {service !== "parcel" && (
                <Select
                  label="Day"
                  options={days.map((each) => ({
                    value: each,
                    label: `${formatTime(`${each}T12:00:00Z`, "UTC", "day")}${isOpenOn(each) ? "" : ", nothing open"}`,
                  }))}
                  value={day}
                  onValueChange={setDay}
                />
              )}
              <Windows
                windows={windows.filter((window) => service === "parcel" || dayOf(window.startsAt, zone) === day)}
                order={order}
                chosen={startsAt}
                onChoose={setStartsAt}
              />
            </>
          )}
          <Select
            label="Why"
            placeholder="Choose a reason"
            options={RepromiseReason.options.map((value) => ({ value, label: REPROMISE_REASONS[value] }))}
            value={reason}
            onValueChange={setReason}
          />
          <NoteField optional={reason !== "other"} value={note} onChange={setNote} />
        </div>
      )}
    </FormDialog>
  );
}

function Windows({
  windows,
  order: { agreedStartsAt, timeZone: zone, currency, service },
  chosen,
  onChoose,
}: {
  windows: readonly WindowView[];
  order: OrderDetail;
  chosen: string | null;
  onChoose: (startsAt: string) => void;
}) {
  const name = useId();
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 font-medium text-control">Window</legend>
      {windows.map((window) => (
        <label
          key={window.startsAt}
          className="flex min-h-control items-center gap-3 rounded-control px-2 hover:bg-sunken has-checked:bg-accent-soft has-disabled:text-ink-faint"
        >
          <input
            type="radio"
            name={name}
            className="size-4 accent-(--accent)"
            disabled={!window.open}
            checked={chosen === window.startsAt}
            onChange={() => onChoose(window.startsAt)}
          />
          <span className="min-w-0 flex-1">
            {service === "parcel"
              ? formatTime(window.startsAt, zone, "day")
              : formatWindow(window.startsAt, window.endsAt, zone)}
            {window.startsAt === agreedStartsAt && <span className="text-ink-muted"> (now)</span>}
            {!window.open && (
              <span className="block text-xs">
                {REASONS[window.reason.code].shopper(window.reason.at && formatTime(window.reason.at, zone))}
              </span>
            )}
          </span>
          {window.open && <span>{formatMoney(window.priceCents, currency)}</span>}
        </label>
      ))}
    </fieldset>
  );
}

/** As the server has it: whoever did not ask pays no more. */
function priceWords(
  { priceCents }: OrderDetail,
  window: WindowView,
  reason: RepromiseReason,
  currency: string,
): string {
  const cents = reason === "shopper_asked" ? window.priceCents : Math.min(window.priceCents, priceCents);
  const paid = formatMoney(cents, currency);
  return cents === priceCents
    ? `The shopper pays ${paid} for the service, as before.`
    : `The shopper pays ${paid} for the service, instead of ${formatMoney(priceCents, currency)}.`;
}
