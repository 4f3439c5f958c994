"use client";

import { Check } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { useWords } from "./words.tsx";

export type StepState = "open" | "done" | "ahead";

/** One of the numbered steps: open with its content, done with what was chosen, or still ahead. */
export function CheckoutStep({
  number,
  title,
  state,
  summary,
  changeLabel,
  onChange,
  children,
}: {
  number: number;
  title: string;
  state: StepState;
  /** What was chosen, while it is done. */
  summary?: ReactNode;
  /** What a screen reader calls the button that opens it again. */
  changeLabel?: string;
  onChange?: () => void;
  children?: ReactNode;
}) {
  const { say } = useWords();
  const titleId = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(state);
  useEffect(() => {
    // The focus goes along when a step opens, but not when the page does.
    if (before.current !== "open" && state === "open") heading.current?.focus();
    before.current = state;
  }, [state]);
  return (
    <Card className={classNames("px-4 py-4 sm:px-6 sm:py-5", state === "ahead" && "bg-transparent")}>
      <section aria-labelledby={titleId}>
        <div className="flex min-h-11 items-center gap-3">
          <span
            aria-hidden="true"
            className={classNames(
              "grid size-7 shrink-0 place-items-center rounded-full font-semibold text-sm",
              state === "done"
                ? "bg-accent-soft text-accent"
                : state === "open"
                  ? "bg-accent text-on-accent"
                  : "bg-sunken text-ink-muted",
            )}
          >
            {state === "done" ? <Check className="size-4" /> : number}
          </span>
          <div className="min-w-0 flex-1">
            <h2
              ref={heading}
              id={titleId}
              tabIndex={-1}
              className={classNames(
                "scroll-mt-20 font-semibold outline-none",
                state === "done" ? "text-ink-muted text-sm" : "text-lg",
                state === "ahead" && "text-ink-muted",
              )}
            >
              {title}
            </h2>
            {state === "done" && <div className="text-pretty font-medium leading-snug">{summary}</div>}
          </div>
          {state === "done" && onChange && (
            <Button variant="quiet" size="small" aria-label={changeLabel} onClick={onChange}>
              {say.checkout.change}
            </Button>
          )}
        </div>
        {state === "open" && <div className="pt-3">{children}</div>}
      </section>
    </Card>
  );
}
