"use client";

import { Timer } from "lucide-react";
import { useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { Countdown, useSecondsLeft } from "#components/ui/countdown.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import type { KeptHold } from "./hold-store.ts";
import { useMoreTime } from "./use-more-time.ts";
import { useWords } from "./words.tsx";

/** More time is offered when so much is left: earlier nobody needs it, and it is given once. */
const OFFERED_AT_SEC = 120;

/** How long the window is still kept, what is kept with it, and the one extension when it is nearly over. */
export function HoldTimer({
  hold,
  isMoved = false,
  onOver,
}: {
  hold: KeptHold;
  /** It was kept for another address before. */
  isMoved?: boolean;
  onOver: () => void;
}) {
  const { say, fault } = useWords();
  const { pending, failure, ask } = useMoreTime(hold, onOver);
  const isOffered = useSecondsLeft(hold.expiresAt, hold.skewMs) <= OFFERED_AT_SEC && !hold.isExtended;
  const hint = useRef<HTMLParagraphElement>(null);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card bg-accent-soft px-4 py-3 sm:px-6">
        <Timer className="size-5 shrink-0 text-accent" aria-hidden="true" />
        <div className="min-w-56 flex-1">
          <p className="font-medium">
            {say.checkout.kept}{" "}
            <Countdown
              key={`${hold.holdId} ${hold.expiresAt}`}
              until={hold.expiresAt}
              skewMs={hold.skewMs}
              onOver={onOver}
              className="font-semibold text-accent"
            />
          </p>
          {/* Spoken when it changes, and where the focus goes when the button is gone. */}
          <p ref={hint} role="status" tabIndex={-1} className="text-ink-muted text-sm outline-none">
            {hold.isExtended
              ? say.checkout.extended
              : isOffered
                ? say.checkout.moreTimeHint
                : isMoved
                  ? say.checkout.moved
                  : say.checkout.keptHint[hold.mode]}
          </p>
        </div>
        {isOffered && (
          <Button
            className="max-sm:w-full"
            pending={pending}
            onClick={async () => {
              if (await ask()) hint.current?.focus();
            }}
          >
            {say.checkout.moreTime}
          </Button>
        )}
      </div>
      {failure && <FaultNotice sentence={fault(failure)} pending={pending} onRetry={() => void ask()} />}
    </div>
  );
}
