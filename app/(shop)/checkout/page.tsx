import type { Metadata } from "next";
import { Checkout } from "#components/shop/checkout.tsx";
import { CHECKOUT } from "#components/shop/shop-messages.ts";

export const metadata: Metadata = { title: "Checkout" };

export default function CheckoutPage() {
  return (
    <div className="flex flex-col gap-5">
      <h1 className="font-semibold text-2xl">{CHECKOUT.title}</h1>
      <Checkout />
    </div>
  );
}
