"use client";

import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { useChanges } from "#components/trpc/use-changes.ts";
import { useMe } from "#components/trpc/use-me.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { formatTime } from "#components/ui/format-time.ts";
import { LiveBadge } from "#components/ui/live-badge.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { ChannelsCard } from "./channels-card.tsx";
import { RulesForm } from "./rules-form.tsx";
import { SharesCard } from "./shares-card.tsx";
import { useSourcingView } from "./sourcing-view.ts";

/** By which rules nodes, vans and carriers are chosen in a region, and what other rules would change. */
export function RulesScreen() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const me = useMe();
  const [view, change] = useSourcingView();
  const region = me.regions.find(({ id }) => id === view.region) ?? me.regions[0];
  const known = useQuery(trpc.promise.sourcingRules.queryOptions(region ? { regionId: region.id } : skipToken));
  const liveness = useChanges(region ? `ops:${region.id}` : null, () => {
    void queryClient.invalidateQueries(trpc.promise.sourcingRules.pathFilter());
    void queryClient.invalidateQueries(trpc.tower.channelShares.pathFilter());
  });
  if (!region) return <EmptyState isPage title="There is no network yet" />;
  const { data } = known;
  return (
    <div className="flex flex-1 flex-col gap-4 p-3 sm:p-4">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h1 className="font-semibold text-xl">Sourcing rules of {region.name}</h1>
          <p className="text-ink-muted text-sm">
            {data?.changed
              ? `Last changed by ${data.changed.by ?? "the platform"}, ${formatTime(data.changed.at, data.timeZone, "day-time")}`
              : "By which node, van and carrier a cart is served. Nobody has changed them yet."}
          </p>
        </div>
        <div className="ml-auto flex items-center gap-2">
          {me.regions.length > 1 && (
            <Select
              label="Region"
              hideLabel
              options={me.regions.map(({ id, name }) => ({ value: id, label: name }))}
              value={region.id}
              onValueChange={(id) => change({ region: id })}
            />
          )}
          <LiveBadge liveness={liveness} />
        </div>
      </header>
      {known.isError ? (
        <FaultNotice sentence={readFault(known.error).sentence} onRetry={() => void known.refetch()} />
      ) : data ? (
        <>
          <RulesForm key={region.id} regionId={region.id} known={data} />
          <ChannelsCard regionId={region.id} />
          <SharesCard key={`shares of ${region.id}`} regionId={region.id} />
        </>
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-2" aria-busy="true">
          <Skeleton className="h-160 rounded-card" />
          <Skeleton className="h-40 rounded-card" />
        </div>
      )}
    </div>
  );
}
