"use client";

import { formatTime, formatWindow, sameClock, type TimeStyle, zoneName } from "./format-time.ts";
import { useReaderLanguage } from "./reader-language.tsx";
import { useReaderZone } from "./use-reader-zone.ts";

/** An instant by the clock of `zone`. Names the zone when the reader's own clock shows something else. */
export function TimeText({ at, zone, style = "time" }: { at: string; zone: string; style?: TimeStyle }) {
  const { locale } = useReaderLanguage();
  return (
    <time dateTime={at}>
      {formatTime(at, zone, style, locale)}
      <ZoneNote at={at} zone={zone} />
    </time>
  );
}

/** A window by the clock of `zone`: "14:00–16:00", with the day in front when asked. */
export function WindowText({
  startsAt,
  endsAt,
  zone,
  withDay = false,
}: {
  startsAt: string;
  endsAt: string;
  zone: string;
  withDay?: boolean;
}) {
  const { locale } = useReaderLanguage();
  return (
    <time dateTime={`${startsAt}/${endsAt}`}>
      {withDay && `${formatTime(startsAt, zone, "short-day", locale)}, `}
      {formatWindow(startsAt, endsAt, zone, locale)}
      <ZoneNote at={startsAt} zone={zone} />
    </time>
  );
}

export function ZoneNote({ at, zone }: { at: string; zone: string }) {
  const { locale } = useReaderLanguage();
  const reader = useReaderZone();
  if (!reader || sameClock(at, reader, zone)) return null;
  return <span title={zone}> {zoneName(at, zone, locale)}</span>;
}
