"use client";

import { ShoppingBasket, Trash2 } from "lucide-react";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { setUnits } from "./cart-store.ts";
import { fillText } from "./fill-text.ts";
import type { Messages } from "./messages.ts";
import { ProductArt } from "./product-art.tsx";
import { QuantityStepper } from "./quantity-stepper.tsx";
import type { CartGood, CartGoods } from "./use-cart-goods.ts";
import { useWords } from "./words.tsx";

/** What is in the cart, to be changed. */
export function CartLines({
  cart,
  currency,
  onLeave,
}: {
  cart: CartGoods;
  currency: string;
  onLeave?: (() => void) | undefined;
}) {
  const { say, error } = useWords();
  if (cart.lines.length === 0)
    return (
      <EmptyState
        icon={<ShoppingBasket className="size-10" aria-hidden="true" />}
        title={say.shop.cartEmpty}
        action={
          <ButtonLink href="/" variant="secondary" onClick={onLeave}>
            {say.shop.toShop}
          </ButtonLink>
        }
      >
        {say.shop.cartEmptyHint}
      </EmptyState>
    );
  if (!cart.goods && cart.error) return <FaultNotice sentence={error(cart.error)} onRetry={cart.retry} />;
  return (
    <ul className="flex flex-col divide-y divide-line" aria-busy={cart.goods === null}>
      {cart.goods?.map((good) => <Line key={good.line.skuId} good={good} currency={currency} />) ??
        cart.lines.map((line) => (
          <li key={line.skuId} className="flex flex-wrap items-center gap-x-3 gap-y-2 py-3">
            <Skeleton className="size-14 shrink-0" />
            <span className="min-w-32 flex-1">
              <Skeleton className="h-5 w-4/5" />
            </span>
            <span className="flex gap-1">
              <Skeleton className="h-11 w-32" />
              <span className="size-11" />
            </span>
          </li>
        ))}
    </ul>
  );
}

function Line({ good: { line, product, trouble }, currency }: { good: CartGood; currency: string }) {
  const { say, money } = useWords();
  const name = product?.name ?? line.skuId;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-3">
      <ProductArt
        skuId={line.skuId}
        category={product?.category ?? ""}
        className="size-14 shrink-0 rounded-control object-cover"
      />
      <div className="min-w-32 flex-1">
        <p className="text-sm leading-snug">{name}</p>
        <p className="text-ink-muted text-sm">{product && money(product.priceCents * line.units, currency)}</p>
      </div>
      <div className="flex items-center gap-1">
        {product && (
          <div className="w-32">
            <QuantityStepper
              skuId={line.skuId}
              name={name}
              units={line.units}
              limit={Math.max(product.availableUnits, trouble ? line.units : 0)}
            />
          </div>
        )}
        <button
          type="button"
          aria-label={fillText(say.shop.remove, { name })}
          className="grid size-11 place-items-center rounded-control text-ink-muted hover:bg-sunken hover:text-late"
          onClick={() => setUnits(line.skuId, 0)}
        >
          <Trash2 className="size-4" aria-hidden="true" />
        </button>
      </div>
      {trouble && (
        <p className="flex w-full items-center justify-between gap-2 rounded-control bg-risk-soft px-3 py-1.5 text-risk text-sm">
          {trouble === "gone" ? say.shop.noLongerSold : lessThanWanted(say, product?.availableUnits ?? 0)}
          {product && product.availableUnits > 0 && (
            <button
              type="button"
              className="min-h-9 rounded-control px-2 font-medium underline underline-offset-2"
              onClick={() => setUnits(line.skuId, product.availableUnits)}
            >
              {fillText(say.shop.takeOnly, { count: product.availableUnits })}
            </button>
          )}
        </p>
      )}
    </li>
  );
}

function lessThanWanted(say: Messages, units: number): string {
  return units === 0 ? say.shop.soldOutNow : fillText(say.shop.lessThanWanted, { count: units });
}
