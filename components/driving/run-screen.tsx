"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheckBig, MapPinned, MapPinOff } from "lucide-react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { useChanges } from "#components/trpc/use-changes.ts";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { formatTime } from "#components/ui/format-time.ts";
import { LiveBadge } from "#components/ui/live-badge.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { TimeText } from "#components/ui/time-text.tsx";
import type { ShiftState } from "#server/domain/state.ts";
import type { RunSheet } from "./driving-data.ts";
import { SHIFT_LOOKS } from "./driving-looks.ts";
import { NextStop } from "./next-stop.tsx";
import { StopList } from "./stop-list.tsx";
import { type Sharing, usePositionReports } from "./use-position-reports.ts";
import { useRunAction } from "./use-run-action.ts";

/** One run: start it, drive it door by door, done. `nextShiftId` is where to go on when it is over. */
export function RunScreen({
  shiftId,
  nextShiftId,
}: {
  shiftId: RunSheet["shiftId"];
  nextShiftId: RunSheet["shiftId"] | undefined;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const sheet = useQuery(trpc.driving.runSheet.queryOptions({ shiftId }));
  const liveness = useChanges(`shift:${shiftId}`, () => {
    void queryClient.invalidateQueries(trpc.driving.pathFilter());
  });
  const { sharing, share } = usePositionReports(shiftId, sheet.data?.state === "under_way");

  if (sheet.isPending) return <RunSkeleton />;
  if (!sheet.data) {
    const { code, sentence } = readFault(sheet.error);
    return code === "not-found" ? (
      <EmptyState
        isPage
        title="There is no such run for you"
        action={
          <ButtonLink href="/drive" variant="primary">
            Show my runs
          </ButtonLink>
        }
      >
        It does not exist, or it is somebody else's.
      </EmptyState>
    ) : (
      <FaultNotice sentence={sentence} pending={sheet.isFetching} onRetry={() => void sheet.refetch()} />
    );
  }
  const run = sheet.data;
  const open = run.stops.filter((stop) => stop.finishedAt === null);
  const finished = run.stops.filter((stop) => stop.finishedAt !== null);
  const next = run.state === "under_way" ? open[0] : undefined;
  const upcoming = next ? open.slice(1) : open;
  const goOn = nextShiftId && (
    <ButtonLink href={`/drive?shift=${nextShiftId}`} variant="primary">
      To your next run
    </ButtonLink>
  );
  return (
    <div className="flex flex-col gap-5">
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div>
          <h1 className="font-semibold text-2xl">{run.vanName}</h1>
          <p className="text-ink-muted">
            {run.nodeName} · <TimeText at={run.startsAt} zone={run.timeZone} style="day-time" />–
            {formatTime(run.endsAt, run.timeZone)}
          </p>
        </div>
        <div className="flex items-center gap-2">
          <LiveBadge liveness={liveness} />
          <StateBadge state={run.state} looks={SHIFT_LOOKS} />
        </div>
      </header>
      {sheet.isError && (
        <FaultNotice
          tone="warn"
          sentence="The sheet could not be read again: what is shown may be old."
          pending={sheet.isFetching}
          onRetry={() => void sheet.refetch()}
        />
      )}

      {run.state === "planned" && <StartRun run={run} />}
      {run.state === "under_way" && <LocationNote sharing={sharing} onShare={share} />}
      {next && (
        <NextStop
          key={next.stopId}
          stop={next}
          place={run.stops.indexOf(next) + 1}
          count={run.stops.length}
          zone={run.timeZone}
          now={run.now}
        />
      )}
      {run.state === "done" && (
        <EmptyState
          icon={<CircleCheckBig className="size-10 text-ok" aria-hidden="true" />}
          title="The run is done"
          action={goOn}
        >
          {summaryOf(run)} Drive back to {run.nodeName}, {run.nodeAddress}.
        </EmptyState>
      )}
      {run.state === "cancelled" && (
        <EmptyState title="This run is off the road" action={goOn}>
          It had no stop when it should have left, or operations gave its stops to other vans.
        </EmptyState>
      )}

      {upcoming.length > 0 && (
        <StopList
          title={next ? "After that" : "Stops"}
          stops={upcoming}
          firstPlace={run.stops.indexOf(upcoming[0]!) + 1}
          zone={run.timeZone}
          open
        />
      )}
      {finished.length > 0 && (
        <StopList title={`Behind you (${finished.length})`} stops={finished} firstPlace={1} zone={run.timeZone} />
      )}
    </div>
  );
}

/** Why a run in this state cannot be started; null where the orders decide. */
const NOT_STARTABLE: Record<ShiftState, string | null> = {
  planned: null,
  under_way: "It has started",
  done: "It is over",
  cancelled: "It was cancelled",
};

function StartRun({ run }: { run: RunSheet }) {
  const trpc = useTRPC();
  const action = useRunAction();
  const start = useMutation(trpc.driving.start.mutationOptions(action));
  const { waitingCount, stops } = run;
  const why =
    NOT_STARTABLE[run.state] ??
    (stops.length === 0
      ? "No stops yet. The run starts when it has one."
      : waitingCount > 0
        ? `${waitingCount === 1 ? "1 order is" : `${waitingCount} orders are`} not on board yet: ${run.nodeName} still has to hand ${waitingCount === 1 ? "it" : "them"} over.`
        : null);
  return (
    <section className="flex flex-col gap-3 rounded-card border border-line bg-surface p-4">
      <p>
        <span className="font-semibold">{stops.length === 1 ? "1 stop" : `${stops.length} stops`}</span>,{" "}
        {Math.round(run.claimedWeightG / 1000)} kg. Load at {run.nodeName}, {run.nodeAddress}.
      </p>
      {start.isError && <FaultNotice sentence={readFault(start.error).sentence} />}
      <Button
        variant="primary"
        className="h-14 w-full text-lg"
        pending={start.isPending}
        disabledReason={why}
        onClick={() => start.mutate({ shiftId: run.shiftId })}
      >
        Start the run
      </Button>
    </section>
  );
}

const SHARING_WORDS: Record<Sharing, string> = {
  asking: "Customers see the van more exactly when this phone shares its location.",
  sharing: "This phone shares its location during the run.",
  refused: "Location is off: customers see where the plan has you.",
  absent: "This browser has no location: customers see where the plan has you.",
};

function LocationNote({ sharing, onShare }: { sharing: Sharing; onShare: () => void }) {
  const Icon = sharing === "sharing" ? MapPinned : MapPinOff;
  return (
    <div className="flex items-center gap-3 text-ink-muted text-sm">
      <Icon className="size-4 shrink-0" aria-hidden="true" />
      <p className="min-w-0 flex-1">{SHARING_WORDS[sharing]}</p>
      {sharing === "asking" && (
        <Button size="small" onClick={onShare}>
          Share
        </Button>
      )}
    </div>
  );
}

function summaryOf({ stops }: RunSheet): string {
  const failed = stops.filter((stop) => stop.state === "failed").length;
  const delivered = stops.length - failed;
  return failed === 0 ? `All ${delivered} delivered.` : `${delivered} delivered, ${failed} not.`;
}

/** A run's outline while it is read. */
export function RunSkeleton() {
  return (
    <div className="flex flex-col gap-5" aria-busy="true">
      <div>
        <Skeleton className="h-8 w-40" />
        <Skeleton className="mt-1 h-5 w-56" />
      </div>
      <Skeleton className="h-80 rounded-card" />
      <Skeleton className="h-16 rounded-card" />
      <Skeleton className="h-16 rounded-card" />
    </div>
  );
}
