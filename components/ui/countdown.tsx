"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { useReaderLanguage } from "./reader-language.tsx";

/** How far the platform's clock runs ahead of this browser's, in milliseconds: measure when an answer arrives. */
export function skewOf(platformNow: string): number {
  return Date.parse(platformNow) - Date.now();
}

/** Whole seconds left until `until` by the platform's clock, never below zero. `onOver` is called once, at zero. */
export function useSecondsLeft(until: string, skewMs: number, onOver?: () => void): number {
  const left = () => Math.max(0, Math.ceil((Date.parse(until) - Date.now() - skewMs) / 1000));
  const [seconds, setSeconds] = useState(left);
  const over = useEffectEvent(() => onOver?.());
  const read = useEffectEvent(left);
  useEffect(() => {
    void until;
    void skewMs;
    let done = false;
    const tick = () => {
      const now = read();
      setSeconds(now);
      if (now === 0 && !done) {
        done = true;
        clearInterval(timer);
        over();
      }
    };
    // Four looks a second: the shown second never lags visibly, also when the tab was asleep.
    const timer = setInterval(tick, 250);
    tick();
    return () => clearInterval(timer);
  }, [until, skewMs]);
  return seconds;
}

/** "9:59", ticking. Spoken only now and then: a screen reader that read every second would say nothing else. */
export function Countdown({
  until,
  skewMs,
  onOver,
  className,
}: {
  until: string;
  skewMs: number;
  onOver?: () => void;
  className?: string;
}) {
  const { locale, words } = useReaderLanguage();
  const seconds = useSecondsLeft(until, skewMs, onOver);
  const spoken = spokenDuration(seconds, locale);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return (
    <span className={className} role="timer" aria-label={spoken} suppressHydrationWarning>
      <span aria-hidden="true">{clock}</span>
      <span className="sr-only" aria-live="polite">
        {seconds > 0 && (seconds === 60 || seconds === 120 || seconds === 30)
          ? words.timeLeft.replace("{time}", spoken)
          : ""}
      </span>
    </span>
  );
}

function spokenDuration(seconds: number, locale: string): string {
  const inUnits = (unit: string) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" });
  return seconds < 60 ? inUnits("second").format(seconds) : inUnits("minute").format(Math.floor(seconds / 60));
}
