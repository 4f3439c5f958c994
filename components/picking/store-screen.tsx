"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import type * as z from "zod";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { useChanges } from "#components/trpc/use-changes.ts";
import { Badge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { DaySwitch } from "#components/ui/day-switch.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { LiveBadge } from "#components/ui/live-badge.tsx";
import { NoSuch } from "#components/ui/no-such.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { NodeId } from "#server/domain/id.ts";
import { CapacityBoard } from "./capacity-board.tsx";
import { useStoreView } from "./store-view.ts";
import { TaskQueue } from "./task-queue.tsx";

/** A node at work: what to pick and hand over, and how much more may be promised. */
export function StoreScreen({ nodeId }: { nodeId: z.infer<typeof NodeId> }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [view, change] = useStoreView();
  const queue = useQuery(
    trpc.picking.queue.queryOptions({ nodeId, day: view.day }, { placeholderData: (shown) => shown }),
  );
  const liveness = useChanges(`store:${nodeId}`, () => {
    void queryClient.invalidateQueries(trpc.picking.pathFilter());
  });

  if (queue.isError && readFault(queue.error).code === "not-found")
    return <NoSuch what="node" href="/store" elsewhere="Choose a node" />;
  const data = queue.data;
  if (queue.isError && !data)
    return (
      <>
        <h1 className="sr-only">Store</h1>
        <FaultNotice
          sentence={readFault(queue.error).sentence}
          pending={queue.isFetching}
          onRetry={() => void queue.refetch()}
        />
      </>
    );
  return (
    <>
      <header className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-full sm:basis-0">
          <h1 className="flex items-center gap-3 font-semibold text-2xl">
            {data ? (
              data.node.name
            ) : (
              <>
                <span className="sr-only">Store</span>
                <Skeleton className="h-8 w-48" />
              </>
            )}
            {data?.node.paused && <Badge tone="warn">Paused: takes no orders</Badge>}
          </h1>
          <p className="text-ink-muted">{data ? data.node.address : <Skeleton className="h-6 w-64" />}</p>
        </div>
        <div className="flex min-h-control flex-wrap items-center gap-x-4 gap-y-1">
          <LiveBadge liveness={liveness} />
          <ButtonLink href={`/store/${nodeId}/calendar`} variant="quiet" size="small">
            Calendar
          </ButtonLink>
          {data && (
            <DaySwitch day={data.day} today={data.today} lastDay={data.lastDay} onChange={(day) => change({ day })} />
          )}
        </div>
      </header>
      {queue.isError && (
        <div className="mb-4">
          <FaultNotice
            sentence={readFault(queue.error).sentence}
            pending={queue.isFetching}
            onRetry={() => void queue.refetch()}
          />
        </div>
      )}
      <Tabs
        label="Work of this node"
        value={view.show}
        onValueChange={(show) => change({ show: show === "orders" ? null : show })}
        items={[
          {
            value: "orders",
            label: "Orders",
            panel: data ? <TaskQueue queue={data} /> : <TaskQueueSkeleton />,
          },
          { value: "capacity", label: "Capacity", panel: <CapacityBoard nodeId={nodeId} day={view.day} /> },
        ]}
      />
    </>
  );
}

export function TaskQueueSkeleton() {
  return (
    <div className="grid gap-3 lg:grid-cols-2" aria-busy="true">
      {Array.from({ length: 4 }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <Skeleton key={place} className="h-60 rounded-card" />
      ))}
    </div>
  );
}

/** The screen's outline, while it is not known who looks. */
export function StoreScreenSkeleton() {
  return (
    <div aria-busy="true">
      <Skeleton className="h-8 w-48" />
      <Skeleton className="mt-1 mb-6 h-5 w-64" />
      <TaskQueueSkeleton />
    </div>
  );
}
