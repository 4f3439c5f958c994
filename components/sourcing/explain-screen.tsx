"use client";

import { skipToken, useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { useMe } from "#components/trpc/use-me.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { DoorChooser } from "./door-chooser.tsx";
import { goodsText, useExplainView, wishesOf } from "./explain-view.ts";
import { GoodsChooser } from "./goods-chooser.tsx";
import { WayChooser } from "./way-chooser.tsx";
import { WindowFigures } from "./window-figures.tsx";
import { WindowGrid } from "./window-grid.tsx";

/** Why a window is not offered: a door and goods, all windows with the check that binds each, and the figures of one. */
export function ExplainScreen() {
  const trpc = useTRPC();
  const me = useMe();
  const [view, change] = useExplainView();
  const region = me.regions.find(({ id }) => id === view.region) ?? me.regions[0];
  const { door, goods } = view;
  const counters = me.nodes.filter(({ regionId, offersPickup }) => regionId === region?.id && offersPickup);
  const counter = counters.find(({ id }) => id === view.node);
  const isAsked = view.service !== "pickup" || counter !== undefined;
  const channels = useQuery(trpc.tower.channels.queryOptions(region ? { regionId: region.id } : skipToken)).data ?? [];
  const channel = channels.find(({ channelId }) => channelId === view.channel) ?? channels[0];
  const explanation = useQuery(
    trpc.promise.explain.queryOptions(
      region && door && goods && isAsked
        ? {
            regionId: region.id,
            lines: goods,
            destination: { ...door, address: "A door on the map" },
            channelId: channel?.channelId,
            service: view.service,
            ...(view.service === "pickup" ? { nodeId: counter?.id } : { wishes: wishesOf(view) }),
          }
        : skipToken,
      { placeholderData: (shown) => (shown?.service === view.service ? shown : undefined) },
    ),
  );
  if (!region) return <EmptyState isPage title="There is no network yet" />;
  const { data } = explanation;
  const opened = data?.windows.find(({ startsAt }) => startsAt === view.window);
  return (
    <div className="flex flex-1 flex-col gap-4 p-3 sm:p-4">
      <header>
        <h1 className="font-semibold text-xl">Why a window is not offered</h1>
        <p className="text-ink-muted text-sm">
          {data ? `Days and times in ${data.timeZone}` : "For a door and goods, the check that binds each window."}
        </p>
      </header>
      <div className="grid items-start gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <div className="flex flex-col gap-4">
          <DoorChooser
            regionId={region.id}
            door={door ?? null}
            onChoose={({ lng, lat }) => change({ region: region.id, door: `${lng},${lat}` })}
          />
          <WayChooser view={view} counters={counters} onChange={change} />
          <GoodsChooser
            regionId={region.id}
            lines={goods ?? []}
            onChange={(lines) => change({ region: region.id, goods: goodsText(lines) })}
          />
          {channels.length > 1 && channel && (
            <Select
              label="Asked through"
              options={channels.map(({ channelId, name }) => ({ value: channelId, label: name }))}
              value={channel.channelId}
              onValueChange={(id) => change({ region: region.id, channel: id })}
            />
          )}
        </div>
        {!door || !goods || !isAsked ? (
          <EmptyState title={!door ? "Choose a door" : goods ? "Choose a store" : "Choose goods"}>
            Then every window of the coming days stands here, with what keeps it from being offered.
          </EmptyState>
        ) : explanation.isError ? (
          <FaultNotice sentence={readFault(explanation.error).sentence} onRetry={() => void explanation.refetch()} />
        ) : data ? (
          <div className="flex min-w-0 flex-col gap-4" aria-busy={explanation.isPlaceholderData || undefined}>
            {!data.isOnRoad && data.service === "delivery" && (
              <FaultNotice sentence="No road of the map is near this door: move the pin." />
            )}
            {opened && <WindowFigures explanation={data} window={opened} />}
            {data.windows.length === 0 && (
              <EmptyState title={data.service === "parcel" ? "No carrier comes here" : "No windows here"}>
                {data.service === "parcel"
                  ? "No carrier fetches parcels at any node in the coming days."
                  : "No window of the coming days is set up."}
              </EmptyState>
            )}
            <WindowGrid
              explanation={data}
              opened={opened?.startsAt}
              onOpen={(startsAt) => change({ window: startsAt })}
            />
          </div>
        ) : (
          <div className="flex flex-col gap-2" aria-busy="true">
            <Skeleton className="h-24 rounded-card" />
            <Skeleton className="h-24 rounded-card" />
            <Skeleton className="h-24 rounded-card" />
          </div>
        )}
      </div>
    </div>
  );
}
