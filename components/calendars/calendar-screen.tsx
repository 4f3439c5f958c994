"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { useChanges } from "#components/trpc/use-changes.ts";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { addDays } from "#components/ui/day-switch.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { LiveBadge } from "#components/ui/live-badge.tsx";
import { NoSuch } from "#components/ui/no-such.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { CalendarOf } from "./calendar-data.ts";
import { CalendarGrid } from "./calendar-grid.tsx";
import { useCalendarView } from "./calendar-view.ts";
import { dayName } from "./calendar-words.ts";
import { CutOffBoard } from "./cut-off-board.tsx";
import { DayDialog } from "./day-dialog.tsx";
import { NodeFilter } from "./node-filter.tsx";

/** The coming weeks of a region or a node: what is not as the week says, what is promised there, and the cut-offs. */
export function CalendarScreen({ of }: { of: CalendarOf }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [view, change] = useCalendarView();
  const { regionId, nodeId } = of;
  const calendar = useQuery(
    trpc.calendars.read.queryOptions({ regionId, nodeId, from: view.from }, { placeholderData: (shown) => shown }),
  );
  const liveness = useChanges(nodeId === null ? `ops:${regionId}` : `store:${nodeId}`, () => {
    void queryClient.invalidateQueries(trpc.calendars.pathFilter());
  });
  if (calendar.isError && readFault(calendar.error).code === "not-found")
    return <NoSuch what="calendar" href="/store" elsewhere="Choose a node" />;
  const { data } = calendar;
  const first = data?.days[0]?.day;
  const opened = data?.days.find(({ day }) => day === view.day);
  return (
    <div className="flex flex-1 flex-col gap-4 p-3 sm:p-4">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h1 className="font-semibold text-xl">{data ? `Calendar of ${data.name}` : "Calendar"}</h1>
          {data && <p className="text-ink-muted text-sm">Days and times in {data.timeZone}</p>}
        </div>
        {!of.isOps && nodeId && (
          <ButtonLink href={`/store/${nodeId}`} variant="quiet" size="small">
            To its orders
          </ButtonLink>
        )}
        {of.isOps && <NodeFilter of={of} onChange={(node) => change({ node, day: null })} />}
        <div className="ml-auto flex items-center gap-1">
          <LiveBadge liveness={liveness} />
          {data && first && (
            <>
              <Button
                variant="quiet"
                size="small"
                aria-label="Earlier weeks"
                onClick={() => change({ from: addDays(first, -28), day: null })}
              >
                <ChevronLeft className="size-4" aria-hidden="true" />
              </Button>
              <Button variant="quiet" size="small" onClick={() => change({ from: null, day: null })}>
                This week
              </Button>
              <Button
                variant="quiet"
                size="small"
                aria-label="Later weeks"
                onClick={() => change({ from: addDays(first, 28), day: null })}
              >
                <ChevronRight className="size-4" aria-hidden="true" />
              </Button>
            </>
          )}
        </div>
      </header>
      {calendar.isError && (
        <FaultNotice sentence={readFault(calendar.error).sentence} onRetry={() => void calendar.refetch()} />
      )}
      {data ? (
        <>
          {data.days.every(({ entries, blackouts }) => entries.length + blackouts.length === 0) && (
            <p className="rounded-card border border-line border-dashed px-4 py-3 text-ink-muted">
              Every day from {dayName(data.days[0]!.day, "day-month")} to {dayName(data.days.at(-1)!.day, "day-month")}{" "}
              is as the week says. Choose a day to close it, to change its hours or to take windows back.
            </p>
          )}
          <CalendarGrid calendar={data} opened={view.day} onOpen={(day) => change({ day })} />
          <CutOffBoard of={of} cutOffs={data.cutOffs} />
          <DayDialog
            key={view.day}
            of={of}
            calendar={data}
            day={opened ?? null}
            onClose={() => change({ day: null })}
          />
        </>
      ) : (
        !calendar.isError && <CalendarSkeleton />
      )}
    </div>
  );
}

export function CalendarSkeleton() {
  return (
    <div className="grid grid-cols-1 gap-1.5 md:grid-cols-7" aria-busy="true">
      {Array.from({ length: 35 }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <Skeleton key={place} className="h-14 rounded-card md:h-28" />
      ))}
    </div>
  );
}
