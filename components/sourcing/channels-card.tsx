"use client";

import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { RegionId } from "#server/domain/id.ts";
import type { RootRouter } from "#server/trpc/root.ts";
import { ChannelDialog } from "./channel-dialog.tsx";

export type ChannelOfRegion = inferRouterOutputs<RootRouter>["tower"]["channels"][number];

/** Through whom carts are bought, and the priority of their orders. */
export function ChannelsCard({ regionId }: { regionId: RegionId }) {
  const trpc = useTRPC();
  const channels = useQuery(trpc.tower.channels.queryOptions({ regionId }));
  const [changed, setChanged] = useState<ChannelOfRegion | "new" | null>(null);
  return (
    <Card className="p-4">
      <section aria-labelledby="channels" className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <div>
            <h2 id="channels" className="font-semibold">
              Sales channels
            </h2>
            <p className="text-ink-muted text-sm">
              Which site belongs to which is set with the sites that may embed the picker; what is kept back from one is
              imported.
            </p>
          </div>
          <Button size="small" onClick={() => setChanged("new")}>
            Add a channel
          </Button>
        </div>
        {channels.isError ? (
          <FaultNotice sentence={readFault(channels.error).sentence} onRetry={() => void channels.refetch()} />
        ) : channels.data ? (
          <ul className="divide-y divide-line">
            {channels.data.map((channel) => (
              <li key={channel.channelId} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
                <span className="min-w-40 flex-1">
                  <span className="font-medium">{channel.name}</span>{" "}
                  <span className="text-ink-muted text-sm">{channel.channelId}</span>{" "}
                  {!channel.isActive && <Badge tone="warn">closed</Badge>}
                </span>
                <span className="text-ink-muted text-sm">
                  Class {channel.priorityClass} · {channel.ordersUnderWay} orders under way · {channel.levelsKeptBack}{" "}
                  levels with something kept back
                </span>
                <Button size="small" variant="quiet" onClick={() => setChanged(channel)}>
                  Change {channel.name}
                </Button>
              </li>
            ))}
          </ul>
        ) : (
          <Skeleton className="h-12" />
        )}
        {changed && (
          <ChannelDialog
            regionId={regionId}
            known={changed === "new" ? null : changed}
            onClose={() => setChanged(null)}
          />
        )}
      </section>
    </Card>
  );
}
