"use client";

import { useState } from "react";
import { useTRPCClient } from "#components/trpc/connection.tsx";
import { type ReadFault, readFault } from "#components/trpc/read-fault.ts";
import { skewOf } from "#components/ui/countdown.tsx";
import { type KeptHold, keptHold } from "./hold-store.ts";

export interface MoreTime {
  readonly pending: boolean;
  /** Why the last try failed; it may be tried again. */
  readonly failure: ReadFault | null;
  /** Answers whether the hold lasts longer now. */
  ask(): Promise<boolean>;
}

/** Asks for the one extension of a hold. `onOver` is called when the platform says that its time is over. */
export function useMoreTime(hold: KeptHold, onOver: () => void): MoreTime {
  const client = useTRPCClient();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<ReadFault | null>(null);
  const update = (change: Partial<KeptHold>) => {
    // Another window may have been chosen while the answer was on its way.
    const kept = keptHold.read();
    if (kept?.holdId === hold.holdId) keptHold.write({ ...kept, ...change });
  };
  return {
    pending,
    failure,
    async ask() {
      setPending(true);
      setFailure(null);
      try {
        const { holdId, extensionId } = hold;
        const view = await client.promise.extend.mutate({ holdId, extensionId });
        update({ isExtended: true, expiresAt: view.expiresAt, skewMs: skewOf(view.now) });
        return true;
      } catch (error) {
        const fault = readFault(error);
        if (fault.code === "hold-expired" || fault.code === "not-found") onOver();
        // It was extended before, with another key.
        else if (fault.code === "wrong-state") update({ isExtended: true });
        else setFailure(fault);
        return false;
      } finally {
        setPending(false);
      }
    },
  };
}
