"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type * as z from "zod";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { TEXT_BUTTON } from "#components/ui/button-look.ts";
import { classNames } from "#components/ui/class-names.ts";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { formatMoney } from "#components/ui/format-money.ts";
import { formatWindow } from "#components/ui/format-time.ts";
import { Sheet } from "#components/ui/sheet.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TimeText, WindowText } from "#components/ui/time-text.tsx";
import { PRIORITY_CLASSES } from "#server/domain/channel.ts";
import type { OrderId } from "#server/domain/id.ts";
import { PARK_REASONS } from "#server/domain/parking.ts";
import { Fact, Facts } from "./detail-panel.tsx";
import { OrderTimeline } from "./order-timeline.tsx";
import { ParkDialog } from "./park-dialog.tsx";
import { PriorityDialog } from "./priority-dialog.tsx";
import { RepromiseDialog } from "./repromise-dialog.tsx";
import type { OrderDetail } from "./tower-data.ts";
import { FULFILMENT_LOOKS, ORDER_LOOKS, reasonWords, SERVICES } from "./tower-looks.ts";

/** One order over whatever is shown: what was promised, who serves it, what happened. */
export function OrderDrawer({
  orderId,
  onClose,
}: {
  orderId: z.infer<typeof OrderId> | undefined;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const order = useQuery(trpc.tower.order.queryOptions({ orderId: orderId! }, { enabled: orderId !== undefined }));
  return (
    <Sheet
      open={orderId !== undefined}
      onOpenChange={(open) => !open && onClose()}
      title={
        order.data ? (
          <span className="flex items-center gap-2">
            Order {order.data.number} <StateBadge state={order.data.state} looks={ORDER_LOOKS} />
          </span>
        ) : (
          "Order"
        )
      }
      description={
        order.data ? (
          <>
            {SERVICES[order.data.service]} promised for{" "}
            <WindowText
              startsAt={order.data.agreedStartsAt}
              endsAt={order.data.agreedEndsAt}
              zone={order.data.timeZone}
              withDay
            />
            {order.data.repromises > 0 && (
              <>
                {"; first for "}
                <WindowText
                  startsAt={order.data.promiseStartsAt}
                  endsAt={order.data.promiseEndsAt}
                  zone={order.data.timeZone}
                  withDay
                />
              </>
            )}
          </>
        ) : (
          order.isPending && <Skeleton className="h-5 w-64" />
        )
      }
    >
      {order.isError ? (
        <FaultNotice sentence={readFault(order.error).sentence} onRetry={() => void order.refetch()} />
      ) : order.data ? (
        <OrderFacts order={order.data} />
      ) : (
        <OrderSkeleton />
      )}
    </Sheet>
  );
}

/** Why it waits and until when, with the way to let it go on. */
function Parked({ order, parking }: { order: OrderDetail; parking: NonNullable<OrderDetail["parking"]> }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const release = useMutation(
    trpc.tower.unparkOrder.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.tower.pathFilter()),
    }),
  );
  return (
    <section aria-label="Parked" className="flex flex-col gap-2 rounded-control bg-warn-soft px-3 py-2">
      <p>
        <span className="font-semibold">Parked.</span> {PARK_REASONS[parking.reason]}
        {parking.note && `: ${parking.note}`}. To be released by{" "}
        <TimeText at={parking.releaseBy} zone={order.timeZone} style="day-time" />.
      </p>
      {release.isError && <FaultNotice sentence={readFault(release.error).sentence} />}
      <div>
        <Button
          size="small"
          variant="primary"
          pending={release.isPending}
          onClick={() => release.mutate({ orderId: order.orderId })}
        >
          Release it
        </Button>
      </div>
    </section>
  );
}

/** Until a node has picked a part of it. */
function isMovable({ fulfilments }: OrderDetail): boolean {
  return fulfilments.every(({ replaced, state }) => replaced || state === "to_pick" || state === "rejected");
}

function OrderFacts({ order }: { order: OrderDetail }) {
  const zone = order.timeZone;
  // Where one node serves all, what it serves is what stands below.
  const [isMoving, setMoving] = useState(false);
  const [isParking, setParking] = useState(false);
  const [isPrioritising, setPrioritising] = useState(false);
  const isSplit = order.fulfilments.filter((fulfilment) => !fulfilment.replaced).length > 1;
  return (
    <div className="flex flex-col gap-6">
      <Facts>
        <Fact label="Customer">{order.customerName}</Fact>
        <Fact label="Phone">
          <a
            className={classNames(TEXT_BUTTON, "text-accent underline underline-offset-2")}
            href={`tel:${order.customerPhone.replaceAll(/[^+\d]/g, "")}`}
          >
            {order.customerPhone}
          </a>
        </Fact>
        <Fact label="Address">{order.address}</Fact>
        {order.customerNote && <Fact label="Note">{order.customerNote}</Fact>}
        <Fact label="Bought through">{order.channelName}</Fact>
        <Fact label="Priority">
          {PRIORITY_CLASSES.find(({ value }) => value === order.priorityClass)?.label ?? order.priorityClass}
        </Fact>
        <Fact label="Confirmed">
          <TimeText at={order.confirmedAt} zone={zone} style="day-time" />
        </Fact>
        {order.finishedAt && (
          <Fact label="Finished">
            <TimeText at={order.finishedAt} zone={zone} style="day-time" />
          </Fact>
        )}
      </Facts>
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          disabledReason={
            isMovable(order) ? null : order.finishedAt ? "The order is over." : "A node has picked a part of it."
          }
          onClick={() => setMoving(true)}
        >
          Another window…
        </Button>
        {order.parking === null && order.beginBy !== null && (
          <Button size="small" onClick={() => setParking(true)}>
            Park…
          </Button>
        )}
        {order.finishedAt === null && (
          <Button size="small" onClick={() => setPrioritising(true)}>
            Priority…
          </Button>
        )}
      </div>
      {isPrioritising && <PriorityDialog order={order} onClose={() => setPrioritising(false)} />}
      {order.parking && <Parked order={order} parking={order.parking} />}
      {isParking && <ParkDialog order={order} onClose={() => setParking(false)} />}
      {isMoving && <RepromiseDialog order={order} onClose={() => setMoving(false)} />}

      <section aria-labelledby="served-by">
        <h3 id="served-by" className="mb-2 font-semibold">
          Served by
        </h3>
        {order.fulfilments.length === 0 && <p className="text-ink-muted">No node.</p>}
        <ul className="flex flex-col gap-2">
          {order.fulfilments.map((fulfilment) => (
            <li key={fulfilment.fulfilmentId} className="rounded-control border border-line px-3 py-2">
              <span className="flex items-center justify-between gap-2">
                <span className="font-medium">{fulfilment.nodeName}</span>
                <StateBadge state={fulfilment.state} looks={FULFILMENT_LOOKS} />
              </span>
              {isSplit && (
                <span className="block">
                  {SERVICES[fulfilment.service]},{" "}
                  <WindowText
                    startsAt={fulfilment.windowStartsAt}
                    endsAt={fulfilment.windowEndsAt}
                    zone={zone}
                    withDay
                  />
                  {": "}
                  {fulfilment.lines.map((line) => `${line.units} × ${line.name}`).join(", ")}
                </span>
              )}
              <span className="block text-ink-muted">
                {fulfilment.rejectReason ? (
                  <>
                    {reasonWords(fulfilment.rejectReason)}
                    {fulfilment.state === "failed"
                      ? " · given up"
                      : !fulfilment.replaced && " · waits for another node"}
                  </>
                ) : (
                  <>
                    Pick by <TimeText at={fulfilment.pickBy} zone={zone} style="day-time" />
                  </>
                )}
                {fulfilment.stop && (
                  <>
                    {" · "}
                    {fulfilment.stop.vanName}, stop {fulfilment.stop.place},{" "}
                    <TimeText at={fulfilment.stop.etaAt ?? fulfilment.stop.startAt} zone={zone} />
                  </>
                )}
                {fulfilment.carrierName && ` · ${fulfilment.carrierName}`}
                {fulfilment.transfer && <Transfer transfer={fulfilment.transfer} zone={zone} />}
                {fulfilment.stop?.failReason && ` · ${reasonWords(fulfilment.stop.failReason)}`}
              </span>
              <DoorWishes fulfilment={fulfilment} zone={zone} />
            </li>
          ))}
        </ul>
      </section>

      <section aria-labelledby="what-happened">
        <h3 id="what-happened" className="mb-2 font-semibold">
          What happened
        </h3>
        <OrderTimeline events={order.events} zone={zone} />
      </section>

      <section aria-labelledby="goods">
        <h3 id="goods" className="mb-2 font-semibold">
          Goods
        </h3>
        <ul className="flex flex-col gap-1">
          {order.lines.map((line) => (
            <li key={line.skuId} className="flex justify-between gap-3">
              <span className="min-w-0">
                {line.units} × {line.name}
                {line.temperature !== "ambient" && <span className="text-info"> ({line.temperature})</span>}
              </span>
              <span className="text-ink-muted">{formatMoney(line.units * line.priceCents, order.currency)}</span>
            </li>
          ))}
          <li className="flex justify-between gap-3 border-line border-t pt-1">
            <span>Service</span>
            <span className="text-ink-muted">{formatMoney(order.priceCents, order.currency)}</span>
          </li>
          <li className="flex justify-between gap-3 font-semibold">
            <span>Total</span>
            <span>{formatMoney(order.goodsCents + order.priceCents, order.currency)}</span>
          </li>
        </ul>
      </section>
    </div>
  );
}

/** Where it is brought to be collected. */
function Transfer({
  transfer: { toName, leavesAt, readyAt, receivedAt },
  zone,
}: {
  transfer: NonNullable<OrderDetail["fulfilments"][number]["transfer"]>;
  zone: string;
}) {
  if (receivedAt)
    return (
      <>
        {" · "}at {toName} since <TimeText at={receivedAt} zone={zone} />
      </>
    );
  return (
    <>
      {" · "}to {toName}, leaves <TimeText at={leavesAt} zone={zone} />, ready there{" "}
      <TimeText at={readyAt} zone={zone} />
    </>
  );
}

/** What the shopper asked for besides the window, in a line. */
function DoorWishes({ fulfilment, zone }: { fulfilment: OrderDetail["fulfilments"][number]; zone: string }) {
  const { service, windowStartsAt, windowEndsAt, visitStartsAt, visitEndsAt, floor, hasLift, stop } = fulfilment;
  const isNarrowed = visitStartsAt !== windowStartsAt || visitEndsAt !== windowEndsAt;
  const wishes = [
    isNarrowed && `between ${formatWindow(visitStartsAt, visitEndsAt, zone)}`,
    floor !== null &&
      floor > 0 &&
      `floor ${floor}${hasLift === null ? "" : hasLift ? " with a lift" : " by the stairs"}`,
    stop?.door?.safePlace && `may be left: ${stop.door.safePlace}`,
    stop?.door?.neighbourAllowed && "a neighbour may take it",
    stop?.door?.hasGateCode && "has a gate code",
  ].filter(Boolean);
  if (service !== "delivery" || wishes.length === 0) return null;
  return <span className="block text-ink-muted">Asked for: {wishes.join(", ")}</span>;
}

function OrderSkeleton() {
  return (
    <div className="flex flex-col gap-6" aria-busy="true">
      <div className="flex flex-col gap-2">
        {[0, 1, 2, 3].map((line) => (
          <Skeleton key={line} className="h-5 w-3/4" />
        ))}
      </div>
      <Skeleton className="h-16" />
      <Skeleton className="h-48" />
    </div>
  );
}
