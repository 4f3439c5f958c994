"use client";

import { useRef, useState } from "react";
import { useTRPCClient } from "#components/trpc/connection.tsx";
import { type ReadFault, readFault } from "#components/trpc/read-fault.ts";
import { skewOf } from "#components/ui/countdown.tsx";
import type { CartLine, Destination } from "#server/domain/cart.ts";
import type { VisitWishes } from "#server/domain/delivery-wishes.ts";
import type { HoldId, OrderId, RegionId } from "#server/domain/id.ts";
import type { HoldView } from "#server/domain/quote.ts";
import { cartKey } from "./cart-store.ts";
import { checkoutRun, forgetHold, rememberHold } from "./checkout-store.ts";
import { keptHold } from "./hold-store.ts";
import type { Slot, SlotRef } from "./slot-board.ts";
import { visitKey } from "./wishes-store.ts";

/** A window that was chosen and could not be had. */
export interface LostSlot {
  readonly slot: SlotRef;
  readonly fault: Pick<ReadFault, "code" | "kind" | "detail">;
}

export interface Holding {
  /** The window that is being asked for. */
  readonly pendingKey: string | null;
  readonly lost: LostSlot | null;
  choose(slot: Slot): Promise<boolean>;
  forgetLoss(): void;
}

/**
 * Keeps one window at a time: the next one takes the place of the one before in one step, and when it cannot be had
 * nothing has changed.
 */
export function useHold(
  regionId: RegionId,
  lines: readonly CartLine[],
  /** The cart as it was wanted, where something of it is left out. */
  askedFor: readonly CartLine[] | undefined,
  destination: Destination | null,
  wishes: VisitWishes | undefined,
  /** The window was refused: what is on the screen is no longer true. */
  onLost: (lost: LostSlot) => void,
): Holding {
  const client = useTRPCClient();
  const [pendingKey, setPendingKey] = useState<string | null>(null);
  const [lost, setLost] = useState<LostSlot | null>(null);
  // The same offer asked for again after a broken connection is the same hold.
  const attempt = useRef<{ offer: string; holdId: HoldId }>(undefined);

  /** Asks for it in place of the last one that may be there. */
  const place = async (holdId: HoldId, offer: string, to: Destination): Promise<HoldView> => {
    const { checkoutId, formerIds } = checkoutRun();
    const insteadOf = formerIds.find((id) => id !== holdId);
    try {
      return await client.promise.hold.mutate({
        holdId,
        offer,
        lines: [...lines],
        ...(askedFor && { wanted: [...askedFor] }),
        destination: to,
        checkoutId,
        ...(insteadOf && { insteadOf }),
      });
    } catch (error) {
      const { code } = readFault(error);
      // It never was, or is an order by now: nothing to give back.
      if (!insteadOf || (code !== "not-found" && code !== "wrong-state")) throw error;
      forgetHold(insteadOf);
      return place(holdId, offer, to);
    }
  };
  return {
    pendingKey,
    lost,
    forgetLoss: () => setLost(null),
    async choose(slot) {
      if (pendingKey !== null || slot.offer === null || !destination) return false;
      if (attempt.current?.offer !== slot.offer)
        attempt.current = { offer: slot.offer, holdId: crypto.randomUUID() as HoldId };
      const { holdId } = attempt.current;
      setPendingKey(slot.key);
      setLost(null);
      try {
        const view = await place(holdId, slot.offer, destination);
        rememberHold(holdId);
        keptHold.write({
          holdId,
          orderId: crypto.randomUUID() as OrderId,
          extensionId: crypto.randomUUID(),
          isExtended: false,
          regionId,
          slotKey: slot.key,
          mode: slot.mode,
          place: slot.place,
          startsAt: slot.startsAt,
          endsAt: slot.endsAt,
          priceCents: slot.priceCents,
          deliveries: slot.deliveries,
          carriers: slot.carriers,
          destination,
          cartKey: cartKey(lines),
          visitKey: visitKey(slot.mode === "delivery" ? wishes : undefined),
          expiresAt: view.expiresAt,
          skewMs: skewOf(view.now),
        });
        attempt.current = undefined;
        return true;
      } catch (error) {
        const fault = readFault(error);
        // A refusal is final for this id; a broken connection may have held it.
        if (fault.code) attempt.current = undefined;
        else rememberHold(holdId);
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
