"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useTRPCClient } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { skewOf } from "#components/ui/countdown.tsx";
import type { CartLine, Destination } from "#server/domain/cart.ts";
import type { HoldId, RegionId } from "#server/domain/id.ts";
import { checkoutRun, forgetHold, rememberHold } from "./checkout-store.ts";
import { placeKey } from "./delivery-store.ts";
import { type KeptHold, keptHold, mismatchOf, redirected, slotRefOf, useKeptHold } from "./hold-store.ts";
import type { SlotRef } from "./slot-board.ts";

/** Why a shopper who had a window has none now. */
export type KeptLoss = "over" | "cartChanged" | "addressChanged";

export interface KeptWindow {
  /** For the cart and the address as they are. */
  readonly hold: KeptHold | null;
  /** The window that is being asked for at another address: it is nobody's to confirm until there is an answer. */
  readonly moving: KeptHold | null;
  /** The hold was made for another address, and has its window at this one now. */
  readonly isMoved: boolean;
  /** Why there is none any more, until there is another. */
  readonly notice: KeptLoss | null;
  /** The window that was lost: to be shown first. */
  readonly wanted: SlotRef | null;
  /** It is no longer the shopper's, and the platform knows. */
  lose(why: KeptLoss): void;
  /** There is one again. */
  settle(): void;
}

/** A window that was asked for at another address. */
interface AskedMove {
  readonly key: string;
  readonly isRefused: boolean;
}

function moveKey({ holdId }: KeptHold, destination: Destination): string {
  return `${holdId} ${placeKey(destination)} ${destination.address}`;
}

/**
 * The window that this tab's shopper has. At another address the same window is asked for in its place, in one step; where it
 * cannot be had there, and for another cart, it is given back. `onLost` hears of every loss.
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
  const [movedId, setMovedId] = useState<HoldId | null>(null);
  const [asked, setAsked] = useState<AskedMove | null>(null);
  const isAsking = useRef(false);

  const lose = (why: KeptLoss): KeptHold | null => {
    const lost = keptHold.read();
    if (!lost) return null;
    keptHold.write(null);
    setNotice(why);
    setWanted(slotRefOf(lost));
    onLost(why, lost);
    return lost;
  };
  const giveBack = (why: KeptLoss) => {
    const lost = lose(why);
    // Best effort: the next hold takes its place in any case, and the sweeper returns what nobody gives back.
    if (lost) client.promise.release.mutate({ holdId: lost.holdId }).catch(() => {});
  };
  const move = async (held: KeptHold, destination: Destination) => {
    const holdId = crypto.randomUUID() as HoldId;
    const key = moveKey(held, destination);
    const { checkoutId } = checkoutRun();
    // Known before it is asked for: when no answer comes it may be there all the same, and the next hold takes its place.
    rememberHold(holdId);
    isAsking.current = true;
    setAsked({ key, isRefused: false });
    try {
      const view = await client.promise.redirect.mutate({ holdId, insteadOf: held.holdId, destination, checkoutId });
      keptHold.write({ ...redirected(held, holdId, destination), expiresAt: view.expiresAt, skewMs: skewOf(view.now) });
      setMovedId(holdId);
      setAsked(null);
    } catch (error) {
      if (readFault(error).code) forgetHold(holdId);
      setAsked({ key, isRefused: true });
    } finally {
      isAsking.current = false;
    }
  };

  const isPending = asked !== null && !asked.isRefused;
  const mismatch = hold && order && mismatchOf(hold, regionId, order.lines, order.destination);
  const target = mismatch === "addressChanged" && hold?.regionId === regionId ? (order?.destination ?? null) : null;
  const answerChange = useEffectEvent(() => {
    // One at a time: what is changed meanwhile is asked about with the answer at hand.
    if (!hold || !mismatch || isAsking.current) return;
    if (target && asked?.key !== moveKey(hold, target)) void move(hold, target);
    else giveBack(mismatch);
  });
  const change = mismatch && `${hold.holdId} ${mismatch} ${target && moveKey(hold, target)}`;
  useEffect(() => {
    if (change && !isPending) answerChange();
  }, [change, isPending]);

  return {
    hold: mismatch || isPending ? null : hold,
    moving: isPending ? hold : null,
    isMoved: hold !== null && !mismatch && hold.holdId === movedId,
    notice,
    wanted,
    lose,
    settle() {
      setNotice(null);
      setWanted(null);
    },
  };
}
