"use client";

import { useState } from "react";
import { Badge } from "./badge.tsx";
import type { Tone } from "./tone.ts";

type Liveness = "connecting" | "live" | "refused";

const LOOKS: Record<Liveness, { readonly tone: Tone; readonly label: string; readonly note: string }> = {
  live: { tone: "ok", label: "Live", note: "Changes appear by themselves." },
  connecting: { tone: "warn", label: "Connecting", note: "What is shown may be behind until the connection stands." },
  refused: { tone: "late", label: "Not live", note: "This account may not listen here. Reload to see changes." },
};

/** Whether the screen follows by itself. */
export function LiveBadge({ liveness }: { liveness: Liveness }) {
  const [wasLive, setWasLive] = useState(false);
  if (liveness === "live" && !wasLive) setWasLive(true);
  const { tone, label, note } = LOOKS[liveness];
  return (
    <span role="status" title={note} className="inline-flex">
      <Badge tone={tone}>
        <span
          aria-hidden="true"
          className={
            liveness === "live" ? "size-1.5 rounded-full bg-ok" : "size-1.5 animate-breathe rounded-full bg-current"
          }
        />
        {liveness === "connecting" && wasLive ? "Reconnecting" : label}
      </Badge>
    </span>
  );
}
