import { classNames } from "./class-names.ts";
import type { Tone } from "./tone.ts";

const FILL: Record<Extract<Tone, "neutral" | "accent" | "warn" | "late">, string> = {
  neutral: "bg-ink-faint",
  accent: "bg-accent",
  warn: "bg-warn",
  late: "bg-late",
};

/** How much of a limit is used. The figures belong beside it in words: the bar alone says nothing exact. */
export function Meter({
  label,
  value,
  max,
  tone = "accent",
  className,
}: {
  label: string;
  value: number;
  max: number;
  tone?: keyof typeof FILL;
  className?: string;
}) {
  const share = max <= 0 ? (value > 0 ? 1 : 0) : Math.min(1, value / max);
  return (
    <div className={classNames("relative h-1.5 overflow-hidden rounded-full bg-sunken", className)}>
      <meter className="sr-only" aria-label={label} min={0} max={Math.max(max, value, 1)} value={value} />
      <div
        aria-hidden="true"
        className={classNames("h-full rounded-full", FILL[tone])}
        style={{ width: `${share * 100}%` }}
      />
    </div>
  );
}
