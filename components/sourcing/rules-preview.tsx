"use client";

import { skipToken, useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { formatMoney } from "#components/ui/format-money.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { WindowText } from "#components/ui/time-text.tsx";
import type { RegionId } from "#server/domain/id.ts";
import type { SampleChoice, SourcingSample } from "#server/domain/sourcing-preview.ts";
import type { SourcingRules } from "#server/domain/sourcing-rules.ts";
import { costChangeCents, isChanged, previewSentence } from "./preview-words.ts";

const NAMED_GOODS = 3;

/** What other rules would do to sample carts: a sentence, and each cart that would be served otherwise. */
export function RulesPreview({
  regionId,
  rules,
  currency,
  isStale,
}: {
  regionId: RegionId;
  /** Null: nothing was asked yet. */
  rules: SourcingRules | null;
  currency: string;
  /** Something was typed since. */
  isStale: boolean;
}) {
  const trpc = useTRPC();
  const preview = useQuery(
    trpc.promise.previewSourcing.queryOptions(rules ? { regionId, rules } : skipToken, { staleTime: 30_000 }),
  );
  if (!rules)
    return (
      <Card>
        <EmptyState title="Nothing is compared yet">
          Change a rule and look at what it does: sample carts at sample doors are planned by the rules as they are and
          as they would be. Nothing is written.
        </EmptyState>
      </Card>
    );
  if (preview.isError)
    return <FaultNotice sentence={readFault(preview.error).sentence} onRetry={() => void preview.refetch()} />;
  if (!preview.data)
    return (
      <div className="flex flex-col gap-2" aria-busy="true">
        <Skeleton className="h-10 rounded-card" />
        <Skeleton className="h-28 rounded-card" />
        <Skeleton className="h-28 rounded-card" />
      </div>
    );
  const { samples, timeZone } = preview.data;
  if (samples.length === 0)
    return (
      <Card>
        <EmptyState title="There are no sample doors">
          Import addresses.csv for this region, and stock, to see what other rules would change.
        </EmptyState>
      </Card>
    );
  const changed = samples.filter(isChanged);
  const moreCents = costChangeCents(samples);
  return (
    <section className="flex flex-col gap-3" aria-label="What changes">
      <div aria-live="polite" className="flex flex-col gap-1">
        <p className="font-medium">{previewSentence(samples)}</p>
        {moreCents !== 0 && (
          <p className="text-ink-muted text-sm">
            Handling, picking and driving of these carts would cost {formatMoney(Math.abs(moreCents), currency)}{" "}
            {moreCents > 0 ? "more" : "less"}, together.
          </p>
        )}
        {isStale && <p className="text-sm text-warn">The form has changed since: look again.</p>}
      </div>
      <ul className="flex flex-col gap-2">
        {changed.map((sample) => (
          <li key={`${sample.address} ${sample.goods.map(({ name }) => name).join()}`}>
            <Card className="flex flex-col gap-3 p-4">
              <div>
                <h3 className="font-medium">{goodsWords(sample)}</h3>
                <p className="text-ink-muted text-sm">
                  To {sample.address}
                  {sample.window && (
                    <>
                      , <WindowText {...sample.window} zone={timeZone} withDay />
                    </>
                  )}
                </p>
              </div>
              <dl className="grid gap-3 sm:grid-cols-2">
                <Choice title="As the rules are" choice={sample.before} currency={currency} />
                <Choice title="As they would be" choice={sample.after} currency={currency} />
              </dl>
            </Card>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Choice({ title, choice, currency }: { title: string; choice: SampleChoice; currency: string }) {
  const { delivery, parcel, openWindows } = choice;
  return (
    <div className="flex flex-col gap-0.5">
      <dt className="text-ink-muted text-sm">{title}</dt>
      <dd className="flex flex-wrap items-center gap-x-2">
        {delivery ? delivery.nodes.join(" and ") : "Nobody can deliver it"}
        {delivery && delivery.nodes.length > 1 && <Badge tone="info">split</Badge>}
      </dd>
      <dd className="text-ink-muted text-sm">
        {delivery && `Costs ${formatMoney(delivery.costCents, currency)}. `}
        {openWindows === 1 ? "1 window open." : `${openWindows} windows open.`}
      </dd>
      <dd className="text-ink-muted text-sm">
        {parcel ? `As a parcel: ${parcel.nodes.join(" and ")}, by ${parcel.carriers.join(" and ")}` : "Not as a parcel"}
      </dd>
    </div>
  );
}

function goodsWords({ goods }: SourcingSample): string {
  const named = goods.slice(0, NAMED_GOODS).map(({ name, units }) => (units > 1 ? `${units} × ${name}` : name));
  const more = goods.length - named.length;
  return more > 0 ? `${named.join("; ")} and ${more} more` : named.join("; ");
}
