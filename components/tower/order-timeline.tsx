import { formatTime } from "#components/ui/format-time.ts";
import type { StaffRole } from "#server/domain/state.ts";
import type { OrderEvent } from "./tower-data.ts";
import { EVENTS } from "./tower-looks.ts";

const ROLES: Record<StaffRole, string> = { ops: "operations", store: "store", driver: "driver" };

/** Who did what, when: the record as it was written, oldest first. */
export function OrderTimeline({ events, zone }: { events: readonly OrderEvent[]; zone: string }) {
  return (
    <ol className="relative flex flex-col gap-3 border-line border-l-2 pl-4">
      {events.map((event) => {
        const { words, by } = EVENTS[event.kind];
        return (
          <li key={event.eventId} className="relative">
            <span aria-hidden="true" className="absolute top-1.5 -left-5.25 size-2 rounded-full bg-accent" />
            <p className="font-medium">{words(event, zone)}</p>
            <p className="text-ink-muted text-xs">
              <time dateTime={event.at}>{formatTime(event.at, zone, "day-time")}</time>
              {" · "}
              {event.actorName ? `${event.actorName}${event.actorRole ? `, ${ROLES[event.actorRole]}` : ""}` : by}
            </p>
          </li>
        );
      })}
    </ol>
  );
}
