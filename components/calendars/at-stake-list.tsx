"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { TEXT_BUTTON } from "#components/ui/button-look.ts";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { formatTime, formatWindow } from "#components/ui/format-time.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { AtStake, Stake } from "./calendar-data.ts";
import { SERVICES, stakeWords, WHY } from "./calendar-words.ts";

/** What is promised and would be kept although the day is otherwise: asked of the server as the form stands. */
export function AtStakeList({ stake, linksToOrders }: { stake: Stake; linksToOrders: boolean }) {
  const trpc = useTRPC();
  const found = useQuery(trpc.calendars.atStake.queryOptions(stake, { placeholderData: (shown) => shown }));
  if (found.isError)
    return <FaultNotice sentence={readFault(found.error).sentence} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton className="h-16 rounded-card" />;
  const { count, promises, timeZone } = found.data;
  if (count === 0)
    return <p className="rounded-card bg-ok-soft px-4 py-3 text-ok text-sm">Nothing that is promised is touched.</p>;
  return (
    <section className="rounded-card bg-risk-soft px-4 py-3 text-risk" aria-busy={found.isPlaceholderData}>
      <h3 className="font-semibold" aria-live="polite">
        {stakeWords(count)}
      </h3>
      <p className="text-sm">
        They stay promised. Serve them all the same, or agree on another time with the customers.
      </p>
      <ul className="mt-2 flex max-h-48 flex-col gap-1 overflow-y-auto text-sm">
        {promises.map((promise) => (
          <PromiseLine
            key={`${promise.orderId} ${promise.nodeName}`}
            promise={promise}
            timeZone={timeZone}
            isLink={linksToOrders}
          />
        ))}
        {count > promises.length && <li>and {count - promises.length} more</li>}
      </ul>
    </section>
  );
}

function PromiseLine({
  promise: { orderId, number, service, nodeName, startsAt, endsAt, why },
  timeZone,
  isLink,
}: {
  promise: AtStake["promises"][number];
  timeZone: string;
  isLink: boolean;
}) {
  const name = `Order ${number}`;
  return (
    <li>
      {isLink ? (
        <Link href={`/ops/orders?order=${orderId}`} className={`${TEXT_BUTTON} font-medium underline`}>
          {name}
        </Link>
      ) : (
        <span className="font-medium">{name}</span>
      )}
      {`, ${SERVICES[service].toLowerCase()} from ${nodeName}, ${formatTime(startsAt, timeZone, "short-day")} ${formatWindow(startsAt, endsAt, timeZone)}: ${WHY[why]}`}
    </li>
  );
}
