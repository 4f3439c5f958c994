"use client";

import { ShoppingBasket, Trash2 } from "lucide-react";
import { readFault } from "#components/trpc/read-fault.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { formatMoney } from "#components/ui/format-money.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { setUnits } from "./cart-store.ts";
import { ProductArt } from "./product-art.tsx";
import { QuantityStepper } from "./quantity-stepper.tsx";
import { SHOP } from "./shop-messages.ts";
import type { CartGood, CartGoods } from "./use-cart-goods.ts";

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
  if (cart.lines.length === 0)
    return (
      <EmptyState
        icon={<ShoppingBasket className="size-10" aria-hidden="true" />}
        title={SHOP.cartEmpty}
        action={
          <ButtonLink href="/" variant="secondary" onClick={onLeave}>
            {SHOP.toShop}
          </ButtonLink>
        }
      >
        {SHOP.cartEmptyHint}
      </EmptyState>
    );
  if (!cart.goods && cart.error) return <FaultNotice sentence={readFault(cart.error).sentence} onRetry={cart.retry} />;
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
        <p className="text-ink-muted text-sm">{product && formatMoney(product.priceCents * line.units, currency)}</p>
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
          aria-label={SHOP.remove(name)}
          className="grid size-11 place-items-center rounded-control text-ink-muted hover:bg-sunken hover:text-late"
          onClick={() => setUnits(line.skuId, 0)}
        >
          <Trash2 className="size-4" aria-hidden="true" />
        </button>
      </div>
      {trouble && (
        <p className="flex w-full items-center justify-between gap-2 rounded-control bg-risk-soft px-3 py-1.5 text-risk text-sm">
          {trouble === "gone" ? SHOP.noLongerSold : SHOP.lessThanWanted(product?.availableUnits ?? 0)}
          {product && product.availableUnits > 0 && (
            <button
              type="button"
              className="min-h-9 rounded-control px-2 font-medium underline underline-offset-2"
              onClick={() => setUnits(line.skuId, product.availableUnits)}
            >
              {SHOP.takeOnly(product.availableUnits)}
            </button>
          )}
        </p>
      )}
    </li>
  );
}
