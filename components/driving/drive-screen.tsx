"use client";

import { useQuery } from "@tanstack/react-query";
import { CalendarX2 } from "lucide-react";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { formatTime } from "#components/ui/format-time.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { ShiftId } from "#server/domain/id.ts";
import type { ShiftRow } from "./driving-data.ts";
import { SHIFT_LOOKS } from "./driving-looks.ts";
import { dueShift } from "./due-shift.ts";
import { RunScreen, RunSkeleton } from "./run-screen.tsx";

/** The run that matters now: the one under way, else the next, unless the address names another. */
export function DriveScreen() {
  const trpc = useTRPC();
  const wanted = ShiftId.safeParse(useSearchParams().get("shift"));
  const mine = useQuery(trpc.driving.shifts.queryOptions());
  const shifts = mine.data?.shifts ?? [];
  const due = mine.data && dueShift(shifts, mine.data.now);
  // A run that has just ended stays in sight, for it says why; the next one is a tap away.
  const [shown, setShown] = useState(due);
  if (!shown && due) setShown(due);
  const current = wanted.success ? wanted.data : shown;

  if (mine.isError && !wanted.success)
    return <FaultNotice sentence={readFault(mine.error).sentence} onRetry={() => void mine.refetch()} />;
  if (mine.isPending && !wanted.success) return <RunSkeleton />;
  return (
    <>
      {current ? (
        <RunScreen key={current} shiftId={current} nextShiftId={due === current ? undefined : due} />
      ) : (
        <EmptyState
          isPage
          icon={<CalendarX2 className="size-8" aria-hidden="true" />}
          title="No run is planned for you"
        >
          When operations rosters you, your next run appears here.
        </EmptyState>
      )}
      <OtherShifts shifts={shifts.filter((shift) => shift.shiftId !== current)} />
    </>
  );
}

function OtherShifts({ shifts }: { shifts: readonly ShiftRow[] }) {
  if (shifts.length === 0) return null;
  return (
    <Disclosure title={`Your other runs (${shifts.length})`} className="mt-8 border-line border-t pt-2">
      <ul className="overflow-hidden rounded-card border border-line bg-surface">
        {shifts.map((shift) => (
          <li key={shift.shiftId} className="border-line border-b last:border-b-0">
            <Link
              href={`/drive?shift=${shift.shiftId}`}
              className="flex min-h-14 items-center justify-between gap-3 px-4 py-2 hover:bg-sunken"
            >
              <span>
                <span className="block font-medium">
                  {formatTime(shift.startsAt, shift.timeZone, "short-day")},{" "}
                  {formatTime(shift.startsAt, shift.timeZone)}–{formatTime(shift.endsAt, shift.timeZone)}
                </span>
                <span className="block text-ink-muted text-sm">
                  {shift.vanName}, {shift.nodeName} · {shift.stopCount === 1 ? "1 stop" : `${shift.stopCount} stops`}
                </span>
              </span>
              <StateBadge state={shift.state} looks={SHIFT_LOOKS} />
            </Link>
          </li>
        ))}
      </ul>
    </Disclosure>
  );
}

export function DriveSkeleton() {
  return (
    <div aria-busy="true">
      <RunSkeleton />
      <Skeleton className="mt-8 h-12" />
    </div>
  );
}
