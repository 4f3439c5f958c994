"use client";

import { useQuery } from "@tanstack/react-query";
import type * as z from "zod";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useNow } from "#components/ui/use-now.ts";
import type { NodeId } from "#server/domain/id.ts";
import { CapacityHour } from "./capacity-hour.tsx";
import type { Capacity, Hour } from "./picking-data.ts";

const HOUR_MS = 3_600_000;
/** Room above the busiest hour, so that the dial can be turned up. */
const HEADROOM_SEC = 7200;
const LEAST_SCALE_SEC = 4 * 3600;

/** The dial of each hour of a day: how much picking may be promised. */
export function CapacityBoard({ nodeId, day }: { nodeId: z.infer<typeof NodeId>; day: string | undefined }) {
  const trpc = useTRPC();
  const capacity = useQuery(trpc.picking.capacity.queryOptions({ nodeId, day }, { placeholderData: (shown) => shown }));
  if (capacity.isError)
    return <FaultNotice sentence={readFault(capacity.error).sentence} onRetry={() => void capacity.refetch()} />;
  if (!capacity.data) return <CapacitySkeleton />;
  return <Hours nodeId={nodeId} capacity={capacity.data} key={capacity.data.day} />;
}

function Hours({ nodeId, capacity }: { nodeId: z.infer<typeof NodeId>; capacity: Capacity }) {
  const { hours, timeZone } = capacity;
  const now = useNow(capacity.now);
  if (hours.length === 0)
    return <EmptyState title="Closed on this day">The node has no picking hours then: choose another day.</EmptyState>;
  // One scale for the whole day, which an adjustment does not change under the finger.
  const scaleSec = Math.max(LEAST_SCALE_SEC, ...hours.map((hour) => hour.limitSec + HEADROOM_SEC));
  const isOver = (hour: Hour) => Date.parse(hour.startsAt) + HOUR_MS <= now;
  const past = hours.filter(isOver);
  const coming = hours.filter((hour) => !isOver(hour));
  const rows = (shown: readonly Hour[], over: boolean) => (
    <ul className="overflow-hidden rounded-card border border-line bg-surface">
      {shown.map((hour) => (
        <CapacityHour
          key={hour.startsAt}
          nodeId={nodeId}
          hour={hour}
          zone={timeZone}
          scaleSec={scaleSec}
          isOver={over}
        />
      ))}
    </ul>
  );
  return (
    <>
      <p className="mb-4 max-w-prose text-ink-muted">
        How much picking may be promised in each hour. Lowering it closes windows in the shop at once; what is promised
        already stays promised.
      </p>
      {past.length > 0 && (
        <Disclosure title={`Hours that are over (${past.length})`} open={coming.length === 0} className="mb-4">
          {rows(past, true)}
        </Disclosure>
      )}
      {coming.length > 0 && rows(coming, false)}
    </>
  );
}

function CapacitySkeleton() {
  return (
    <div className="overflow-hidden rounded-card border border-line bg-surface" aria-busy="true">
      {Array.from({ length: 8 }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <div key={place} className="flex h-24 items-center gap-4 border-line border-b px-4">
          <Skeleton className="h-5 w-24" />
          <Skeleton className="h-3 flex-1" />
          <Skeleton className="h-11 w-36" />
        </div>
      ))}
    </div>
  );
}
