"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { readFault } from "#components/trpc/read-fault.ts";
import { Card } from "#components/ui/card.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { Spinner } from "#components/ui/spinner.tsx";
import { WindowText } from "#components/ui/time-text.tsx";
import type { VisitWishes } from "#server/domain/delivery-wishes.ts";
import { AddressChooser } from "./address-chooser.tsx";
import { CartLines } from "./cart-lines.tsx";
import { cartKey, emptyCart } from "./cart-store.ts";
import { CheckoutSkeleton } from "./checkout-skeleton.tsx";
import { CheckoutStep } from "./checkout-step.tsx";
import { endCheckoutRun } from "./checkout-store.ts";
import { deliverTo, placeKey, useDelivery } from "./delivery-store.ts";
import { DetailsStep } from "./details-step.tsx";
import type { Details } from "./details-store.ts";
import { fillText } from "./fill-text.ts";
import { fitsWishes, type KeptHold, keptHold, slotRefOf } from "./hold-store.ts";
import { HoldTimer } from "./hold-timer.tsx";
import { LeftOutNotice } from "./left-out-notice.tsx";
import { leaveOut, putBack, useLeftOut } from "./left-out-store.ts";
import { MovingNotice, slotWords } from "./moving-notice.tsx";
import { OrderSummary } from "./order-summary.tsx";
import { useShopRegion } from "./shop-region.tsx";
import { useStorageKnown } from "./stored-value.ts";
import { useCartGoods } from "./use-cart-goods.ts";
import { useKeptWindow } from "./use-kept-window.ts";
import { CheckoutVisitWishes, visitSummary } from "./visit-wishes.tsx";
import { WindowStep } from "./window-step.tsx";
import { doorWishesOf, enteredWishes, NO_WISHES, useEnteredWishes, visitWishesOf } from "./wishes-store.ts";
import { useWords } from "./words.tsx";

type Step = "address" | "window" | "details";

export function Checkout() {
  // What the cart holds is known in the browser only.
  return useStorageKnown() ? <KnownCheckout /> : <CheckoutSkeleton />;
}

function KnownCheckout() {
  const words = useWords();
  const { say, money, error } = words;
  const trpc = useTRPC();
  const router = useRouter();
  const region = useShopRegion();
  const cart = useCartGoods();
  const leftOut = useLeftOut(cart.lines);
  const { destination } = useDelivery();
  const [changing, setChanging] = useState<Step | null>(null);
  const entered = useEnteredWishes();
  const wishes = visitWishesOf(entered);
  const confirm = useMutation(trpc.promise.confirm.mutationOptions());

  const isBeingConfirmed = confirm.isPending || confirm.isSuccess;
  const { hold, moving, isMoved, notice, wanted, lose, settle } = useKeptWindow(
    region.regionId,
    isBeingConfirmed ? null : { lines: cart.lines, destination },
    () => setChanging(null),
  );

  if (confirm.isSuccess)
    return (
      <p role="status" className="flex items-center gap-3 py-12 font-medium">
        <Spinner />
        {say.checkout.toOrder}
      </p>
    );
  if (cart.lines.length === 0 && !confirm.isPending)
    return (
      <Card>
        <CartLines cart={cart} currency={region.currency} />
      </Card>
    );

  // A hold that was made with other wishes stays until another window takes its place.
  const fits = hold !== null && fitsWishes(hold, wishes);
  const next: Step = !destination ? "address" : !fits ? "window" : "details";
  const open = changing ?? next;
  const stateOf = (step: Step, done: boolean) => (step === open ? "open" : done ? "done" : "ahead");
  const place = (details: Details) => {
    if (!hold) return;
    confirm.mutate(
      {
        holdId: hold.holdId,
        orderId: hold.orderId,
        customer: details,
        ...(hold.mode === "delivery" && { door: doorWishesOf(entered) }),
        // Looked at once more by the platform: nothing is confirmed for a door that the shopper no longer means.
        ...(hold.mode !== "pickup" && destination && { destination }),
      },
      {
        onSuccess: ({ token }) => {
          router.push(`/order/${token}`);
          emptyCart();
          keptHold.write(null);
          enteredWishes.write(NO_WISHES);
          endCheckoutRun();
        },
        onError: (failure) => {
          const { code } = readFault(failure);
          if (code === "door-out-of-reach") setChanging("window");
          if (code === "hold-expired" || code === "wrong-state" || code === "not-found") lose("over");
        },
      },
    );
  };
  const totalCents = cart.goodsCents === null ? null : cart.goodsCents + (hold?.priceCents ?? 0);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem] lg:gap-6">
      <div className="flex min-w-0 flex-col gap-3">
        <CheckoutStep
          number={1}
          title={say.checkout.steps.address}
          state={stateOf("address", destination !== null)}
          summary={destination?.address}
          changeLabel={say.checkout.changeStep.address}
          onChange={() => setChanging("address")}
        >
          <AddressChooser
            region={region}
            chosen={destination}
            onChoose={(chosen) => {
              deliverTo(region.regionId, chosen);
              setChanging(null);
            }}
          />
        </CheckoutStep>
        <CheckoutStep
          number={2}
          title={say.checkout.steps.window}
          state={stateOf("window", fits)}
          summary={hold && <HoldSummary hold={hold} wishes={wishes} timeZone={region.timeZone} />}
          changeLabel={say.checkout.changeStep.window}
          onChange={() => setChanging("window")}
        >
          <div className="flex flex-col gap-4">
            {notice && <FaultNotice tone="warn" sentence={say.checkout[notice]} />}
            {moving && <MovingNotice slot={slotRefOf(moving)} timeZone={region.timeZone} />}
            {destination && !moving && (
              <WindowStep
                key={`${placeKey(destination)} ${destination.address} ${cartKey(cart.lines)}`}
                region={region}
                lines={cart.lines}
                askedFor={leftOut?.wanted}
                onLeaveOut={(short) => leaveOut(cart.lines, leftOut, short)}
                destination={destination}
                wishes={wishes}
                wishFields={
                  <div className="flex flex-col gap-2">
                    <CheckoutVisitWishes />
                    {hold && !fits && (
                      <FaultNotice
                        tone="warn"
                        sentence={fillText(say.wishes.changed, { when: slotWords(hold, words, region.timeZone) })}
                      />
                    )}
                  </div>
                }
                hold={hold}
                wanted={wanted}
                onHeld={() => {
                  settle();
                  setChanging(null);
                  confirm.reset();
                }}
              />
            )}
          </div>
        </CheckoutStep>
        {leftOut && !isBeingConfirmed && <LeftOutNotice short={leftOut.short} onPutBack={() => putBack(leftOut)} />}
        {hold && <HoldTimer hold={hold} isMoved={isMoved} onOver={() => !confirm.isPending && lose("over")} />}
        <CheckoutStep number={3} title={say.checkout.steps.details} state={stateOf("details", false)}>
          <DetailsStep
            mode={hold?.mode ?? "delivery"}
            pending={confirm.isPending}
            problem={confirm.isError ? error(confirm.error) : null}
            confirmLabel={
              totalCents === null
                ? say.checkout.confirm
                : `${say.checkout.confirm} · ${money(totalCents, region.currency)}`
            }
            onConfirm={place}
          />
        </CheckoutStep>
      </div>
      <aside aria-label={say.checkout.summary} className="min-w-0 lg:sticky lg:top-20">
        <OrderSummary cart={cart} hold={hold} currency={region.currency} />
      </aside>
    </div>
  );
}

function HoldSummary({
  hold,
  wishes,
  timeZone,
}: {
  hold: KeptHold;
  wishes: VisitWishes | undefined;
  timeZone: string;
}) {
  const { say, count } = useWords();
  return (
    <>
      <WindowText startsAt={hold.startsAt} endsAt={hold.endsAt} zone={timeZone} withDay />
      {hold.place && `, ${hold.place.name}`}
      {hold.carriers.map((carrier) => `, ${carrier}`)}
      {hold.deliveries > 1 && (
        <span className="block text-ink-muted text-sm">{count(say.picker.deliveries, hold.deliveries)}</span>
      )}
      {hold.mode === "delivery" && wishes && (
        <span className="block font-normal text-ink-muted text-sm">{visitSummary(wishes, say.wishes)}</span>
      )}
    </>
  );
}
