import { formatTime } from "#components/ui/format-time.ts";
import type { Service } from "#server/domain/state.ts";
import type { AtStake, Blackout, CalendarDay, CutOffOfScope, Entry } from "./calendar-data.ts";

export const SERVICES: Record<Service, string> = { delivery: "Delivery", pickup: "Pickup", parcel: "Parcels" };

export const WHY: Record<AtStake["promises"][number]["why"], string> = {
  window: "its window is not given",
  picking: "to be picked while the node is closed",
  van: "its van starts at the closed node",
  run: "its run to the store does not go",
};

export const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** Noon in UTC is the same calendar day in the zone it is formatted in. */
export function dayName(day: string, style: "day" | "short-day" | "day-month" | "weekday" = "day"): string {
  return formatTime(`${day}T12:00:00Z`, "UTC", style);
}

/** "closed", "10:00–14:00, 2 pickers". */
export function entryWords({ hours, workSec }: Pick<Entry, "hours" | "workSec">): string {
  const words = [
    hours && `${hours.opens}–${hours.closes}`,
    workSec !== null && (workSec === 3600 ? "1 picker" : `${Math.round(workSec / 36) / 100} pickers`),
  ].filter(Boolean);
  return words.length === 0 ? "closed" : words.join(", ");
}

export function blackoutWords({ service, starts }: Pick<Blackout, "service" | "starts">): string {
  if (service === "parcel") return "no parcels";
  return starts === null
    ? `no ${SERVICES[service].toLowerCase()} windows`
    : `no ${SERVICES[service].toLowerCase()} window at ${starts}`;
}

export function stakeWords(count: number): string {
  return count === 1 ? "1 promise at stake" : `${count} promises at stake`;
}

export function atStakeOf({ entries, blackouts }: Pick<CalendarDay, "entries" | "blackouts">): number {
  // A promise may be touched by several entries: the most that one of them touches is never too many.
  return Math.max(0, ...[...entries, ...blackouts].map(({ atStake }) => atStake));
}

/** All that a cell of the calendar says, for who hears it. */
export function spokenDay(day: CalendarDay, today: string): string {
  const changes = [
    ...day.entries.map((entry) => `${entry.nodeName ?? "whole region"}: ${entry.name}, ${entryWords(entry)}`),
    ...day.blackouts.map(
      (blackout) => `${blackout.nodeName ?? "whole region"}: ${blackout.name}, ${blackoutWords(blackout)}`,
    ),
  ];
  const stake = atStakeOf(day);
  return [
    `${dayName(day.day)}${day.day === today ? ", today" : ""}`,
    changes.length === 0 ? "a usual day" : changes.join("; "),
    day.promised > 0 && `${day.promised} promised`,
    stake > 0 && stakeWords(stake),
  ]
    .filter(Boolean)
    .join(". ");
}

/** "18:00 the day before", "90 min before". */
export function cutOffWords({
  orderBy,
  leadDays,
  leastLeadMin,
}: Pick<CutOffOfScope, "orderBy" | "leadDays" | "leastLeadMin">): string {
  const when = leadDays === 0 ? "" : leadDays === 1 ? " the day before" : ` ${leadDays} days before`;
  const lead = leastLeadMin % 60 === 0 ? `${leastLeadMin / 60} h ahead` : `${leastLeadMin} min ahead`;
  return [orderBy && `${orderBy}${when}`, leastLeadMin > 0 && lead].filter(Boolean).join(", and ");
}
