"use client";

import { Card } from "#components/ui/card.tsx";
import { formatMoney } from "#components/ui/format-money.ts";
import { CartLines } from "./cart-lines.tsx";
import type { KeptHold } from "./hold-store.ts";
import { CHECKOUT, SHOP } from "./shop-messages.ts";
import type { CartGoods } from "./use-cart-goods.ts";

/** What is bought and what it comes to; the cart can still be changed here. */
export function OrderSummary({ cart, hold, currency }: { cart: CartGoods; hold: KeptHold | null; currency: string }) {
  const { goodsCents } = cart;
  return (
    <Card className="px-4 py-4 sm:px-6 sm:py-5">
      <h2 className="mb-1 font-semibold text-lg">{CHECKOUT.summary}</h2>
      <CartLines cart={cart} currency={currency} />
      <dl className="mt-1 flex flex-col gap-1 border-line border-t pt-3">
        <div className="flex justify-between gap-4">
          <dt className="text-ink-muted">{SHOP.goods}</dt>
          <dd>{goodsCents === null ? "–" : formatMoney(goodsCents, currency)}</dd>
        </div>
        <div className="flex justify-between gap-4">
          <dt className="text-ink-muted">{SHOP.service[hold?.mode ?? "delivery"]}</dt>
          <dd className={hold ? undefined : "text-ink-muted"}>
            {hold ? (hold.priceCents === 0 ? SHOP.free : formatMoney(hold.priceCents, currency)) : SHOP.whenChosen}
          </dd>
        </div>
        <div className="mt-1 flex justify-between gap-4 font-semibold text-lg">
          <dt>{SHOP.total}</dt>
          <dd>{goodsCents === null ? "–" : formatMoney(goodsCents + (hold?.priceCents ?? 0), currency)}</dd>
        </div>
      </dl>
    </Card>
  );
}
