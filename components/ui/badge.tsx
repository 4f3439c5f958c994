import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { SOFT_TONE, type Tone } from "./tone.ts";

/** A few words with a colour; the words alone must do. */
export function Badge({
  tone = "neutral",
  className,
  children,
}: {
  tone?: Tone;
  className?: string;
  children: ReactNode;
}) {
  return (
    <span
      className={classNames(
        "inline-flex items-center gap-1 rounded-full px-2 py-0.5 font-medium text-xs whitespace-nowrap",
        SOFT_TONE[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
