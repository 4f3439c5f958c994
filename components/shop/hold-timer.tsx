"use client";

import { Timer } from "lucide-react";
import { Countdown } from "#components/ui/countdown.tsx";
import type { KeptHold } from "./hold-store.ts";
import { useWords } from "./words.tsx";

/** How long the window is still kept, and what is kept with it. */
export function HoldTimer({ hold, onOver }: { hold: KeptHold; onOver: () => void }) {
  const { say } = useWords();
  return (
    <p className="flex items-center gap-3 rounded-card bg-accent-soft px-4 py-3 sm:px-6">
      <Timer className="size-5 shrink-0 text-accent" aria-hidden="true" />
      <span className="min-w-0 flex-1">
        <span className="font-medium">
          {say.checkout.kept}{" "}
          <Countdown
            key={hold.holdId}
            until={hold.expiresAt}
            skewMs={hold.skewMs}
            onOver={onOver}
            className="font-semibold text-accent"
          />
        </span>
        <span className="block text-ink-muted text-sm">{say.checkout.keptHint[hold.mode]}</span>
      </span>
    </p>
  );
}
