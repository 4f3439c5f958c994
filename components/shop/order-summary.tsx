"use client";

import { Card } from "#components/ui/card.tsx";
import { CartLines } from "./cart-lines.tsx";
import type { KeptHold } from "./hold-store.ts";
import type { CartGoods } from "./use-cart-goods.ts";
import { useWords } from "./words.tsx";

/** What is bought and what it comes to; the cart can still be changed here. */
export function OrderSummary({ cart, hold, currency }: { cart: CartGoods; hold: KeptHold | null; currency: string }) {
  const { say, money, price } = useWords();
  const { goodsCents } = cart;
  return (
    <Card className="px-4 py-4 sm:px-6 sm:py-5">
      <h2 className="mb-1 font-semibold text-lg">{say.checkout.summary}</h2>
      <CartLines cart={cart} currency={currency} />
      <dl className="mt-1 flex flex-col gap-1 border-line border-t pt-3">
        <div className="flex justify-between gap-4">
          <dt className="text-ink-muted">{say.shop.goods}</dt>
          <dd>{goodsCents === null ? "–" : money(goodsCents, currency)}</dd>
        </div>
        <div className="flex justify-between gap-4">
          <dt className="text-ink-muted">{say.shop[hold?.mode ?? "delivery"]}</dt>
          <dd className={hold ? undefined : "text-ink-muted"}>
            {hold ? price(hold.priceCents, currency) : say.shop.whenChosen}
          </dd>
        </div>
        <div className="mt-1 flex justify-between gap-4 font-semibold text-lg">
          <dt>{say.shop.total}</dt>
          <dd>{goodsCents === null ? "–" : money(goodsCents + (hold?.priceCents ?? 0), currency)}</dd>
        </div>
      </dl>
    </Card>
  );
}
