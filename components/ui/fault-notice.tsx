"use client";

import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { useReaderLanguage } from "./reader-language.tsx";
import { SOFT_TONE, type Tone } from "./tone.ts";

/** What went wrong, in the fault's own sentence (it says what to do), and the way on. */
export function FaultNotice({
  sentence,
  onRetry,
  retryLabel,
  pending,
  tone = "late",
  children,
}: {
  sentence: string;
  onRetry?: (() => void) | undefined;
  retryLabel?: string;
  pending?: boolean;
  tone?: Extract<Tone, "late" | "risk" | "warn" | "info">;
  children?: ReactNode;
}) {
  const { words } = useReaderLanguage();
  return (
    <div
      role="alert"
      className={classNames("flex flex-wrap items-center gap-x-4 gap-y-2 rounded-card px-4 py-3", SOFT_TONE[tone])}
    >
      <p className="min-w-48 flex-1 font-medium">{sentence}</p>
      {children}
      {onRetry && (
        <Button size="small" pending={pending} onClick={onRetry}>
          {retryLabel ?? words.tryAgain}
        </Button>
      )}
    </div>
  );
}
