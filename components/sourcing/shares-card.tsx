"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { RegionId } from "#server/domain/id.ts";
import { ShareBar } from "./share-bar.tsx";
import { RESOURCE_WORDS, RESOURCES, type SharesOfChannel, wordsOfUse } from "./share-words.ts";
import { SharesDialog } from "./shares-dialog.tsx";

/** What each channel has of the coming week, and the most that it may have. */
export function SharesCard({ regionId }: { regionId: RegionId }) {
  const trpc = useTRPC();
  const shares = useQuery(trpc.tower.channelShares.queryOptions({ regionId }));
  const [changedId, setChangedId] = useState<string | null>(null);
  const changed = shares.data?.channels.find(({ channelId }) => channelId === changedId);
  return (
    <Card className="p-4">
      <section aria-labelledby="shares" className="flex flex-col gap-3">
        <div>
          <h2 id="shares" className="font-semibold">
            Shares of the channels
          </h2>
          <p className="text-ink-muted text-sm">
            The most that one may have of what is limited, so that it takes no window from the others. The bar says what
            it has of the coming week, pale where it has most; the line is its share.
          </p>
        </div>
        {shares.isError ? (
          <FaultNotice sentence={readFault(shares.error).sentence} onRetry={() => void shares.refetch()} />
        ) : shares.data ? (
          <ul className="divide-y divide-line">
            {shares.data.channels.map((channel) => (
              <li key={channel.channelId} className="flex flex-col gap-3 py-3">
                <div className="flex flex-wrap items-center justify-between gap-2">
                  <h3 className="font-medium">
                    {channel.name} <span className="font-normal text-ink-muted text-sm">{lapseWords(channel)}</span>
                  </h3>
                  <Button size="small" variant="quiet" onClick={() => setChangedId(channel.channelId)}>
                    Change the shares of {channel.name}
                  </Button>
                </div>
                <dl className="grid gap-x-8 gap-y-3 lg:grid-cols-2">
                  {RESOURCES.map((resource) => {
                    const use = channel.uses[resource];
                    const share = channel.shares[resource];
                    if (!use) return null;
                    return (
                      <div key={resource} className="flex flex-col gap-1.5">
                        <dt className="flex justify-between gap-3 text-sm">
                          <span>{RESOURCE_WORDS[resource]}</span>
                          <span className="text-ink-muted">{share === null ? "not limited" : `share ${share} %`}</span>
                        </dt>
                        <dd className="flex flex-col gap-1.5">
                          <ShareBar label={`${RESOURCE_WORDS[resource]}, ${channel.name}`} use={use} share={share} />
                          <span className="text-ink-muted text-xs">{wordsOfUse(use, shares.data.timeZone)}</span>
                        </dd>
                      </div>
                    );
                  })}
                </dl>
              </li>
            ))}
          </ul>
        ) : (
          <Skeleton className="h-40" />
        )}
        {changed && shares.data && (
          <SharesDialog
            key={changed.channelId}
            regionId={regionId}
            channel={changed}
            timeZone={shares.data.timeZone}
            onClose={() => setChangedId(null)}
          />
        )}
      </section>
    </Card>
  );
}

function lapseWords({ shares: { lapsesHours, ...percents } }: SharesOfChannel): string {
  if (lapsesHours === null || Object.values(percents).every((percent) => percent === null)) return "";
  return lapsesHours === 1 ? "until an hour before" : `until ${lapsesHours} hours before`;
}
