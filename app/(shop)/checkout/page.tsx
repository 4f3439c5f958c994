import type { Metadata } from "next";
import { Checkout } from "#components/shop/checkout.tsx";
import { messagesIn } from "#components/shop/messages.ts";
import { readerLanguage } from "../../reader-language.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: messagesIn(await readerLanguage()).checkout.title };
}

export default async function CheckoutPage() {
  const { title } = messagesIn(await readerLanguage()).checkout;
  return (
    <div className="flex flex-col gap-5">
      <h1 className="font-semibold text-2xl">{title}</h1>
      <Checkout />
    </div>
  );
}
