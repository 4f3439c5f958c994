"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { SearchX } from "lucide-react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { MAX_LINES, useCart } from "./cart-store.ts";
import { fillText } from "./fill-text.ts";
import { ProductCard } from "./product-card.tsx";
import { useShopRegion } from "./shop-region.tsx";
import { useWords } from "./words.tsx";

const GRID = "grid grid-cols-2 gap-3 sm:grid-cols-3 sm:gap-4 lg:grid-cols-4 xl:grid-cols-5";

export function ProductGrid({ category, search }: { category: string | undefined; search: string | undefined }) {
  const trpc = useTRPC();
  const { regionId, currency } = useShopRegion();
  const lines = useCart();
  const { say, count, error } = useWords();
  const query = useInfiniteQuery(
    trpc.catalogue.skus.infiniteQueryOptions(
      { regionId, category, search },
      { getNextPageParam: (page) => page.nextCursor, placeholderData: (shown) => shown },
    ),
  );
  if (query.isPending) return <ProductGridSkeleton />;
  if (query.isError) return <FaultNotice sentence={error(query.error)} onRetry={() => query.refetch()} />;

  const products = query.data.pages.flatMap((page) => page.items);
  const unitsOf = new Map(lines.map((line) => [line.skuId, line.units]));
  if (products.length === 0)
    return (
      <EmptyState
        icon={<SearchX className="size-8" aria-hidden="true" />}
        title={say.shop.nothingFound}
        action={
          <ButtonLink href="/" variant="secondary">
            {say.shop.showAll}
          </ButtonLink>
        }
      >
        {say.shop.nothingFoundHint}
      </EmptyState>
    );
  return (
    <>
      <p className="sr-only" aria-live="polite">
        {query.hasNextPage
          ? fillText(say.shop.firstProducts, { count: products.length })
          : count(say.shop.products, products.length)}
      </p>
      <ul className={GRID} aria-busy={query.isPlaceholderData}>
        {products.map((product) => {
          const units = unitsOf.get(product.skuId) ?? 0;
          return (
            <ProductCard
              key={product.skuId}
              product={product}
              units={units}
              currency={currency}
              blocked={units === 0 && lines.length >= MAX_LINES ? say.shop.cartFull : undefined}
            />
          );
        })}
      </ul>
      {query.hasNextPage && (
        <div className="mt-8 flex justify-center">
          <Button pending={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            {say.shop.showMore}
          </Button>
        </div>
      )}
    </>
  );
}

export function ProductGridSkeleton() {
  return (
    <ul className={GRID} aria-busy="true">
      {Array.from({ length: 10 }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <li key={place} className="overflow-hidden rounded-card border border-line bg-surface">
          <Skeleton className="aspect-4/3 w-full rounded-none" />
          <div className="flex flex-col gap-2 p-3">
            <Skeleton className="h-[2lh] w-4/5 text-sm" />
            <Skeleton className="h-5 w-1/3" />
            <Skeleton className="mt-1 h-11" />
          </div>
        </li>
      ))}
    </ul>
  );
}
