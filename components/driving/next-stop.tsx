"use client";

import { useMutation } from "@tanstack/react-query";
import { MapPin, Navigation, Phone, StickyNote } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { buttonLook } from "#components/ui/button-look.ts";
import { classNames } from "#components/ui/class-names.ts";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { formatDuration } from "#components/ui/format-duration.ts";
import { TimeText, WindowText } from "#components/ui/time-text.tsx";
import { useNow } from "#components/ui/use-now.ts";
import type { LeftWith } from "#server/domain/delivery-wishes.ts";
import { expectedAt } from "#server/domain/expected-at.ts";
import { DoorNotes, LeftWithChoice } from "./door-notes.tsx";
import type { RunStop } from "./driving-data.ts";
import { TEMPERATURE_LOOKS } from "./driving-looks.ts";
import { FailDialog } from "./fail-dialog.tsx";
import { useRunAction } from "./use-run-action.ts";

/** The door to drive to now, and the one next thing to say about it. */
export function NextStop({
  stop,
  place,
  count,
  zone,
  now: platformNow,
}: {
  stop: RunStop;
  place: number;
  count: number;
  zone: string;
  now: string;
}) {
  const trpc = useTRPC();
  const action = useRunAction();
  const [failing, setFailing] = useState(false);
  const arrive = useMutation(trpc.driving.arrive.mutationOptions(action));
  const deliver = useMutation(trpc.driving.deliver.mutationOptions(action));
  const { stopId, order, state } = stop;
  const atDoor = state === "arrived";
  const current = atDoor ? deliver : arrive;
  const [leftWith, setLeftWith] = useState<LeftWith>("customer");
  const press = () => (atDoor ? deliver.mutate({ stopId, leftWith }) : arrive.mutate({ stopId }));
  return (
    <section
      aria-label={`Stop ${place} of ${count}`}
      className="overflow-hidden rounded-card border-2 border-accent bg-surface shadow-lift"
    >
      <div className="flex items-center justify-between gap-3 bg-accent-soft px-4 py-2 text-accent">
        <p className="font-semibold">
          Stop {place} of {count}
        </p>
        <Outlook stop={stop} zone={zone} platformNow={platformNow} />
      </div>
      <div className="flex flex-col gap-4 p-4">
        <div>
          <h2 className="flex items-start gap-2 font-semibold text-xl leading-snug">
            <MapPin className="mt-1 size-5 shrink-0 text-accent" aria-hidden="true" />
            {stop.address}
          </h2>
          <p className="mt-1 text-lg">
            <WindowText startsAt={stop.windowStartsAt} endsAt={stop.windowEndsAt} zone={zone} />
          </p>
        </div>
        {order && (
          <div className="flex flex-col gap-2">
            <p>
              <span className="font-semibold">{order.customerName}</span>
              <span className="text-ink-muted">
                {" · order "}
                {order.number} · {order.lineCount === 1 ? "1 line" : `${order.lineCount} lines`},{" "}
                {Math.max(1, Math.round(stop.weightG / 1000))} kg
              </span>
            </p>
            <Temperatures temperatures={order.temperatures} />
            <DoorNotes stop={stop} />
            {order.customerNote && (
              <p className="flex items-start gap-2 rounded-control bg-warn-soft px-3 py-2 text-warn">
                <StickyNote className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
                <span className="min-w-0 break-words">{order.customerNote}</span>
              </p>
            )}
          </div>
        )}
        <div className="grid grid-cols-2 gap-3">
          <a
            href={mapHref(stop)}
            target="_blank"
            rel="noreferrer"
            className={classNames(buttonLook("secondary"), "h-13")}
          >
            <Navigation className="size-4" aria-hidden="true" />
            Directions
          </a>
          {order && (
            <a
              href={`tel:${order.customerPhone.replaceAll(/[^+\d]/g, "")}`}
              aria-label={`Call ${order.customerName}`}
              className={classNames(buttonLook("secondary"), "h-13")}
            >
              <Phone className="size-4" aria-hidden="true" />
              Call
            </a>
          )}
        </div>
        {current.isError && (
          <FaultNotice
            sentence={
              readFault(current.error).code === null
                ? `No answer came. Press again when there is signal: it counts once.`
                : readFault(current.error).sentence
            }
            pending={current.isPending}
            onRetry={press}
          />
        )}
        {current.isPaused || (current.isPending && current.failureCount > 0) ? (
          <p role="status" className="font-medium text-warn">
            No signal. Trying again by itself…
          </p>
        ) : null}
        {atDoor && <LeftWithChoice stop={stop} value={leftWith} onChange={setLeftWith} />}
        <div className="flex flex-col gap-3">
          <Button variant="primary" className="h-15 w-full text-lg" pending={current.isPending} onClick={press}>
            {atDoor ? "Delivered" : "Arrived"}
          </Button>
          <Button className="h-13 w-full" onClick={() => setFailing(true)}>
            Could not deliver…
          </Button>
        </div>
      </div>
      {failing && <FailDialog stop={stop} onClose={() => setFailing(false)} />}
    </section>
  );
}

function Outlook({ stop, zone, platformNow }: { stop: RunStop; zone: string; platformNow: string }) {
  const now = useNow(platformNow);
  if (stop.arrivedAt)
    return (
      <p>
        here since <TimeText at={stop.arrivedAt} zone={zone} />
      </p>
    );
  const at = expectedAt(stop);
  const lateSec = (Math.max(Date.parse(at), now) - Date.parse(stop.windowEndsAt)) / 1000;
  return lateSec > 0 ? (
    <Badge tone="late">{formatDuration(lateSec)} late</Badge>
  ) : (
    <p>
      expected <TimeText at={at} zone={zone} />
    </p>
  );
}

export function Temperatures({ temperatures }: { temperatures: NonNullable<RunStop["order"]>["temperatures"] }) {
  const looks = temperatures.flatMap((temperature) => TEMPERATURE_LOOKS[temperature] ?? []);
  if (looks.length === 0) return null;
  return (
    <span className="flex flex-wrap gap-1.5">
      {looks.map(({ label, tone }) => (
        <Badge key={label} tone={tone}>
          {label}
        </Badge>
      ))}
    </span>
  );
}

/** Opens the phone's own navigation on Android and iOS, and a map in a browser. */
function mapHref({ lat, lng }: RunStop): string {
  return `https://www.google.com/maps/dir/?api=1&travelmode=driving&destination=${lat},${lng}`;
}
