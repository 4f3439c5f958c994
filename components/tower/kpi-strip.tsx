"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { Meter } from "#components/ui/meter.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { OrderState } from "#server/domain/state.ts";
import type { Overview } from "./tower-data.ts";
import { ordersHref } from "./tower-view.ts";

/** The day in figures. Those that stand for orders lead to them. */
export function KpiStrip({ overview, onOpenHolds }: { overview: Overview; onOpenHolds: () => void }) {
  const { orders, shifts, served, servedInWindow, held, workClaimedSec, workLimitSec, day } = overview;
  const promised = Object.values(orders).reduce((sum, count) => sum + count, 0);
  const vans = shifts.planned + shifts.under_way + shifts.done;
  const of = (state: OrderState) => ordersHref({ day, state });
  return (
    <dl className={STRIP}>
      <Kpi label="Promised" value={promised} href={ordersHref({ day })} />
      <Kpi
        label="Kept in window"
        value={served === 0 ? "–" : `${Math.floor((servedInWindow / served) * 100)} %`}
        note={served === 0 ? "none served yet" : `${servedInWindow} of ${served} served`}
        alarm={servedInWindow < served}
      />
      <Kpi label="On hold now" value={held} onOpen={onOpenHolds} />
      <Kpi label="To pick" value={orders.confirmed} href={of("confirmed")} />
      <Kpi label="Ready" value={orders.ready} href={of("ready")} />
      <Kpi label="On the way" value={orders.on_the_way + orders.arrived} href={of("on_the_way")} />
      <Kpi label="Failed" value={orders.failed} href={of("failed")} alarm={orders.failed > 0} />
      <Kpi label="Without a node" value={orders.unplaced} href={of("unplaced")} alarm={orders.unplaced > 0} />
      <Kpi label="Vans out" value={shifts.under_way} note={`${shifts.done} done of ${vans}`} />
      <Kpi label="Picking promised" value={workLimitSec === 0 ? "–" : percent(workClaimedSec / workLimitSec)}>
        <Meter label="Picking promised" value={workClaimedSec} max={workLimitSec} className="mt-1 w-20" />
      </Kpi>
    </dl>
  );
}

/** A little is not nothing. */
function percent(share: number): string {
  return share > 0 && share < 0.01 ? "< 1 %" : `${Math.round(share * 100)} %`;
}

/** Below the width that takes all of them the figures are a row of their own, which scrolls and fades where it goes on. */
const STRIP =
  "relative flex min-w-0 basis-full flex-1 gap-1 overflow-x-auto [scrollbar-width:none] max-xl:mask-r-from-[calc(100%-2rem)] max-xl:pr-8 xl:basis-0";
const CELL = "relative flex min-w-18 shrink-0 flex-col justify-start rounded-control px-2.5 py-1.5";

function Kpi({
  label,
  value,
  note,
  href,
  onOpen,
  alarm = false,
  children,
}: {
  label: string;
  value: ReactNode;
  note?: string;
  href?: string;
  onOpen?: () => void;
  alarm?: boolean;
  children?: ReactNode;
}) {
  const figure = <span className={classNames("font-semibold text-lg leading-6", alarm && "text-late")}>{value}</span>;
  return (
    <div className={CELL}>
      <dt className="text-ink-muted text-xs whitespace-nowrap">{label}</dt>
      <dd>
        {href ? (
          <Link
            href={href}
            aria-label={`${label}: ${value}, show these orders`}
            className="rounded-sm -outline-offset-2 after:absolute after:inset-0 after:rounded-control hover:underline"
          >
            {figure}
          </Link>
        ) : onOpen ? (
          <button
            type="button"
            aria-label={`${label}: ${value}, show the limits`}
            onClick={onOpen}
            className="rounded-sm -outline-offset-2 after:absolute after:inset-0 after:rounded-control hover:underline"
          >
            {figure}
          </button>
        ) : (
          figure
        )}
        {note && <span className="block text-ink-faint text-xs whitespace-nowrap">{note}</span>}
        {children}
      </dd>
    </div>
  );
}

export function KpiStripSkeleton() {
  return (
    <div className={STRIP} aria-busy="true">
      {Array.from({ length: 10 }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <div key={place} className={CELL}>
          <Skeleton className="h-4 w-16" />
          <Skeleton className="mt-1 h-5 w-10" />
          <Skeleton className="mt-1 h-3 w-14" />
        </div>
      ))}
    </div>
  );
}
