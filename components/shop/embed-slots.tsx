"use client";

import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import type { CartLine, Destination } from "#server/domain/cart.ts";
import type { ShortLine } from "#server/domain/quote.ts";
import { cartKey } from "./cart-store.ts";
import { endCheckoutRun } from "./checkout-store.ts";
import type { ColourScheme } from "./colour-scheme.ts";
import { placeKey } from "./delivery-store.ts";
import type { LossReason } from "./embed-contract.ts";
import { type KeptHold, keptHold, slotRefOf } from "./hold-store.ts";
import { HoldTimer } from "./hold-timer.tsx";
import { LANGUAGES, type Language } from "./language.ts";
import { LeftOutNotice } from "./left-out-notice.tsx";
import { afterLeaving, type LeftOut, linesLeft } from "./left-out-store.ts";
import { MovingNotice } from "./moving-notice.tsx";
import type { ShopRegion } from "./shop-region.tsx";
import type { SlotRef } from "./slot-board.ts";
import { SlotPickerSkeleton } from "./slot-picker-skeleton.tsx";
import { useEmbedHost } from "./use-embed-host.ts";
import { useKeptWindow } from "./use-kept-window.ts";
import { WindowStep } from "./window-step.tsx";
import { useWords } from "./words.tsx";

/** The picker in another shop's page: cart and address come from there, and what is held is said there. */
export function EmbedSlots({
  region,
  host,
  channel,
  language,
  scheme: schemeAtFirst,
}: {
  region: ShopRegion;
  /** The origin of the page around it. */
  host: string;
  /** The pass of the channel that the page around it belongs to. */
  channel: string | undefined;
  language: Language;
  scheme: ColourScheme;
}) {
  const router = useRouter();
  const { say } = useWords();
  const [cart, setCart] = useState<{ lines: readonly CartLine[]; partial: boolean } | null>(null);
  const [reduced, setReduced] = useState<LeftOut | null>(null);
  const [destination, setDestination] = useState<Destination | null>(null);
  const [scheme, setScheme] = useState(schemeAtFirst);

  const tell = useEmbedHost(host, (message) => {
    switch (message.type) {
      case "cart":
        return setCart(message);
      case "address":
        return setDestination(message.destination);
      case "scheme":
        return setScheme(message.scheme);
      case "confirmed":
        endCheckoutRun();
        return keptHold.write(null);
      case "language": {
        const next = new URLSearchParams(window.location.search);
        next.set("language", message.language);
        // Rendered again with the other catalogue; the cart, the address and what is held stay.
        return router.replace(`${window.location.pathname}?${next}`, { scroll: false });
      }
    }
  });

  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => tell({ type: "height", heightPx: Math.ceil(element.offsetHeight) }));
    observer.observe(element);
    return () => observer.disconnect();
  }, [tell]);
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = LANGUAGES[language].dir;
  }, [language]);

  const sayLost = (reason: LossReason, { startsAt, endsAt }: SlotTimes, nearest: SlotTimes | null) =>
    tell({
      type: "lost",
      reason,
      startsAt,
      endsAt,
      nearest: nearest && { startsAt: nearest.startsAt, endsAt: nearest.endsAt },
    });
  // Of this cart, not of one that was told before it.
  const leftOut = cart && reduced && cartKey(reduced.wanted) === cartKey(cart.lines) ? reduced : null;
  const lines = cart && linesLeft(cart.lines, leftOut?.short ?? []);
  const order = lines && destination && { lines, destination };
  const { hold, moving, isMoved, notice, wanted, lose, settle } = useKeptWindow(region.regionId, order, (why, lost) =>
    sayLost(why, lost, null),
  );
  // Before cart and address are told nobody knows whether what was kept is for them.
  const ours = order && hold;
  const sayChosen = useEffectEvent((chosen: KeptHold) => {
    const { holdId, mode, place, carriers, startsAt, endsAt, priceCents, expiresAt } = chosen;
    const { timeZone, currency } = region;
    const nodeId = place?.nodeId ?? null;
    tell({
      type: "chosen",
      holdId,
      mode,
      nodeId,
      carriers,
      startsAt,
      endsAt,
      timeZone,
      priceCents,
      currency,
      expiresAt,
      lines: lines ?? [],
      leftOut: (leftOut?.short ?? []).map(({ skuId, wanted, available }) => ({ skuId, units: wanted - available })),
    });
  });
  const saidOf = useRef<string>(undefined);
  useEffect(() => {
    // Said again when it is kept for longer.
    const said = ours && `${ours.holdId} ${ours.expiresAt}`;
    if (ours && said && saidOf.current !== said) {
      saidOf.current = said;
      sayChosen(ours);
    }
  }, [ours]);

  return (
    <div ref={frame} lang={language} dir={LANGUAGES[language].dir} data-width="full" data-scheme={scheme}>
      <main className="flex flex-col gap-4 p-4">
        {notice && !ours && <FaultNotice tone="warn" sentence={say.checkout[notice]} />}
        {ours && <HoldTimer hold={ours} isMoved={isMoved} onOver={() => lose("over")} />}
        {leftOut && <LeftOutNotice short={leftOut.short} onPutBack={() => setReduced(null)} />}
        {moving && <MovingNotice slot={slotRefOf(moving)} timeZone={region.timeZone} />}
        {order && !moving ? (
          <WindowStep
            key={`${placeKey(order.destination)} ${order.destination.address} ${cartKey(order.lines)}`}
            region={region}
            lines={order.lines}
            channel={channel}
            askedFor={leftOut?.wanted}
            {...(cart?.partial && {
              onLeaveOut: (short: readonly ShortLine[]) => setReduced(afterLeaving(order.lines, leftOut, short)),
            })}
            destination={order.destination}
            hold={ours}
            wanted={wanted}
            onHeld={settle}
            onLost={({ slot, fault }, nearest) => fault.code && sayLost(fault.code, slot, nearest)}
          />
        ) : (
          !moving && <SlotPickerSkeleton />
        )}
      </main>
    </div>
  );
}

type SlotTimes = Pick<SlotRef, "startsAt" | "endsAt">;
