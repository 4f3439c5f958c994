import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { Suspense } from "react";
import * as z from "zod";
import { CategoryNav } from "#components/shop/category-nav.tsx";
import { messagesIn } from "#components/shop/messages.ts";
import { ProductGrid, ProductGridSkeleton } from "#components/shop/product-grid.tsx";
import { ProductSearch } from "#components/shop/product-search.tsx";
import { serverQueries } from "#server/trpc/server-queries.ts";
import { readerLanguage } from "../reader-language.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: messagesIn(await readerLanguage()).shop.title };
}

/** What the address may say; anything else is as if it said nothing. */
const View = z.object({
  category: z.string().min(1).max(60).optional().catch(undefined),
  search: z.string().trim().min(1).max(80).optional().catch(undefined),
});
type View = z.infer<typeof View>;

export default async function ShopPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const view = View.parse(await searchParams);
  const say = messagesIn(await readerLanguage()).shop;
  const { queryClient, trpc } = serverQueries();
  const categories = await queryClient.fetchQuery(trpc.catalogue.categories.queryOptions());
  return (
    <div className="flex flex-col gap-5">
      <h1 className="font-semibold text-2xl sm:text-3xl">{say.tagline}</h1>
      <div className="flex flex-col gap-3">
        <div className="max-w-md">
          <ProductSearch />
        </div>
        <CategoryNav categories={categories} current={view.category} say={say} />
      </div>
      <Suspense fallback={<ProductGridSkeleton />}>
        <Products view={view} />
      </Suspense>
    </div>
  );
}

/** The first page of products comes with the document; the browser has nothing to ask for. */
async function Products({ view: { category, search } }: { view: View }) {
  const { queryClient, trpc } = serverQueries();
  const [region] = await queryClient.fetchQuery(trpc.catalogue.regions.queryOptions());
  if (region)
    await queryClient.prefetchInfiniteQuery(
      trpc.catalogue.skus.infiniteQueryOptions(
        { regionId: region.regionId, category, search },
        { getNextPageParam: (page) => page.nextCursor },
      ),
    );
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <ProductGrid category={category} search={search} />
    </HydrationBoundary>
  );
}
