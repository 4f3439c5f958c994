import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { messagesIn } from "#components/shop/messages.ts";
import { OrderView } from "#components/shop/order-view.tsx";
import { OrderToken } from "#server/domain/id.ts";
import { serverQueries } from "#server/trpc/server-queries.ts";
import { readerLanguage } from "../../../reader-language.ts";

// Whoever has the address may see the order: it must not leak to other sites or into an index.
export async function generateMetadata(): Promise<Metadata> {
  const title = messagesIn(await readerLanguage()).order.pageTitle;
  return { title, referrer: "no-referrer", robots: { index: false } };
}

export default async function OrderPage({ params }: { params: Promise<{ token: string }> }) {
  const token = OrderToken.safeParse((await params).token);
  if (!token.success) notFound();
  const { queryClient, trpc } = serverQueries();
  try {
    await queryClient.fetchQuery(trpc.orders.byToken.queryOptions({ token: token.data }));
  } catch (error) {
    if (error instanceof TRPCError && error.code === "NOT_FOUND") notFound();
    throw error;
  }
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <OrderView token={token.data} />
    </HydrationBoundary>
  );
}
