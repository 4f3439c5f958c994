"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { useTRPCClient } from "#components/trpc/connection.tsx";
import type { CartLine, Destination } from "#server/domain/cart.ts";
import type { RegionId } from "#server/domain/id.ts";
import { type KeptHold, keptHold, mismatchOf, slotRefOf, useKeptHold } from "./hold-store.ts";
import type { SlotRef } from "./slot-board.ts";

/** Why a shopper who had a window has none now. */
export type KeptLoss = "over" | "cartChanged" | "addressChanged";

export interface KeptWindow {
  /** For the cart and the address as they are. */
  readonly hold: KeptHold | null;
  /** Why there is none any more, until there is another. */
  readonly notice: KeptLoss | null;
  /** The window that was lost: to be shown first. */
  readonly wanted: SlotRef | null;
  /** It is no longer the shopper's, and the platform knows. */
  lose(why: KeptLoss): void;
  /** There is one again. */
  settle(): void;
}

/**
 * The window that this tab's shopper has. One that is for another cart or another place is given back as soon as that is
 * known. `onLost` hears of every loss.
 */
export function useKeptWindow(
  regionId: RegionId,
  /** Null while it is not known, or is being confirmed: then nothing is compared. */
  order: { readonly lines: readonly CartLine[]; readonly destination: Destination | null } | null,
  onLost: (why: KeptLoss, lost: KeptHold) => void,
): KeptWindow {
  const client = useTRPCClient();
  const hold = useKeptHold();
  const [notice, setNotice] = useState<KeptLoss | null>(null);
  const [wanted, setWanted] = useState<SlotRef | null>(null);

  const lose = (why: KeptLoss): KeptHold | null => {
    const lost = keptHold.read();
    if (!lost) return null;
    keptHold.write(null);
    setNotice(why);
    setWanted(slotRefOf(lost));
    onLost(why, lost);
    return lost;
  };
  const mismatch = hold && order && mismatchOf(hold, regionId, order.lines, order.destination);
  const giveBack = useEffectEvent((why: KeptLoss) => {
    const lost = lose(why);
    // Best effort: the next hold takes its place in any case, and the sweeper returns what nobody gives back.
    if (lost) client.promise.release.mutate({ holdId: lost.holdId }).catch(() => {});
  });
  useEffect(() => {
    if (mismatch) giveBack(mismatch);
  }, [mismatch]);

  return {
    hold: mismatch ? null : hold,
    notice,
    wanted,
    lose,
    settle() {
      setNotice(null);
      setWanted(null);
    },
  };
}
