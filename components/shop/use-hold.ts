"use client";

import { useRef, useState } from "react";
import { useTRPCClient } from "#components/trpc/connection.tsx";
import { type ReadFault, readFault } from "#components/trpc/read-fault.ts";
import { skewOf } from "#components/ui/countdown.tsx";
import type { CartLine, Destination } from "#server/domain/cart.ts";
import type { HoldId, OrderId, RegionId } from "#server/domain/id.ts";
import { cartKey } from "./cart-store.ts";
import { keptHold } from "./hold-store.ts";
import type { Slot } from "./slot-board.ts";

/** A window that was chosen and could not be had. */
export interface LostSlot {
  readonly slot: Slot;
  readonly fault: ReadFault;
}

export interface Holding {
  /** The window that is being asked for. */
  readonly pendingKey: string | null;
  readonly lost: LostSlot | null;
  choose(slot: Slot): Promise<boolean>;
  /** Gives the kept window back. */
  release(): void;
  forgetLoss(): void;
}

/** Keeps one window at a time: another one is given back once the new one is had, never before. */
export function useHold(
  regionId: RegionId,
  lines: readonly CartLine[],
  destination: Destination | null,
  /** The window was refused: what is on the screen is no longer true. */
  onLost: (lost: LostSlot) => void,
): Holding {
  const client = useTRPCClient();
  const [pendingKey, setPendingKey] = useState<string | null>(null);
  const [lost, setLost] = useState<LostSlot | null>(null);
  // The same offer asked for again after a broken connection is the same hold.
  const attempt = useRef<{ offer: string; holdId: HoldId }>(undefined);

  const giveBack = (holdId: HoldId) => {
    // Best effort: the sweeper returns what nobody gives back.
    client.promise.release.mutate({ holdId }).catch(() => {});
  };
  return {
    pendingKey,
    lost,
    forgetLoss: () => setLost(null),
    release() {
      const hold = keptHold.read();
      keptHold.write(null);
      if (hold) giveBack(hold.holdId);
    },
    async choose(slot) {
      if (pendingKey !== null || slot.offer === null || !destination) return false;
      const before = keptHold.read();
      if (attempt.current?.offer !== slot.offer)
        attempt.current = { offer: slot.offer, holdId: crypto.randomUUID() as HoldId };
      const { holdId } = attempt.current;
      setPendingKey(slot.key);
      setLost(null);
      try {
        const view = await client.promise.hold.mutate({ holdId, offer: slot.offer, lines: [...lines], destination });
        keptHold.write({
          holdId,
          orderId: crypto.randomUUID() as OrderId,
          regionId,
          slotKey: slot.key,
          mode: slot.mode,
          place: slot.place,
          startsAt: slot.startsAt,
          endsAt: slot.endsAt,
          priceCents: slot.priceCents,
          destination,
          cartKey: cartKey(lines),
          expiresAt: view.expiresAt,
          skewMs: skewOf(view.now),
        });
        attempt.current = undefined;
        if (before && before.holdId !== holdId) giveBack(before.holdId);
        return true;
      } catch (error) {
        const fault = readFault(error);
        // A refusal is final for this id; a broken connection may have held it.
        if (fault.code) attempt.current = undefined;
        const lost = { slot, fault };
        setLost(lost);
        if (fault.code) onLost(lost);
        return false;
      } finally {
        setPendingKey(null);
      }
    },
  };
}
