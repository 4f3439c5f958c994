"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { formatTime } from "#components/ui/format-time.ts";
import { WindowText } from "#components/ui/time-text.tsx";
import type { VisitWishes } from "#server/domain/delivery-wishes.ts";
import type { HoldId, OrderToken } from "#server/domain/id.ts";
import type { QuoteView } from "#server/domain/quote.ts";
import { fillText } from "./fill-text.ts";
import type { OutputOf } from "./output-of.ts";
import {
  allSlots,
  dayOfSlot,
  firstOpenDay,
  nearestOpen,
  type Slot,
  type SlotRef,
  slotDays,
  type Way,
} from "./slot-board.ts";
import { lowestCents, SlotPicker } from "./slot-picker.tsx";
import { SlotPickerSkeleton } from "./slot-picker-skeleton.tsx";
import type { LostSlot } from "./use-hold.ts";
import { useOfferWatch } from "./use-offer-watch.ts";
import { useOrderWindows } from "./use-windows.ts";
import { VisitWishFields } from "./visit-wishes.tsx";
import { type EnteredWishes, NO_WISHES, visitKey, visitWishesOf } from "./wishes-store.ts";
import { useWords } from "./words.tsx";

type Order = OutputOf["orders"]["byToken"];

/** Where an order can be moved to another window, as long as no store has picked any of it. */
export function OrderChange({ order, token }: { order: Order; token: OrderToken }) {
  const { say } = useWords();
  const titleId = useId();
  const [isOpen, setOpen] = useState(false);
  const [isMoved, setMoved] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    // What was pressed is gone: the focus goes where one goes on.
    if (wasOpen.current && !isOpen) button.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  if (!order.isMovable) return null;
  return (
    <Card className="px-4 py-4 sm:px-6 sm:py-5">
      <section aria-labelledby={titleId}>
        <div className="flex min-h-control flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <h2 id={titleId} className="font-semibold text-lg">
            {say.change.title}
          </h2>
          <Button ref={button} size="small" onClick={() => setOpen(!isOpen)}>
            {isOpen ? say.change.leave : say.change.open}
          </Button>
        </div>
        {isOpen ? (
          // Who has been moved meanwhile looks again from the beginning.
          <ChangeForm
            key={order.repromises.length}
            order={order}
            token={token}
            onDone={(isMovedNow) => {
              setMoved(isMovedNow);
              setOpen(false);
            }}
          />
        ) : (
          <p role="status" className="text-ink-muted">
            {isMoved ? say.change.moved : say.change.hint}
          </p>
        )}
      </section>
    </Card>
  );
}

function ChangeForm({ order, token, onDone }: { order: Order; token: OrderToken; onDone: (isMoved: boolean) => void }) {
  const { say } = useWords();
  const { timeZone, service } = order;
  const [wishedBefore] = useState(() => wishesOf(order));
  const [entered, setEntered] = useState<EnteredWishes>(wishedBefore);
  const wishes = service === "delivery" ? visitWishesOf(entered) : undefined;
  const isSameWish = visitKey(wishes) === visitKey(visitWishesOf(wishedBefore));
  const [place, setPlace] = useState<Way["place"] | undefined>(undefined);
  const [chosen, setChosen] = useState<Slot | null>(null);
  const [lost, setLost] = useState<LostSlot | null>(null);
  const [chosenDay, setDay] = useState<string | null>(null);
  const [nearestKey, setNearestKey] = useState<string | null>(null);
  const way = useMemo((): Way => ({ mode: service, place: place ?? null }), [service, place]);
  const { quote, windows, isFetching, isOfFormer, error, refresh } = useOrderWindows(
    token,
    wishes ?? NOTHING_WISHED,
    way,
  );
  // Where it is collected now, as the quote names it. Settled with the first answer.
  if (service === "pickup" && place === undefined && quote) setPlace(placeOf(order, quote));

  const gone = useOfferWatch({
    regionId: order.regionId,
    // The edge does not know which claims are the order's own: only a new quote says what is open.
    offers: NO_OFFERS,
    hasClosed: true,
    onStale: () => void refresh(),
  });
  const days = useMemo(() => slotDays(windows ?? [], way, timeZone, gone), [windows, way, timeZone, gone]);
  const isHere = service !== "pickup" || (quote && place?.nodeId === placeOf(order, quote)?.nodeId);
  const present = isHere ? allSlots(days).find(({ startsAt }) => startsAt === order.agreedStartsAt) : undefined;
  // With other wishes the present window is one to choose again.
  const kept: SlotRef | null = isSameWish ? (present ?? null) : null;
  const day = chosenDay ?? (present && dayOfSlot(days, present.key)) ?? firstOpenDay(days);

  const { error: words } = useWords();
  const wishFields =
    service === "delivery" ? (
      <VisitWishFields entered={entered} onChange={(part) => setEntered({ ...entered, ...part })} />
    ) : null;
  if (error)
    return (
      <div className="flex flex-col gap-4">
        {wishFields}
        <FaultNotice sentence={words(error)} pending={isFetching} onRetry={() => void refresh()} />
      </div>
    );
  if (!quote) return <SlotPickerSkeleton wishFields={wishFields} />;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-ink-muted">{say.change.choose}</p>
      <SlotPicker
        now={quote.now}
        timeZone={timeZone}
        currency={order.currency}
        way={way}
        isWayFixed
        wishFields={wishFields}
        isOutdated={isOfFormer}
        days={windows === undefined ? null : days}
        day={day}
        fromCents={{ delivery: lowestCents(quote.delivery), parcel: lowestCents(quote.parcel) }}
        hasParcels={quote.parcel.length > 0}
        places={quote.pickup}
        kept={kept}
        keptLabel={say.change.present}
        pendingKey={null}
        nearestKey={nearestKey}
        lost={lost}
        onWay={(next) => {
          setPlace(next.place);
          setDay(null);
          setLost(null);
        }}
        onDay={setDay}
        onChoose={setChosen}
        onKeep={() => onDone(false)}
      />
      {chosen && (
        <ConfirmChange
          order={order}
          token={token}
          slot={chosen}
          wishes={wishes}
          onClose={() => setChosen(null)}
          onMoved={() => onDone(true)}
          onLost={async (fault) => {
            setLost({ slot: chosen, fault });
            setChosen(null);
            const now = slotDays((await refresh()) ?? [], way, timeZone, gone);
            const nearest = nearestOpen(now, chosen, 1, [chosen.key, kept?.key])[0];
            if (nearest) {
              setNearestKey(nearest.key);
              setDay(dayOfSlot(now, nearest.key) ?? null);
            }
          }}
        />
      )}
    </div>
  );
}

const NO_OFFERS: readonly string[] = [];
const NOTHING_WISHED: VisitWishes = {};

/** From where to where, and what it costs: nothing happens before this is confirmed. */
function ConfirmChange({
  order,
  token,
  slot,
  wishes,
  onClose,
  onMoved,
  onLost,
}: {
  order: Order;
  token: OrderToken;
  slot: Slot;
  wishes: VisitWishes | undefined;
  onClose: () => void;
  onMoved: () => void;
  /** The window cannot be had: the order stays where it is. */
  onLost: (fault: LostSlot["fault"]) => void;
}) {
  const words = useWords();
  const { say, price, money } = words;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { timeZone, currency, repromises } = order;
  // The same wish asked for again after a broken connection moves the order once.
  const [holdId] = useState(() => crypto.randomUUID() as HoldId);
  const move = useMutation(
    trpc.orders.reschedule.mutationOptions({
      async onSuccess() {
        await queryClient.invalidateQueries(trpc.orders.byToken.pathFilter());
        onMoved();
      },
      async onError(error) {
        const fault = readFault(error);
        if (!fault.code) return;
        // Picked, or moved meanwhile: what is on the screen is not the order any more.
        if (fault.code === "wrong-state") await queryClient.invalidateQueries(trpc.orders.byToken.pathFilter());
        else onLost(fault);
      },
    }),
  );
  const moreCents = slot.priceCents - order.priceCents;
  const difference =
    moreCents === 0
      ? say.change.samePrice
      : fillText(moreCents > 0 ? say.change.dearer : say.change.cheaper, {
          price: money(Math.abs(moreCents), currency),
        });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={say.change.question}
      description={difference}
      footer={
        <div className="flex flex-col gap-3">
          {move.isError && <FaultNotice sentence={words.error(move.error)} />}
          <div className="flex flex-wrap justify-end gap-3">
            <Button onClick={onClose}>{say.change.leave}</Button>
            <Button
              variant="primary"
              pending={move.isPending}
              onClick={() => move.mutate({ token, holdId, offer: slot.offer ?? "", after: repromises.length })}
            >
              {say.change.move}
            </Button>
          </div>
        </div>
      }
    >
      <dl className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-baseline gap-x-4 gap-y-3">
        <dt className="text-ink-muted">{say.change.from}</dt>
        <dd>
          <WindowText startsAt={order.agreedStartsAt} endsAt={order.agreedEndsAt} zone={timeZone} withDay />
          {order.pickupPlace && <span className="block text-ink-muted text-sm">{order.pickupPlace.name}</span>}
        </dd>
        <dd className="text-end">{price(order.priceCents, currency)}</dd>
        <dt className="text-ink-muted">{say.change.to}</dt>
        <dd className="font-semibold">
          <WindowText startsAt={slot.startsAt} endsAt={slot.endsAt} zone={timeZone} withDay />
          {slot.place && <span className="block font-normal text-ink-muted text-sm">{slot.place.name}</span>}
          {wishes && visitKey(wishes) !== visitKey(undefined) && (
            <span className="block font-normal text-ink-muted text-sm">{say.change.withWishes}</span>
          )}
        </dd>
        <dd className="text-end font-semibold">{price(slot.priceCents, currency)}</dd>
      </dl>
    </Dialog>
  );
}

/** Each change of the window: from where to where, who asked for it and when. */
export function OrderChanges({ order }: { order: Order }) {
  const { say, time, span } = useWords();
  const { repromises, timeZone } = order;
  const titleId = useId();
  if (repromises.length === 0) return null;
  const when = (startsAt: string, endsAt: string) =>
    `${time(startsAt, timeZone, "short-day")}, ${span(startsAt, endsAt, timeZone)}`;
  return (
    <section aria-labelledby={titleId} className="border-line border-t py-4">
      <h2 id={titleId} className="mb-1 font-semibold">
        {say.change.history}
      </h2>
      <ul className="flex flex-col gap-2">
        {repromises.map(({ number, at, reason, oldStartsAt, oldEndsAt, startsAt, endsAt }) => (
          <li key={number}>
            <span className="block">
              {fillText(say.change.fromTo, { from: when(oldStartsAt, oldEndsAt), to: when(startsAt, endsAt) })}
            </span>
            <span className="block text-ink-muted text-sm">
              {say.change.reasons[reason]} {time(at, timeZone, "day-time")}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What is wished of the visit now, as it is entered. */
function wishesOf({ parts, timeZone }: Order): EnteredWishes {
  const part = parts.find(({ service }) => service === "delivery");
  if (!part) return NO_WISHES;
  const clock = (at: string) => formatTime(at, timeZone);
  return {
    ...NO_WISHES,
    notBefore: part.visitStartsAt === part.windowStartsAt ? "" : clock(part.visitStartsAt),
    notAfter: part.visitEndsAt === part.windowEndsAt ? "" : clock(part.visitEndsAt),
    floor: part.floor ? String(part.floor) : "",
    hasLift: part.hasLift ?? false,
  };
}

/** The place of a quote where an order is collected now; an order does not say a node's name of its own. */
function placeOf({ pickupPlace }: Order, { pickup }: QuoteView): Way["place"] {
  return (
    pickup.find(
      ({ name, lng, lat }) => name === pickupPlace?.name && lng === pickupPlace.lng && lat === pickupPlace.lat,
    ) ?? null
  );
}
