"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Phone } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { TEXT_BUTTON } from "#components/ui/button-look.ts";
import { classNames } from "#components/ui/class-names.ts";
import { ConfirmButton } from "#components/ui/confirm-button.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { formatDuration } from "#components/ui/format-duration.ts";
import { formatTime, formatWindow } from "#components/ui/format-time.ts";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TimeText, WindowText } from "#components/ui/time-text.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { EXCEPTIONS } from "#server/domain/exception.ts";
import { expectedAt } from "#server/domain/expected-at.ts";
import { DetailPanel, Fact, Facts } from "./detail-panel.tsx";
import { figureOf } from "./exception-queue.tsx";
import { FailOrderDialog } from "./fail-order-dialog.tsx";
import type { TowerException, TowerRoute } from "./tower-data.ts";
import { ORDER_LOOKS, RESOLUTIONS, SERVICES } from "./tower-looks.ts";

export function ExceptionDetail({
  exception,
  route,
  zone,
  onClose,
  onOpenOrder,
  onSelectVan,
}: {
  exception: TowerException;
  /** Of the van it is about, when that drives on the day shown. */
  route: TowerRoute | undefined;
  zone: string;
  onClose: () => void;
  onOpenOrder: (orderId: string) => void;
  onSelectVan: (shiftId: string) => void;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const resolve = useMutation(
    trpc.tower.resolveException.mutationOptions({
      onSuccess: () => {
        toast("Exception ended", { tone: "ok" });
        onClose();
        return queryClient.invalidateQueries(trpc.tower.pathFilter());
      },
    }),
  );
  const { kind, order, node, van, door, goods, resolution, resolvedAt, resolvedBy, exceptionId } = exception;
  const figure = figureOf(exception);
  const [isFailing, setFailing] = useState(false);
  // It ends when a node takes it, or by a decision.
  const isWaiting = resolution === null && kind === "order_rejected";
  return (
    <DetailPanel
      title={EXCEPTIONS[kind].title}
      aside={figure && <Badge tone={resolution ? "neutral" : "late"}>{figure}</Badge>}
      onClose={onClose}
    >
      <div className="flex flex-col gap-4">
        {resolution === null ? (
          <p>{EXCEPTIONS[kind].remedy}</p>
        ) : (
          <p className="text-ink-muted">
            {RESOLUTIONS[resolution]}
            {resolvedBy && ` by ${resolvedBy}`}
            {resolvedAt && (
              <>
                , <TimeText at={resolvedAt} zone={zone} style="day-time" />
              </>
            )}
            .
          </p>
        )}
        <Facts>
          <Fact label="Open since">
            <TimeText at={exception.openedAt} zone={zone} style="day-time" />
          </Fact>
          {node && <Fact label="Node">{node.name}</Fact>}
          {goods && (
            <Fact label="Goods">
              {goods.name} ({goods.skuId})
            </Fact>
          )}
          {van && (
            <Fact label="Van">
              <button
                type="button"
                className={classNames(TEXT_BUTTON, "font-medium text-accent underline underline-offset-2")}
                onClick={() => onSelectVan(van.shiftId)}
              >
                {van.name}
              </button>
            </Fact>
          )}
          {order && (
            <>
              <Fact label="Order">
                <span className="flex flex-wrap items-center gap-2">
                  <button
                    type="button"
                    className={classNames(TEXT_BUTTON, "font-medium text-accent underline underline-offset-2")}
                    onClick={() => onOpenOrder(order.orderId)}
                  >
                    {order.number}
                  </button>
                  <StateBadge state={order.state} looks={ORDER_LOOKS} />
                </span>
              </Fact>
              <Fact label="Customer">{order.customerName}</Fact>
            </>
          )}
          {door && (
            <>
              <Fact label={order ? SERVICES[order.service] : "Held for"}>
                <WindowText startsAt={door.windowStartsAt} endsAt={door.windowEndsAt} zone={zone} withDay />
              </Fact>
              <Fact label="Address">{door.address}</Fact>
            </>
          )}
        </Facts>
        {route && resolution === null && <MissedDoors route={route} zone={zone} onOpenOrder={onOpenOrder} />}
        {resolve.isError && <FaultNotice sentence={readFault(resolve.error).sentence} />}
        <div className="flex flex-wrap gap-2">
          {order && (
            <a
              href={`tel:${order.customerPhone.replaceAll(/[^+\d]/g, "")}`}
              className="inline-flex min-h-control items-center gap-2 rounded-control border border-line-strong px-(--control-pad) font-medium text-control hover:bg-sunken"
            >
              <Phone className="size-4" aria-hidden="true" />
              Call {order.customerPhone}
            </a>
          )}
          {order && <Button onClick={() => onOpenOrder(order.orderId)}>What happened</Button>}
          {isWaiting && order && (
            <>
              <Button variant="danger" onClick={() => setFailing(true)}>
                End what is missing…
              </Button>
              {isFailing && (
                <FailOrderDialog orderId={order.orderId} number={order.number} onClose={() => setFailing(false)} />
              )}
            </>
          )}
          {resolution === null && !isWaiting && (
            <ConfirmButton
              variant="primary"
              question="End it now?"
              pending={resolve.isPending}
              onConfirm={() => resolve.mutate({ exceptionId })}
            >
              Mark as dealt with
            </ConfirmButton>
          )}
        </div>
      </div>
    </DetailPanel>
  );
}

/** The doors that the van will reach after their window: whom to call, the worst first. */
function MissedDoors({
  route,
  zone,
  onOpenOrder,
}: {
  route: TowerRoute;
  zone: string;
  onOpenOrder: (orderId: string) => void;
}) {
  const missed = route.stops
    .map((stop) => ({ stop, lateSec: (Date.parse(expectedAt(stop)) - Date.parse(stop.windowEndsAt)) / 1000 }))
    .filter(({ stop, lateSec }) => stop.state === "planned" && lateSec > 0)
    .sort((a, b) => b.lateSec - a.lateSec);
  if (missed.length === 0) return null;
  return (
    <section aria-label="Windows it will miss" className="-mx-4 border-line border-t">
      <ul>
        {missed.map(({ stop, lateSec }) => (
          <li key={stop.stopId} className="flex items-start justify-between gap-3 border-line border-b px-4 py-2">
            <span className="min-w-0">
              {stop.orderId ? (
                <button
                  type="button"
                  className={classNames(TEXT_BUTTON, "block font-medium underline-offset-2 hover:underline")}
                  onClick={() => onOpenOrder(stop.orderId!)}
                >
                  <span className="block truncate">
                    {stop.orderNumber} · {stop.address}
                  </span>
                </button>
              ) : (
                <span className="block truncate text-ink-muted italic">Held · {stop.address}</span>
              )}
              <span className="block text-ink-muted text-xs">
                {formatTime(expectedAt(stop), zone)} for {formatWindow(stop.windowStartsAt, stop.windowEndsAt, zone)}
              </span>
            </span>
            <span className="shrink-0 font-medium text-late">{formatDuration(lateSec)} late</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
