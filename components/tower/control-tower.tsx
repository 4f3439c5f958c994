"use client";

import { RadioTower } from "lucide-react";
import { useState } from "react";
import { useMediaQuery } from "#components/map/reader-wishes.ts";
import { readFault } from "#components/trpc/read-fault.ts";
import { classNames } from "#components/ui/class-names.ts";
import { DaySwitch } from "#components/ui/day-switch.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { formatTime } from "#components/ui/format-time.ts";
import { LiveBadge } from "#components/ui/live-badge.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { ZoneNote } from "#components/ui/time-text.tsx";
import { useNow } from "#components/ui/use-now.ts";
import { ExceptionDetail } from "./exception-detail.tsx";
import { ExceptionQueue } from "./exception-queue.tsx";
import { HoldLimitsDialog } from "./hold-limits-dialog.tsx";
import { KpiStrip, KpiStripSkeleton } from "./kpi-strip.tsx";
import { NodeDetail } from "./node-detail.tsx";
import { OrderDrawer } from "./order-drawer.tsx";
import { TowerMap } from "./tower-map.tsx";
import { NOTHING_SELECTED, useTowerView } from "./tower-view.ts";
import { type RegionOfMe, useRegion, useTower } from "./use-tower.ts";
import { VanDetail } from "./van-detail.tsx";
import { VanList } from "./van-list.tsx";

/** On a wide screen what is below the bar fills the window and scrolls in its parts; on a phone the page scrolls. */
const SCREEN = "flex min-h-0 flex-1 flex-col lg:h-[calc(100dvh-3.5625rem)] lg:flex-none";
const WIDE = "(min-width: 64rem)";

/** The control tower: figures, what needs a hand, the vans, and the map of it all. */
export function ControlTower() {
  const [view] = useTowerView();
  const { region, regions } = useRegion(view.region);
  if (!region)
    return (
      <EmptyState isPage icon={<RadioTower className="size-8" aria-hidden="true" />} title="There is no network yet">
        Import one with <code>kept import DIR</code>; it appears here at once.
      </EmptyState>
    );
  return <RegionTower key={region.id} region={region} regions={regions} />;
}

function RegionTower({ region, regions }: { region: RegionOfMe; regions: readonly RegionOfMe[] }) {
  const [view, change] = useTowerView();
  const { overview, routes, exceptions, areas, liveness } = useTower(region.id, view.day);
  const wide = useMediaQuery(WIDE);
  const [holdsOpen, setHoldsOpen] = useState(false);
  const list = view.list ?? "exceptions";
  const zone = region.timeZone;

  const selectedRoute = routes.data?.routes.find((route) => route.shiftId === view.shift);
  const selectedNode = routes.data?.nodes.find((node) => node.nodeId === view.node);
  const all = exceptions.data ? [...exceptions.data.open, ...exceptions.data.resolved] : [];
  const selectedException = all.find((exception) => exception.exceptionId === view.exception);

  const close = () => change(NOTHING_SELECTED);
  const openOrder = (order: string) => change({ order });
  const selectVan = (shift: string) => change({ ...NOTHING_SELECTED, shift });
  const failed = [overview, routes, exceptions].find((query) => query.isError);

  const detail = selectedRoute ? (
    <VanDetail
      route={selectedRoute}
      node={routes.data?.nodes.find((node) => node.nodeId === selectedRoute.nodeId)}
      zone={zone}
      onClose={close}
      onOpenOrder={openOrder}
    />
  ) : selectedException ? (
    <ExceptionDetail
      key={selectedException.exceptionId}
      exception={selectedException}
      route={routes.data?.routes.find((route) => route.shiftId === selectedException.van?.shiftId)}
      zone={zone}
      onClose={close}
      onOpenOrder={openOrder}
      onSelectVan={selectVan}
    />
  ) : selectedNode && routes.data ? (
    <NodeDetail
      key={selectedNode.nodeId}
      node={selectedNode}
      routes={routes.data.routes}
      area={areas.data?.find(({ nodeId }) => nodeId === selectedNode.nodeId)}
      onClose={close}
      onSelectVan={selectVan}
    />
  ) : (view.shift || view.node) && routes.isPending ? (
    <Skeleton className="h-80 rounded-card" />
  ) : null;

  return (
    <div className={SCREEN}>
      <h1 className="sr-only">Control tower, {region.name}</h1>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-b bg-surface px-3 py-1">
        {overview.data ? (
          <KpiStrip overview={overview.data} onOpenHolds={() => setHoldsOpen(true)} />
        ) : (
          <KpiStripSkeleton />
        )}
        <div className="flex min-h-control flex-1 items-center justify-between gap-2 sm:gap-3 xl:ml-auto xl:flex-none">
          {regions.length > 1 && (
            <Select
              label="Region"
              hideLabel
              className="w-40"
              options={regions.map(({ id, name }) => ({ value: id as string, label: name }))}
              value={region.id as string}
              onValueChange={(next) => change({ region: next, ...NOTHING_SELECTED })}
            />
          )}
          {overview.data && (
            <>
              <DaySwitch
                day={overview.data.day}
                today={overview.data.today}
                lastDay={overview.data.lastDay}
                onChange={(day) => change({ day, ...NOTHING_SELECTED })}
              />
              {/* Beside another day, which brings a way back to this one, a phone has no room for it. */}
              <Clock
                now={overview.data.now}
                zone={zone}
                className={overview.data.day === overview.data.today ? undefined : "max-sm:hidden"}
              />
            </>
          )}
          <LiveBadge liveness={liveness} />
        </div>
      </div>
      {failed && (
        <div className="p-3">
          <FaultNotice
            sentence={readFault(failed.error).sentence}
            pending={failed.isFetching}
            onRetry={() => void failed.refetch()}
          />
        </div>
      )}
      <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
        <aside className="order-2 flex min-h-0 flex-col border-line bg-surface lg:order-1 lg:w-90 lg:border-r">
          <ListSwitch
            list={list}
            openCount={exceptions.data?.open.length}
            vanCount={routes.data?.routes.length}
            onChange={(next) => change({ list: next === "exceptions" ? null : next }, "replace")}
          />
          <div className="min-h-0 flex-1 overflow-y-auto">
            {list === "exceptions" ? (
              exceptions.data ? (
                <ExceptionQueue
                  open={exceptions.data.open}
                  resolved={exceptions.data.resolved}
                  now={exceptions.data.now}
                  zone={zone}
                  selectedId={view.exception}
                  onSelect={({ exceptionId }) => change({ ...NOTHING_SELECTED, exception: exceptionId })}
                />
              ) : (
                <ListSkeleton />
              )
            ) : routes.data ? (
              <VanList
                routes={routes.data.routes}
                nodes={routes.data.nodes}
                zone={zone}
                selectedId={view.shift}
                onSelect={selectVan}
              />
            ) : (
              <ListSkeleton />
            )}
          </div>
        </aside>
        <div className="relative order-1 h-[46dvh] shrink-0 lg:order-2 lg:h-auto lg:flex-1 lg:shrink">
          {routes.data ? (
            <TowerMap
              day={routes.data}
              open={exceptions.data?.open}
              areas={areas.data}
              selectedShiftId={view.shift}
              selectedNodeId={view.node}
              selectedException={selectedException}
              covered={wide && detail !== null}
              onSelectVan={selectVan}
              onSelectNode={(node) => change({ ...NOTHING_SELECTED, node })}
            />
          ) : (
            <div className="h-full w-full animate-breathe bg-map-land" aria-busy="true" />
          )}
          {wide && detail && <div className="absolute inset-y-3 left-3 z-10 w-88">{detail}</div>}
        </div>
        {/* Below the map on a phone, where it would cover what it speaks of. */}
        {!wide && detail && <div className="order-1 p-3">{detail}</div>}
      </div>
      <HoldLimitsDialog regionId={region.id} open={holdsOpen} onClose={() => setHoldsOpen(false)} />
      <OrderDrawer orderId={view.order} onClose={() => change({ order: null })} />
    </div>
  );
}

function Clock({ now, zone, className }: { now: string; zone: string; className: string | undefined }) {
  const at = useNow(now, 1000);
  return (
    <span className={classNames("font-medium text-control whitespace-nowrap", className)} title={zone}>
      {formatTime(at, zone)}
      <ZoneNote at={new Date(at).toISOString()} zone={zone} />
    </span>
  );
}

function ListSwitch({
  list,
  openCount,
  vanCount,
  onChange,
}: {
  list: "exceptions" | "vans";
  openCount: number | undefined;
  vanCount: number | undefined;
  onChange: (list: "exceptions" | "vans") => void;
}) {
  const item = (value: typeof list, label: string, count: number | undefined, alarm: boolean) => (
    <button
      type="button"
      aria-pressed={list === value}
      onClick={() => onChange(value)}
      className={classNames(
        "flex min-h-10 flex-1 items-center justify-center gap-2 border-b-2 font-medium -outline-offset-2",
        list === value ? "border-accent text-ink" : "border-transparent text-ink-muted hover:text-ink",
      )}
    >
      {label}
      {count !== undefined && (
        <span
          className={classNames(
            "rounded-full px-1.5 text-xs leading-5",
            alarm ? "bg-late text-on-late" : "bg-sunken text-ink-muted",
          )}
        >
          {count}
        </span>
      )}
    </button>
  );
  return (
    <div className="flex border-line border-b">
      {item("exceptions", "Exceptions", openCount, (openCount ?? 0) > 0)}
      {item("vans", "Vans", vanCount, false)}
    </div>
  );
}

function ListSkeleton() {
  return (
    <div aria-busy="true">
      {Array.from({ length: 8 }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <div key={place} className="flex flex-col gap-1.5 border-line border-b px-3 py-2.5">
          <Skeleton className="h-4 w-1/2" />
          <Skeleton className="h-4 w-4/5" />
          <Skeleton className="h-3 w-1/3" />
        </div>
      ))}
    </div>
  );
}

/** The screen's outline, while it is not known who looks. */
export function ControlTowerSkeleton() {
  return (
    <div className={SCREEN} aria-busy="true">
      <div className="flex flex-wrap items-center gap-y-1 border-line border-b bg-surface px-3 py-1">
        <KpiStripSkeleton />
        <div className="min-h-control" />
      </div>
      <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
        <div className="order-2 bg-surface lg:order-1 lg:w-90 lg:border-line lg:border-r">
          <ListSkeleton />
        </div>
        <div className="order-1 h-[46dvh] animate-breathe bg-map-land lg:order-2 lg:h-auto lg:flex-1" />
      </div>
    </div>
  );
}
