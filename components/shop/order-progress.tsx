import { Check, X } from "lucide-react";
import { classNames } from "#components/ui/class-names.ts";
import { TimeText } from "#components/ui/time-text.tsx";
import type { Messages } from "./messages.ts";
import { useWords } from "./words.tsx";

export interface ProgressStep {
  readonly step: keyof Messages["order"]["steps"]["delivery"];
  readonly progress: "done" | "current" | "ahead";
  readonly at: string | null;
}

/** How far an order is: what is behind it with the time, where it stands, what is still ahead. */
export function OrderProgress({
  steps,
  service,
  timeZone,
}: {
  steps: readonly ProgressStep[];
  service: keyof Messages["order"]["steps"];
  timeZone: string;
}) {
  const { say } = useWords();
  return (
    <ol className="flex flex-col" aria-label={say.order.progress}>
      {steps.map(({ step, progress, at }, place) => {
        const bad = step === "failed" || step === "unplaced";
        return (
          <li key={step} aria-current={progress === "current" ? "step" : undefined} className="flex gap-3">
            <span aria-hidden="true" className="flex flex-col items-center">
              <span
                className={classNames(
                  "grid size-6 place-items-center rounded-full",
                  progress === "ahead"
                    ? "border-2 border-line"
                    : bad
                      ? "bg-risk-soft text-risk"
                      : progress === "done"
                        ? "bg-accent text-on-accent"
                        : "border-2 border-accent bg-accent-soft",
                )}
              >
                {progress === "done" &&
                  (bad ? <X className="size-3.5" strokeWidth={3} /> : <Check className="size-3.5" strokeWidth={3} />)}
                {progress === "current" && (
                  <span
                    className={classNames("size-2.5 animate-breathe rounded-full", bad ? "bg-risk" : "bg-accent")}
                  />
                )}
              </span>
              {place < steps.length - 1 && (
                <span className={classNames("w-0.5 flex-1", progress === "done" ? "bg-accent" : "bg-line")} />
              )}
            </span>
            <span className="flex min-h-11 flex-1 items-baseline justify-between gap-3 pb-3">
              <span className={progress === "ahead" ? "text-ink-muted" : "font-medium"}>
                {say.order.steps[service][step]}
              </span>
              {at && (
                <span className="shrink-0 text-ink-muted text-sm whitespace-nowrap">
                  <TimeText at={at} zone={timeZone} style="day-time" />
                </span>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
