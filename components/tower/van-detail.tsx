"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { TEXT_BUTTON } from "#components/ui/button-look.ts";
import { classNames } from "#components/ui/class-names.ts";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { formatDuration } from "#components/ui/format-duration.ts";
import { formatTime, formatWindow } from "#components/ui/format-time.ts";
import { Meter } from "#components/ui/meter.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { expectedAt } from "#server/domain/expected-at.ts";
import type { ShiftState } from "#server/domain/state.ts";
import { DetailPanel, Fact, Facts } from "./detail-panel.tsx";
import type { TowerNode, TowerRoute, TowerStop } from "./tower-data.ts";
import { SHIFT_LOOKS, STOP_LOOKS } from "./tower-looks.ts";

export function VanDetail({
  route,
  node,
  zone,
  onClose,
  onOpenOrder,
}: {
  route: TowerRoute;
  node: TowerNode | undefined;
  zone: string;
  onClose: () => void;
  onOpenOrder: (orderId: string) => void;
}) {
  const { van } = route;
  return (
    <DetailPanel title={route.vanName} aside={<StateBadge state={route.state} looks={SHIFT_LOOKS} />} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <Facts>
          <Fact label="From">{node?.name ?? route.nodeId}</Fact>
          <Fact label="Driver">{route.driverName ?? "Nobody rostered"}</Fact>
          <Fact label="Shift">
            {formatTime(route.startsAt, zone)}–{formatTime(route.endsAt, zone)}
          </Fact>
          {van && (
            <Fact label="Position">
              {van.source === "reported" ? `Phone, ${formatTime(van.at, zone)}` : "Estimated from the plan"}
            </Fact>
          )}
          <Fact label="Weight">
            <Load label="Weight" value={route.claimedWeightG} max={route.limitWeightG} unit="kg" />
          </Fact>
          <Fact label="Volume">
            <Load label="Volume" value={route.claimedVolumeMl} max={route.limitVolumeMl} unit="l" />
          </Fact>
        </Facts>
        {route.stops.length === 0 ? (
          <p className="text-ink-muted">No stops yet: the van still takes every window of its shift.</p>
        ) : (
          <ol className="-mx-4 border-line border-t">
            {route.stops.map((stop, place) => (
              <StopRow key={stop.stopId} stop={stop} number={place + 1} zone={zone} onOpenOrder={onOpenOrder} />
            ))}
          </ol>
        )}
        <div className="flex flex-wrap items-start gap-2">
          <ButtonLink href={`/drive?shift=${route.shiftId}`}>Open the run sheet</ButtonLink>
          <CancelShift route={route} />
        </div>
      </div>
    </DetailPanel>
  );
}

/** Why a van in this state cannot be taken off the road; null where it can. */
const STAYS: Record<ShiftState, string | null> = {
  planned: null,
  under_way: "It is on the road already",
  done: "Its run is over",
  cancelled: "It is off the road already",
};

function CancelShift({ route }: { route: TowerRoute }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const cancel = useMutation(
    trpc.tower.cancelShift.mutationOptions({
      onSuccess: ({ displaced, replanned }) => {
        toast(`${route.vanName} is off the road`, {
          tone: replanned < displaced ? "risk" : "ok",
          description: displaced === 0 ? "It had no stops." : `${replanned} of ${displaced} stops have another van.`,
        });
        return queryClient.invalidateQueries(trpc.tower.pathFilter());
      },
      onError: (error) => toast("The van stays", { tone: "late", description: readFault(error).sentence }),
    }),
  );
  return (
    <ConfirmButton
      variant="secondary"
      danger
      question="Move its stops?"
      disabledReason={STAYS[route.state]}
      reason="bubble"
      pending={cancel.isPending}
      onConfirm={() => cancel.mutate({ shiftId: route.shiftId })}
    >
      Take off the road
    </ConfirmButton>
  );
}

function Load({ label, value, max, unit }: { label: string; value: number; max: number; unit: string }) {
  return (
    <span className="flex items-center gap-2">
      <Meter label={label} value={value} max={max} className="w-20" tone={value > max * 0.9 ? "warn" : "accent"} />
      <span className="text-ink-muted">
        {Math.round(value / 1000)} of {Math.round(max / 1000)} {unit}
      </span>
    </span>
  );
}

function StopRow({
  stop,
  number,
  zone,
  onOpenOrder,
}: {
  stop: TowerStop;
  number: number;
  zone: string;
  onOpenOrder: (orderId: string) => void;
}) {
  const { orderId } = stop;
  const at = expectedAt(stop);
  const lateSec = (Date.parse(at) - Date.parse(stop.windowEndsAt)) / 1000;
  const isLate = stop.state === "planned" && lateSec > 0;
  return (
    <li className="flex items-start gap-3 border-line border-b px-4 py-2">
      <span className="w-5 shrink-0 text-right text-ink-muted">{number}</span>
      <span className="min-w-0 flex-1">
        <span className="flex items-center justify-between gap-2">
          {orderId ? (
            <button
              type="button"
              className={classNames(TEXT_BUTTON, "font-medium underline-offset-2 hover:underline")}
              onClick={() => onOpenOrder(orderId)}
            >
              <span className="block truncate">
                {stop.orderNumber} · {stop.address}
              </span>
            </button>
          ) : (
            <span className="truncate text-ink-muted italic">Held · {stop.address}</span>
          )}
        </span>
        <span className={classNames("block text-xs", isLate ? "font-medium text-late" : "text-ink-muted")}>
          {stop.state === "planned"
            ? `${formatTime(at, zone)} for ${formatWindow(stop.windowStartsAt, stop.windowEndsAt, zone)}${isLate ? `, ${formatDuration(lateSec)} late` : ""}`
            : `${STOP_LOOKS[stop.state].label}${stop.finishedAt ? `, ${formatTime(stop.finishedAt, zone)}` : ""}`}
        </span>
      </span>
    </li>
  );
}
