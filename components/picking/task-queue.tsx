"use client";

import { PackageCheck } from "lucide-react";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatTime } from "#components/ui/format-time.ts";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { useNow } from "#components/ui/use-now.ts";
import { BroughtCard } from "./brought-card.tsx";
import { ParcelOutcome } from "./parcel-outcome.tsx";
import type { Brought, Queue, Task } from "./picking-data.ts";
import { SECTION_OF, taskLooks } from "./picking-looks.ts";
import { TaskCard } from "./task-card.tsx";

/** What to pick, least time left first; what other nodes bring; what waits to leave; what is gone. */
export function TaskQueue({ queue }: { queue: Queue }) {
  const now = useNow(queue.now);
  const sections: Record<"pick" | "ready" | "gone", Task[]> = { pick: [], ready: [], gone: [] };
  for (const task of queue.tasks) sections[SECTION_OF[task.state]].push(task);
  const { ready, gone } = sections;
  // What is parked is not to be picked: it stands behind what is.
  const pick = [...sections.pick.filter((task) => !task.parking), ...sections.pick.filter((task) => task.parking)];
  const parked = pick.filter((task) => task.parking).length;
  const toReceive = queue.brought.filter(({ state }) => state !== "received" && state !== "delivered");
  const toCollect = queue.brought.filter(({ state }) => state === "received");

  if (queue.tasks.length + queue.brought.length === 0)
    return (
      <EmptyState icon={<PackageCheck className="size-8" aria-hidden="true" />} title="Nothing to pick on this day">
        An order that is confirmed for this node appears here by itself.
      </EmptyState>
    );
  const cards = (tasks: readonly Task[]) => (
    <ul className="grid items-start gap-3 lg:grid-cols-2">
      {tasks.map((task) => (
        <li key={task.fulfilmentId}>
          <TaskCard task={task} now={now} zone={queue.timeZone} />
        </li>
      ))}
    </ul>
  );
  return (
    <div className="flex flex-col gap-8">
      <section aria-labelledby="to-pick">
        <Heading id="to-pick" title="To pick" count={pick.length - parked} />
        {pick.length === 0 ? <p className="text-ink-muted">Nothing is left to pick.</p> : cards(pick)}
      </section>
      {toReceive.length > 0 && (
        <section aria-labelledby="to-receive">
          <Heading id="to-receive" title="Brought here" count={toReceive.length} />
          <BroughtCards brought={toReceive} zone={queue.timeZone} />
        </section>
      )}
      {toCollect.length > 0 && (
        <section aria-labelledby="to-collect">
          <Heading id="to-collect" title="Here to be collected" count={toCollect.length} />
          <BroughtCards brought={toCollect} zone={queue.timeZone} />
        </section>
      )}
      {ready.length > 0 && (
        <section aria-labelledby="ready">
          <Heading id="ready" title="Ready to leave" count={ready.length} />
          {cards(ready)}
        </section>
      )}
      {gone.length > 0 && (
        <Disclosure
          title={
            <span className="font-semibold text-lg">
              Left the node <span className="font-normal text-ink-muted">{gone.length}</span>
            </span>
          }
        >
          <ul className="mt-2 overflow-hidden rounded-card border border-line bg-surface">
            {gone.map((task) => (
              <li
                key={task.fulfilmentId}
                className="flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-b px-4 py-3 last:border-b-0"
              >
                <span className="w-16 font-semibold">{task.number}</span>
                <span className="min-w-32 flex-1">{task.customerName}</span>
                {task.handedOverAt && (
                  <span className="text-ink-muted max-sm:order-1 max-sm:basis-full max-sm:ps-20">
                    handed over {formatTime(task.handedOverAt, queue.timeZone)}
                    {task.carrier && ` to ${task.carrier.name}`}
                    {task.run && ` for ${task.run.to}`}
                  </span>
                )}
                <StateBadge state={task.state} looks={taskLooks(task.service)} />
                {task.service === "parcel" && task.state === "handed_over" && (
                  <ParcelOutcome fulfilmentId={task.fulfilmentId} />
                )}
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
    </div>
  );
}

function BroughtCards({ brought, zone }: { brought: readonly Brought[]; zone: string }) {
  return (
    <ul className="grid items-start gap-3 lg:grid-cols-2">
      {brought.map((one) => (
        <li key={one.fulfilmentId}>
          <BroughtCard brought={one} zone={zone} />
        </li>
      ))}
    </ul>
  );
}

function Heading({ id, title, count }: { id: string; title: string; count: number }) {
  return (
    <h2 id={id} className="mb-3 font-semibold text-lg">
      {title} <span className="font-normal text-ink-muted">{count}</span>
    </h2>
  );
}
