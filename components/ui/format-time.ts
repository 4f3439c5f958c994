import { LOCALE } from "./locale.ts";

export type TimeStyle = "time" | "day" | "short-day" | "day-month" | "weekday" | "day-time" | "date";

const STYLES: Record<TimeStyle, Intl.DateTimeFormatOptions> = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { weekday: "long", day: "numeric", month: "long" },
  "short-day": { weekday: "short", day: "numeric", month: "short" },
  "day-month": { day: "numeric", month: "short" },
  weekday: { weekday: "short" },
  "day-time": {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  },
  date: { day: "numeric", month: "short", year: "numeric" },
};

// Making a formatter costs a hundred times what using it does.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(
  key: string,
  zone: string,
  options: Intl.DateTimeFormatOptions,
  locale: string = LOCALE,
): Intl.DateTimeFormat {
  const name = `${key} ${zone} ${locale}`;
  let made = formatters.get(name);
  if (!made) {
    made = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
    formatters.set(name, made);
  }
  return made;
}

/** An instant as the wall clock of `zone` shows it. */
export function formatTime(
  at: string | number | Date,
  zone: string,
  style: TimeStyle = "time",
  locale?: string,
): string {
  return formatter(style, zone, STYLES[style], locale).format(new Date(at));
}

/** "14:00–16:00". */
export function formatWindow(startsAt: string, endsAt: string, zone: string, locale?: string): string {
  return `${formatTime(startsAt, zone, "time", locale)}–${formatTime(endsAt, zone, "time", locale)}`;
}

/** The calendar day of an instant in `zone`, as "2026-11-22". */
export function dayOf(at: string | number | Date, zone: string): string {
  const parts = formatter("iso-day", zone, { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(
    new Date(at),
  );
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** "CET", "GMT+1": what the zone is called at that instant. */
export function zoneName(at: string | number | Date, zone: string, locale?: string): string {
  const parts = formatter("zone", zone, { timeZoneName: "short" }, locale).formatToParts(new Date(at));
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

/** Whether both zones' clocks show the same at that instant, whatever they are called. */
export function sameClock(at: string | number | Date, one: string, other: string): boolean {
  return one === other || formatTime(at, one, "day-time") === formatTime(at, other, "day-time");
}
