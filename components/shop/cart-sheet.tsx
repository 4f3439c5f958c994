"use client";

import { ButtonLink } from "#components/ui/button-link.tsx";
import { Sheet } from "#components/ui/sheet.tsx";
import { CartLines } from "./cart-lines.tsx";
import { useShopRegion } from "./shop-region.tsx";
import { useCartGoods } from "./use-cart-goods.ts";
import { useWords } from "./words.tsx";

/** The cart beside whatever page is open. */
export function CartSheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const cart = useCartGoods();
  const { currency } = useShopRegion();
  const { say, money } = useWords();
  const close = () => onOpenChange(false);
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      title={say.shop.cart}
      footer={
        cart.lines.length > 0 && (
          <div className="flex flex-col gap-3">
            <p className="flex justify-between">
              <span>{say.shop.goods}</span>
              <span className="font-semibold">{cart.goodsCents === null ? "–" : money(cart.goodsCents, currency)}</span>
            </p>
            <ButtonLink href="/checkout" variant="primary" onClick={close}>
              {say.shop.checkout}
            </ButtonLink>
          </div>
        )
      }
    >
      <CartLines cart={cart} currency={currency} onLeave={close} />
    </Sheet>
  );
}
