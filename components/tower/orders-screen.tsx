"use client";

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { SearchX } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { useChanges } from "#components/trpc/use-changes.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { TEXT_BUTTON } from "#components/ui/button-look.ts";
import { classNames } from "#components/ui/class-names.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { formatTime, formatWindow } from "#components/ui/format-time.ts";
import { Input } from "#components/ui/input.tsx";
import { LiveBadge } from "#components/ui/live-badge.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { OrderState } from "#server/domain/state.ts";
import { OrderDrawer } from "./order-drawer.tsx";
import type { OrderRow } from "./tower-data.ts";
import { ORDER_LOOKS, SERVICES } from "./tower-looks.ts";
import { useTowerView } from "./tower-view.ts";
import { type RegionOfMe, useRegion } from "./use-tower.ts";

/** Keystrokes that follow each other this closely are one search. */
const TYPING_MS = 250;

/** All orders of a region, newest first: filtered by state, day and text, each with its record. */
export function OrdersScreen() {
  const [view] = useTowerView();
  const { region } = useRegion(view.region);
  return region ? <RegionOrders region={region} /> : <EmptyState isPage title="There is no network yet" />;
}

function RegionOrders({ region }: { region: RegionOfMe }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [view, change] = useTowerView();
  const orders = useInfiniteQuery(
    trpc.tower.orders.infiniteQueryOptions(
      { regionId: region.id, day: view.day, state: view.state, text: view.q },
      { getNextPageParam: (page) => page.nextCursor, placeholderData: (shown) => shown },
    ),
  );
  const liveness = useChanges(`ops:${region.id}`, () => {
    for (const changed of [trpc.tower.orders, trpc.tower.order])
      void queryClient.invalidateQueries(changed.pathFilter());
  });
  const rows = orders.data?.pages.flatMap((page) => page.orders) ?? [];
  const filtered = view.day !== undefined || view.state !== undefined || view.q !== undefined;

  return (
    <div className="flex flex-1 flex-col gap-3 p-3 sm:p-4">
      <div className="flex flex-wrap items-end gap-3">
        <h1 className="mr-2 font-semibold text-xl">Orders</h1>
        <SearchField text={view.q ?? ""} onChange={(q) => change({ q }, "replace")} />
        <Select
          label="State"
          hideLabel
          className="w-44"
          options={[
            { value: "all", label: "Every state" },
            ...OrderState.options.map((state) => ({ value: state, label: ORDER_LOOKS[state].label })),
          ]}
          value={view.state ?? "all"}
          onValueChange={(state) => change({ state: state === "all" ? null : state }, "replace")}
        />
        <div>
          <label htmlFor="orders-day" className="sr-only">
            Promised on
          </label>
          <Input
            id="orders-day"
            type="date"
            className="w-44"
            value={view.day ?? ""}
            onChange={(event) => change({ day: event.target.value }, "replace")}
          />
        </div>
        {filtered && (
          <Button variant="quiet" onClick={() => change({ day: null, state: null, q: null }, "replace")}>
            Show all
          </Button>
        )}
        <span className="ml-auto">
          <LiveBadge liveness={liveness} />
        </span>
      </div>
      {orders.isError && (
        <FaultNotice sentence={readFault(orders.error).sentence} onRetry={() => void orders.refetch()} />
      )}
      {orders.isPending ? (
        <OrdersSkeleton />
      ) : orders.data === undefined ? null : (
        <div
          className="overflow-hidden rounded-card border border-line bg-surface"
          aria-busy={orders.isPlaceholderData || orders.isFetchingNextPage}
        >
          <DataTable
            caption={`Orders of ${region.name}`}
            columns={columnsFor(region.timeZone, (order) => change({ order }))}
            rows={rows}
            rowKey={(row) => row.orderId}
            selectedKey={view.order ?? null}
            empty={
              <EmptyState
                icon={<SearchX className="size-8" aria-hidden="true" />}
                title={filtered ? "No order fits" : "No orders yet"}
              >
                {filtered
                  ? "Try fewer letters, another state or another day."
                  : "The first one appears here as soon as it is confirmed."}
              </EmptyState>
            }
          />
        </div>
      )}
      {orders.hasNextPage && (
        <Button className="self-center" pending={orders.isFetchingNextPage} onClick={() => void orders.fetchNextPage()}>
          Show more
        </Button>
      )}
      <OrderDrawer orderId={view.order} onClose={() => change({ order: null })} />
    </div>
  );
}

function SearchField({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  const settle = useEffectEvent((value: string) => {
    if (value.trim() !== text) onChange(value.trim());
  });
  useEffect(() => {
    const timer = setTimeout(() => settle(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <div className="w-full sm:w-72">
      <label htmlFor="orders-search" className="sr-only">
        Number, name or address
      </label>
      <Input
        id="orders-search"
        type="search"
        placeholder="Number, name or address"
        maxLength={80}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </div>
  );
}

function columnsFor(zone: string, open: (orderId: string) => void): readonly Column<OrderRow>[] {
  return [
    {
      key: "number",
      header: "Order",
      rowHeader: true,
      cell: (row) => (
        <button
          type="button"
          className={classNames(TEXT_BUTTON, "font-medium text-accent underline underline-offset-2")}
          onClick={() => open(row.orderId)}
        >
          {row.number}
        </button>
      ),
    },
    {
      key: "state",
      header: "State",
      cell: (row) => (
        <span className="inline-flex items-center gap-1">
          <StateBadge state={row.state} looks={ORDER_LOOKS} />
          {row.isParked && <Badge tone="warn">Parked</Badge>}
        </span>
      ),
    },
    {
      key: "promise",
      header: "Promised",
      cell: (row) => (
        <>
          {formatTime(row.agreedStartsAt, zone, "short-day")},{" "}
          {formatWindow(row.agreedStartsAt, row.agreedEndsAt, zone)}
          {row.isRepromised && <span className="text-ink-muted"> (moved)</span>}
        </>
      ),
    },
    { key: "customer", header: "Customer", cell: (row) => row.customerName },
    { key: "service", header: "Service", cell: (row) => SERVICES[row.service] },
    { key: "node", header: "Node", cell: (row) => row.nodeNames.join(" + ") || "–" },
    { key: "van", header: "Brought by", cell: (row) => [...row.vanNames, ...row.carrierNames].join(", ") || "–" },
    { key: "address", header: "Address", cell: (row) => row.address },
  ];
}

/** The screen's outline, while it is not known who looks. */
export function OrdersScreenSkeleton() {
  return (
    <div className="flex flex-1 flex-col gap-3 p-3 sm:p-4" aria-busy="true">
      <div className="flex flex-wrap items-end gap-3">
        <Skeleton className="mr-2 h-7 w-20" />
        <Skeleton className="h-control w-full sm:w-72" />
        <Skeleton className="h-control w-44" />
        <Skeleton className="h-control w-44" />
      </div>
      <OrdersSkeleton />
    </div>
  );
}

function OrdersSkeleton() {
  return (
    <div className="rounded-card border border-line bg-surface" aria-busy="true">
      {Array.from({ length: 12 }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <div key={place} className="flex h-control items-center gap-6 border-line border-b px-3">
          <Skeleton className="h-4 w-14" />
          <Skeleton className="h-4 w-20" />
          <Skeleton className="h-4 w-40" />
          <Skeleton className="h-4 flex-1" />
        </div>
      ))}
    </div>
  );
}
