"use client";

import { ShoppingBasket } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { unitsInCart, useCart } from "./cart-store.ts";
import { useWords } from "./words.tsx";

// Fetched when the cart is first opened: most of it is the dialog.
const CartSheet = dynamic(() => import("./cart-sheet.tsx").then((module) => module.CartSheet), { ssr: false });

export function CartButton() {
  const [wanted, setWanted] = useState(false);
  const [open, setOpen] = useState(false);
  const units = unitsInCart(useCart());
  const { say, count } = useWords();
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        className="inline-flex h-11 min-w-11 shrink-0 items-center justify-center gap-2 rounded-control px-3 font-medium hover:bg-sunken"
        onClick={() => {
          setWanted(true);
          setOpen(true);
        }}
      >
        {/* The count lies over the basket's corner: the bar stays as it is when the first thing goes in. */}
        <span className="relative sm:me-1.5">
          <ShoppingBasket className="size-5" aria-hidden="true" />
          <span
            aria-hidden="true"
            className="absolute -top-2 start-3 inline-grid h-5 min-w-5 place-items-center rounded-full bg-accent px-1 text-on-accent text-xs data-empty:invisible"
            data-empty={units === 0 || undefined}
          >
            {units > 99 ? "99+" : units}
          </span>
        </span>
        <span className="sr-only sm:not-sr-only">{say.shop.cart}</span>
        {units > 0 && <span className="sr-only">{` ${count(say.shop.items, units)}`}</span>}
      </button>
      {wanted && <CartSheet open={open} onOpenChange={setOpen} />}
    </>
  );
}
